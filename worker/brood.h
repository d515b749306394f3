// The zygote's living workers: who they are, and what it tells the server when one ends or stops.
// Destroying it kills and reaps them all.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <cstdint>
#include <optional>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "ipclab/internal/control.pb.h"
#include "worker/child.h"

namespace ipclab {

class Brood {
 public:
  void Add(uint64_t experiment, int index, Child child);

  // To those who are added from now on, a kill for want of memory that comes later is new. Takes
  // the kernel a while: for quiet moments, and before the first is added.
  void NoteMemoryKills();

  // Reaps whatever has ended and reports each worker that ended or was stopped. Others are reaped
  // too and given to stranger: spare workers, and orphans of workers, which a subreaper inherits.
  // Never waits.
  void Reap(absl::FunctionRef<void(const internal::FromZygote&)> report,
            absl::FunctionRef<void(pid_t pid, bool ended)> stranger);

 private:
  struct Member {
    uint64_t experiment;
    int index;
    Child child;
    int64_t memory_kills;  // as noted before it was added
  };

  std::optional<internal::FromZygote> Report(pid_t pid, int status, const rusage& usage);

  absl::flat_hash_map<pid_t, Member> members_;
  int64_t memory_kills_ = 0;  // when last noted
};

}  // namespace ipclab
