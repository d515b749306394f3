// What else the host did while an experiment ran: read when a run's leg begins and when it ends,
// summed over all legs. Strand only.
#pragma once

#include <map>
#include <optional>

#include "ipclab/v1/experiment.pb.h"
#include "server/host/cpu_times.h"
#include "server/host/hiccup_clock.h"

namespace ipclab {

class RunLoad {
 public:
  // clock must outlive this.
  explicit RunLoad(HiccupClock& clock) : clock_(clock) {}

  void Begin();
  // own: processor time of the experiment's workers in this leg, by the CPU that they are pinned
  // to.
  void End(const std::map<int, int64_t>& own);

  v1::HostLoad ToProto() const;

 private:
  struct Share {
    CpuTime time;
    int64_t own_nanos = 0;
  };

  HiccupClock& clock_;
  std::optional<HiccupClock::Listener> listener_;
  std::map<int, CpuTime> before_;
  std::map<int, Share> shares_;  // of the workers' CPUs
  Hiccups hiccups_;
  double load_average_ = 0;
};

}  // namespace ipclab
