#include "worker/host_probe.h"

#include <linux/capability.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"
#include "worker/child.h"
#include "worker/mechanisms/kernel_limit.h"

namespace ipclab {
namespace {

constexpr int64_t kWantedShmBytes = 256 << 20;

// Two queues, there and back, of 64 messages of 64 KiB. A plain Debian gives 10 of 8 KiB.
constexpr QueueLimits kWantedQueues = {
    .queues = 64, .messages = 64, .message_bytes = 64 << 10, .user_bytes = 16 << 20};

std::optional<int64_t> ShmBytes() {
  struct statvfs found;
  if (::statvfs("/dev/shm", &found) != 0) return std::nullopt;
  return static_cast<int64_t>(found.f_blocks * found.f_frsize);
}

int UserNamespaceError() {
  Child child = Child::Fork([] { ::_exit(::unshare(CLONE_NEWUSER) == 0 ? 0 : errno); });
  if (!child) return errno;
  int status = 0;
  while (::waitpid(child.pid(), &status, 0) < 0 && errno == EINTR) {
  }
  child.Forget();
  // A seccomp profile may kill for the attempt.
  return WIFEXITED(status) ? WEXITSTATUS(status) : EPERM;
}

std::optional<QueueLimits> ReadQueueLimits() {
  const auto queues = ReadSysctl("fs/mqueue/queues_max");
  const auto messages = ReadSysctl("fs/mqueue/msg_max");
  const auto message_bytes = ReadSysctl("fs/mqueue/msgsize_max");
  rlimit user;
  if (!queues || !messages || !message_bytes || ::getrlimit(RLIMIT_MSGQUEUE, &user) != 0) {
    return std::nullopt;
  }
  constexpr rlim_t kMost = std::numeric_limits<int64_t>::max();
  return QueueLimits{*queues, *messages, *message_bytes,
                     static_cast<int64_t>(std::min(user.rlim_cur, kMost))};
}

bool MayExceedQueueLimits() {
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> data = {};
  return ::syscall(SYS_capget, &header, data.data()) == 0 &&
         (data[0].effective & (1u << CAP_SYS_RESOURCE)) != 0;
}

v1::HostShortcoming Shortcoming(const char* id, std::string description, std::string remedy) {
  v1::HostShortcoming shortcoming;
  shortcoming.set_id(id);
  shortcoming.set_description(std::move(description));
  shortcoming.set_remedy(std::move(remedy));
  return shortcoming;
}

bool QueuesSuffice(const QueueLimits& limits, bool lifted) {
  const bool by_sysctl = lifted || (limits.queues >= kWantedQueues.queues &&
                                    limits.messages >= kWantedQueues.messages &&
                                    limits.message_bytes >= kWantedQueues.message_bytes);
  return by_sysctl && limits.user_bytes >= kWantedQueues.user_bytes;
}

v1::HostShortcoming QueuesAreShort(const QueueLimits& limits) {
  return Shortcoming(
      "MQ_LIMITS",
      absl::StrCat("a POSIX message queue holds ", limits.messages, " messages of ",
                   limits.message_bytes, " bytes, there may be ", limits.queues,
                   " queues, and those of a user may take ", limits.user_bytes, " bytes"),
      absl::StrCat(
          "sysctl -w fs.mqueue.queues_max=256 fs.mqueue.msg_max=", kWantedQueues.messages,
          " fs.mqueue.msgsize_max=", kWantedQueues.message_bytes,
          " (of a container: --sysctl, or sysctls in compose), and a higher limit of the process: "
          "ulimit -q ",
          kWantedQueues.user_bytes, " (--ulimit msgqueue=", kWantedQueues.user_bytes, ")"));
}

v1::HostShortcoming NoQueues() {
  return Shortcoming("MQ_LIMITS", "this kernel has no POSIX message queues",
                     "a kernel with CONFIG_POSIX_MQUEUE");
}

std::string UserNamespaceRemedy(int error) {
  if (error == ENOSPC) return "sysctl -w user.max_user_namespaces=10000";
  if (error == EPERM || error == EACCES) {
    return "sysctl -w kernel.unprivileged_userns_clone=1, or "
           "kernel.apparmor_restrict_unprivileged_userns=0 where there is that; of a container a "
           "seccomp profile that allows unshare: --security-opt seccomp=FILE";
  }
  return "a kernel with CONFIG_USER_NS";
}

v1::HostShortcoming NoUserNamespaces(int error) {
  return Shortcoming(
      "NO_USER_NAMESPACES",
      absl::StrCat("experiments cannot have IPC objects of their own: ",
                   std::string(ErrnoStatus("unshare", "CLONE_NEWUSER", error).message())),
      UserNamespaceRemedy(error));
}

v1::HostShortcoming ShmIsSmall(std::optional<int64_t> bytes) {
  if (!bytes) {
    return Shortcoming("SHM_SMALL", "there is no /dev/shm",
                       "mount -t tmpfs -o mode=1777 tmpfs /dev/shm");
  }
  return Shortcoming("SHM_SMALL",
                     absl::StrCat("/dev/shm holds ", *bytes >> 20, " MiB, less than the ",
                                  kWantedShmBytes >> 20, " MiB that experiments may want"),
                     "mount -o remount,size=1g /dev/shm; of a container --shm-size 1g, or shm_size "
                     "in compose");
}

}  // namespace

HostFacts ProbeHost() {
  HostFacts facts;
  facts.shm_bytes = ShmBytes();
  facts.user_namespace_error = UserNamespaceError();
  facts.queues = ReadQueueLimits();
  facts.queue_limits_lifted = MayExceedQueueLimits();
  return facts;
}

std::vector<v1::HostShortcoming> ShortcomingsOf(const HostFacts& facts) {
  std::vector<v1::HostShortcoming> found;
  if (!facts.queues) {
    found.push_back(NoQueues());
  } else if (!QueuesSuffice(*facts.queues, facts.queue_limits_lifted)) {
    found.push_back(QueuesAreShort(*facts.queues));
  }
  if (facts.user_namespace_error != 0) {
    found.push_back(NoUserNamespaces(facts.user_namespace_error));
  }
  const bool small = facts.shm_bytes != 0 && facts.shm_bytes.value_or(0) < kWantedShmBytes;
  if (!facts.shm_bytes || small) found.push_back(ShmIsSmall(facts.shm_bytes));
  return found;
}

}  // namespace ipclab
