// What this host or container gives less of than experiments may want, and what would mend it.
// Probed once by the zygote, for the server's start and GetServerInfo.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ipclab/v1/system.pb.h"

namespace ipclab {

// The limits of POSIX message queues; for a process with CAP_SYS_RESOURCE only the last one holds.
struct QueueLimits {
  int64_t queues = 0;         // of the IPC name space
  int64_t messages = 0;       // in one queue
  int64_t message_bytes = 0;  // of one message
  int64_t user_bytes = 0;     // of all queues of a user: RLIMIT_MSGQUEUE

  bool operator==(const QueueLimits&) const = default;
};

struct HostFacts {
  std::optional<int64_t> shm_bytes;   // what /dev/shm may hold; 0: no limit; nullopt: there is none
  int user_namespace_error = 0;       // errno of unshare(CLONE_NEWUSER); 0: it works
  std::optional<QueueLimits> queues;  // nullopt: a kernel without them
  bool queue_limits_lifted = false;   // CAP_SYS_RESOURCE
};

// Forks a child that tries for a user name space. The calling process must have one thread.
HostFacts ProbeHost();

// By id: MQ_LIMITS, NO_USER_NAMESPACES, SHM_SMALL. Pure.
std::vector<v1::HostShortcoming> ShortcomingsOf(const HostFacts& facts);

}  // namespace ipclab
