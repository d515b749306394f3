#include "server/zygote.h"

#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <utility>

#include "common/errno_status.h"
#include "server/durations.h"
#include "spdlog/spdlog.h"

extern char** environ;

namespace ipclab {
namespace {

constexpr int kControlFd = 3;  // where the zygote expects its control socket

// Owns what posix_spawn wants to be told.
class SpawnSettings {
 public:
  SpawnSettings() {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  posix_spawn_file_actions_t* actions() { return &actions_; }
  posix_spawnattr_t* attributes() { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

// Waits until the process has ended, but no longer than limit, and reaps it.
bool AwaitEnd(const ZygoteProcess& process, absl::Duration limit) {
  pollfd poll_fd{.fd = process.pidfd.get(), .events = POLLIN, .revents = 0};
  if (poll(&poll_fd, 1, static_cast<int>(absl::ToInt64Milliseconds(limit))) != 1) return false;
  waitpid(process.pid, nullptr, 0);
  return true;
}

void KillAndReap(ZygoteProcess& process) {
  if (process.pid == 0) return;
  syscall(SYS_pidfd_send_signal, process.pidfd.get(), SIGKILL, nullptr, 0);
  AwaitEnd(process, absl::Seconds(1));
  process = ZygoteProcess();
}

}  // namespace

absl::StatusOr<ZygoteProcess> LaunchZygote(const std::string& binary) {
  auto pair = MessageSocket::Pair();
  if (!pair.ok()) return pair.status();
  SpawnSettings settings;
  posix_spawn_file_actions_adddup2(settings.actions(), pair->second.fd(), kControlFd);
  // The server blocks the signals that it reads by descriptor; the zygote chooses its own mask.
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(settings.attributes(), &none);
  posix_spawnattr_setflags(settings.attributes(), POSIX_SPAWN_SETSIGMASK);
  std::array<char*, 3> arguments = {const_cast<char*>(binary.c_str()),
                                    const_cast<char*>("--zygote"), nullptr};
  ZygoteProcess process;
  const int error = posix_spawn(&process.pid, binary.c_str(), settings.actions(),
                                settings.attributes(), arguments.data(), environ);
  if (error != 0) return ErrnoStatus("start the zygote", binary, error);
  process.pidfd.Reset(static_cast<int>(syscall(SYS_pidfd_open, process.pid, 0)));
  if (!process.pidfd) return ErrnoStatus("pidfd_open");
  process.control = std::move(pair->first);
  if (absl::Status status = process.control.SetNonBlocking(true); !status.ok()) return status;
  return process;
}

absl::StatusOr<internal::Hello> AwaitHello(ZygoteProcess& process, absl::Duration limit) {
  pollfd poll_fd{.fd = process.control.fd(), .events = POLLIN, .revents = 0};
  if (poll(&poll_fd, 1, static_cast<int>(absl::ToInt64Milliseconds(limit))) != 1) {
    return absl::DeadlineExceededError("the zygote said nothing; is it the right binary?");
  }
  auto received = process.control.Receive();
  if (!received.ok()) return received.status();
  if (!received->has_value()) return absl::UnavailableError("the zygote said nothing");
  internal::FromZygote message;
  if (absl::Status status = (*received)->Parse(message); !status.ok()) return status;
  if (!message.has_hello()) return absl::InternalError("the zygote did not begin with Hello");
  return std::move(*message.mutable_hello());
}

Zygote::Zygote(EventLoop& loop, std::string binary, ZygoteProcess process, Listener& listener,
               absl::Duration deaf_limit)
    : loop_(loop),
      binary_(std::move(binary)),
      process_(std::move(process)),
      listener_(listener),
      deaf_limit_(deaf_limit) {}

Zygote::~Zygote() {
  process_.control.Close();
  if (process_.pid != 0 && !AwaitEnd(process_, absl::Seconds(1))) KillAndReap(process_);
}

void Zygote::Listen() {
  watch_ = loop_.Watch(process_.control.fd(), [this] { OnReadable(); });
}

void Zygote::Send(const internal::ToZygote& message) {
  if (message.has_spawn() || message.has_reclaim()) {
    if (unanswered_++ == 0) last_heard_ = MonotonicNow();
    if (hearing_timer_ == 0) hearing_timer_ = loop_.After(deaf_limit_, [this] { CheckHearing(); });
  }
  unsent_.push_back(message.SerializeAsString());
  if (flush_timer_ == 0) Flush();
}

void Zygote::Flush() {
  flush_timer_ = 0;
  while (!unsent_.empty() && process_.control) {
    const absl::Status status = process_.control.Send(unsent_.front());
    if (absl::IsResourceExhausted(status)) {
      flush_timer_ = loop_.After(absl::Milliseconds(1), [this] { Flush(); });
      return;
    }
    // A dead zygote shows as the end of its socket; what was for it goes with it.
    unsent_.pop_front();
  }
}

// Looks at the time no oftener than it must: whoever answers costs nothing.
void Zygote::CheckHearing() {
  hearing_timer_ = 0;
  if (unanswered_ == 0 || !process_.control) return;
  OnReadable();
  if (unanswered_ == 0 || !process_.control) return;
  const absl::Duration silence = MonotonicNow() - last_heard_;
  // When this comes late, both were stopped and the zygote has had no time to answer either.
  if (silence > 2 * deaf_limit_) last_heard_ = MonotonicNow();
  if (silence < deaf_limit_ || silence > 2 * deaf_limit_) {
    hearing_timer_ =
        loop_.After(last_heard_ + deaf_limit_ - MonotonicNow(), [this] { CheckHearing(); });
    return;
  }
  spdlog::error("the zygote (pid {}) has not answered for {}; ending it", process_.pid,
                absl::FormatDuration(silence));
  OnLost();
}

void Zygote::OnReadable() {
  while (process_.control) {
    auto received = process_.control.Receive();
    if (!received.ok()) return OnLost();
    if (!received->has_value()) return;
    internal::FromZygote message;
    if (!(*received)->Parse(message).ok()) return OnLost();
    last_heard_ = MonotonicNow();
    if (message.has_spawned() || message.has_reclaimed()) --unanswered_;
    Dispatch(std::move(message), std::move((*received)->descriptors));
  }
}

void Zygote::Dispatch(internal::FromZygote message, std::vector<UniqueFd> fds) {
  using Message = internal::FromZygote;
  switch (message.message_case()) {
    case Message::kSpawned:
      return listener_.OnSpawned(message.spawned(), std::move(fds));
    case Message::kEnded:
      return listener_.OnEnded(message.ended());
    case Message::kStopped:
      return listener_.OnStopped(message.stopped());
    case Message::kReclaimed:
      return listener_.OnReclaimed(message.reclaimed());
    case Message::kHello:  // of a new zygote; the catalogue is that of the first
    case Message::MESSAGE_NOT_SET:
      return;
  }
}

void Zygote::OnLost() {
  spdlog::error("the zygote (pid {}) is lost; starting another", process_.pid);
  loop_.Unwatch(watch_);
  loop_.CancelTimer(std::exchange(flush_timer_, 0));
  loop_.CancelTimer(std::exchange(hearing_timer_, 0));
  unanswered_ = 0;
  unsent_.clear();
  KillAndReap(process_);
  Relaunch();
  listener_.OnZygoteLost();
}

void Zygote::Relaunch() {
  relaunch_timer_ = 0;
  auto process = LaunchZygote(binary_);
  if (!process.ok()) {
    spdlog::error("{}; trying again in a second", std::string(process.status().message()));
    relaunch_timer_ = loop_.After(absl::Seconds(1), [this] { Relaunch(); });
    return;
  }
  process_ = *std::move(process);
  Listen();
  // What was asked for meanwhile is asked of this one.
  last_heard_ = MonotonicNow();
  loop_.CancelTimer(std::exchange(hearing_timer_, 0));
  if (unanswered_ > 0) hearing_timer_ = loop_.After(deaf_limit_, [this] { CheckHearing(); });
  Flush();
}

}  // namespace ipclab
