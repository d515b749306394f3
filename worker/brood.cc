#include "worker/brood.h"

#include <signal.h>
#include <sys/wait.h>

#include "worker/memory_kills.h"

namespace ipclab {
namespace {

int64_t Nanos(const timeval& time) {
  return int64_t{time.tv_sec} * 1'000'000'000 + int64_t{time.tv_usec} * 1000;
}

}  // namespace

void Brood::Add(uint64_t experiment, int index, Child child) {
  const pid_t pid = child.pid();
  members_.emplace(pid, Member{experiment, index, std::move(child), memory_kills_});
}

void Brood::NoteMemoryKills() { memory_kills_ = CountMemoryKills(); }

void Brood::Reap(absl::FunctionRef<void(const internal::FromZygote&)> report,
                 absl::FunctionRef<void(pid_t pid, bool ended)> stranger) {
  while (true) {
    int status = 0;
    rusage usage = {};
    const pid_t pid = ::wait4(-1, &status, WNOHANG | WUNTRACED, &usage);
    if (pid <= 0) return;
    if (const auto message = Report(pid, status, usage)) {
      report(*message);
    } else {
      stranger(pid, !WIFSTOPPED(status));
    }
  }
}

std::optional<internal::FromZygote> Brood::Report(pid_t pid, int status, const rusage& usage) {
  const auto found = members_.find(pid);
  if (found == members_.end()) return std::nullopt;
  Member& member = found->second;
  internal::FromZygote message;
  if (WIFSTOPPED(status)) {
    internal::Stopped& stopped = *message.mutable_stopped();
    stopped.set_experiment(member.experiment);
    stopped.set_index(member.index);
    stopped.set_signal(WSTOPSIG(status));
    return message;
  }
  internal::Ended& ended = *message.mutable_ended();
  ended.set_experiment(member.experiment);
  ended.set_index(member.index);
  if (WIFSIGNALED(status)) {
    ended.set_signal(WTERMSIG(status));
    ended.set_out_of_memory(WTERMSIG(status) == SIGKILL &&
                            CountMemoryKills() > member.memory_kills);
  } else {
    ended.set_exit_code(WEXITSTATUS(status));
  }
  ended.set_user_nanos(Nanos(usage.ru_utime));
  ended.set_system_nanos(Nanos(usage.ru_stime));
  ended.set_peak_bytes(int64_t{usage.ru_maxrss} * 1024);
  member.child.Forget();
  members_.erase(found);
  return message;
}

}  // namespace ipclab
