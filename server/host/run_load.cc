#include "server/host/run_load.h"

#include <algorithm>

#include "server/durations.h"

namespace ipclab {

void RunLoad::Begin() {
  before_ = ReadCpuTimes();
  listener_.emplace(clock_);
}

void RunLoad::End(const std::map<int, int64_t>& own) {
  if (!listener_) return;
  const Hiccups heard = listener_->Heard();
  listener_.reset();
  hiccups_.count += heard.count;
  hiccups_.longest = std::max(hiccups_.longest, heard.longest);
  load_average_ = ReadLoadAverage();
  const std::map<int, CpuTime> now = ReadCpuTimes();
  for (const auto& [cpu, nanos] : own) {
    const auto then = before_.find(cpu);
    const auto time = now.find(cpu);
    if (then == before_.end() || time == now.end()) continue;
    const CpuTime passed = time->second - then->second;
    Share& share = shares_[cpu];
    share.time = {share.time.busy + passed.busy, share.time.interrupts + passed.interrupts,
                  share.time.idle + passed.idle, share.time.steal + passed.steal};
    share.own_nanos += nanos;
  }
}

v1::HostLoad RunLoad::ToProto() const {
  v1::HostLoad load;
  for (const auto& [cpu, share] : shares_) {
    const auto total = static_cast<double>(share.time.total());
    if (total <= 0) continue;
    const auto others = static_cast<double>(share.time.busy - share.own_nanos);
    load.set_steal_share(
        std::max(load.steal_share(), static_cast<double>(share.time.steal) / total));
    load.set_others_share(std::max(load.others_share(), others / total));
  }
  load.set_hiccups(hiccups_.count);
  *load.mutable_longest_hiccup() = ::ipclab::ToProto(hiccups_.longest);
  load.set_load_average(load_average_);
  return load;
}

}  // namespace ipclab
