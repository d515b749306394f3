#include "worker/zygote.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "common/errno_status.h"
#include "common/ipc_name.h"
#include "worker/brood.h"
#include "worker/hello.h"
#include "worker/name_guard.h"
#include "worker/rehearsal.h"
#include "worker/seclusion.h"
#include "worker/spawn.h"

namespace ipclab {
namespace {

// How long nothing must have happened before the zygote prepares for later; and after a fork that
// failed, or whose process did not stay.
constexpr int kIdleMilliseconds = 1;
constexpr int kRetryMilliseconds = 1000;

class Zygote {
 public:
  Zygote(MessageSocket control, UniqueFd children, Heritage heritage)
      : control_(std::move(control)),
        children_(std::move(children)),
        heritage_(heritage),
        nursery_(heritage) {}

  // Serves until the server is gone; then it is UNAVAILABLE.
  absl::Status Serve();

 private:
  // What would keep somebody waiting later, done when nobody asks for anything: one spare worker
  // at a time.
  void Prepare();
  absl::Status Obey();
  absl::Status Spawn(const internal::Spawn& spawn);
  absl::Status Reclaim(const internal::Reclaim& reclaim);
  absl::Status Reap();

  MessageSocket control_;
  UniqueFd children_;  // readable when a child ended or stopped
  const Heritage heritage_;
  Nursery nursery_;
  bool prepared_ = false;         // since the last message or death
  int idle_ = kIdleMilliseconds;  // before the next preparation
  NameGuard guard_;  // outlives the brood: names are removed when nobody can make them any more
  Brood brood_;
};

absl::Status Zygote::Serve() {
  internal::FromZygote message;
  brood_.NoteMemoryKills();
  *message.mutable_hello() = MakeHello(heritage_);
  absl::Status status = control_.Send(message);
  while (status.ok()) {
    pollfd events[] = {{control_.fd(), POLLIN, 0}, {children_.get(), POLLIN, 0}};
    const int ready = ::poll(events, 2, prepared_ && nursery_.full() ? -1 : idle_);
    if (ready == 0) Prepare();
    if (ready < 0) {
      if (errno == EINTR) continue;
      return ErrnoStatus("poll");
    }
    if (ready > 0) {
      prepared_ = false;
      if (idle_ == 0) idle_ = kIdleMilliseconds;  // a pause after a failure is kept
    }
    if (events[1].revents != 0) status = Reap();
    if (status.ok() && events[0].revents != 0) status = Obey();
  }
  return status;
}

void Zygote::Prepare() {
  if (!std::exchange(prepared_, true)) brood_.NoteMemoryKills();
  if (!nursery_.full()) idle_ = nursery_.Refill() ? 0 : kRetryMilliseconds;
  if (nursery_.full()) Rehearse();
}

absl::Status Zygote::Obey() {
  const auto received = control_.ReceiveBlocking();
  if (!received.ok()) return received.status();
  internal::ToZygote message;
  if (absl::Status status = received->Parse(message); !status.ok()) return status;
  switch (message.command_case()) {
    case internal::ToZygote::kSpawn:
      return Spawn(message.spawn());
    case internal::ToZygote::kReclaim:
      return Reclaim(message.reclaim());
    case internal::ToZygote::kGuard:
      guard_.Replace(message.guard());
      return absl::OkStatus();
    case internal::ToZygote::COMMAND_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError("a command that is none");
}

absl::Status Zygote::Spawn(const internal::Spawn& spawn) {
  SpawnOutcome outcome = SpawnWorkers(spawn, nursery_);
  internal::FromZygote message;
  internal::Spawned& spawned = *message.mutable_spawned();
  spawned.set_experiment(spawn.experiment());
  spawned.set_error(outcome.error);
  spawned.set_what(outcome.what);
  std::vector<int> descriptors;
  if (outcome.error == 0) descriptors.push_back(outcome.pages.get());
  for (const SpawnedWorker& worker : outcome.workers) {
    spawned.add_pids(worker.child.pid());
    descriptors.push_back(worker.pidfd.get());
    descriptors.push_back(worker.control.fd());
  }
  absl::Status status = control_.Send(message, descriptors);
  if (!status.ok() && !absl::IsUnavailable(status)) {
    // Too many workers for one message, or too many descriptors in flight: nobody can steer these
    // workers, so they go, and the server is told.
    outcome.workers.clear();
    spawned.clear_pids();
    spawned.set_error(ENOBUFS);
    spawned.set_what(std::string(status.message()));
    return control_.Send(message);
  }
  for (size_t i = 0; i < outcome.workers.size(); ++i) {
    brood_.Add(spawn.experiment(), static_cast<int>(i), std::move(outcome.workers[i].child));
  }
  return status;
}

absl::Status Zygote::Reclaim(const internal::Reclaim& reclaim) {
  internal::FromZygote message;
  internal::Reclaimed& reclaimed = *message.mutable_reclaimed();
  reclaimed.set_request(reclaim.request());
  const absl::StatusOr<bool> removed = RemoveIpcObject(reclaim.name());
  if (removed.ok()) {
    reclaimed.set_removed(*removed);
  } else {
    reclaimed.set_error(std::string(removed.status().message()));
  }
  return control_.Send(message);
}

absl::Status Zygote::Reap() {
  // Signals of one kind coalesce: how many were read says nothing, so all children are looked at.
  signalfd_siginfo signal;
  while (::read(children_.get(), &signal, sizeof signal) > 0) {
  }
  absl::Status status;
  brood_.Reap([&](const internal::FromZygote& message) { status.Update(control_.Send(message)); },
              [&](pid_t pid, bool ended) {
                if (nursery_.Drop(pid, ended)) idle_ = kRetryMilliseconds;
              });
  return status;
}

}  // namespace

void RunZygote(MessageSocket control, std::span<const Mechanism* const> mechanisms) {
  ::prctl(PR_SET_NAME, "ipclab-zygote");
  ::fcntl(control.fd(), F_SETFD, FD_CLOEXEC);
  absl::StatusOr<UniqueFd> children = Seclude(control.fd());
  absl::Status status = children.status();
  if (status.ok()) {
    const Clock clock = Clock::Calibrate();
    Zygote zygote(std::move(control), *std::move(children), Heritage{clock, mechanisms});
    status = zygote.Serve();
  }
  if (absl::IsUnavailable(status)) ::_exit(0);
  std::fprintf(stderr, "ipclab zygote: %s\n", status.ToString().c_str());
  ::_exit(1);
}

}  // namespace ipclab
