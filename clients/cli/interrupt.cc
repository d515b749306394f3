#include "clients/cli/interrupt.h"

#include <grpcpp/client_context.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <utility>

#include "clients/cli/exit_code.h"

namespace ipclab::cli {
namespace {

sigset_t Watched() {
  sigset_t watched;
  ::sigemptyset(&watched);
  ::sigaddset(&watched, SIGINT);
  ::sigaddset(&watched, SIGTERM);
  ::sigaddset(&watched, SIGHUP);
  return watched;
}

}  // namespace

Interrupt::Interrupt() {
  const sigset_t watched = Watched();
  ::pthread_sigmask(SIG_BLOCK, &watched, &mask_before_);
  signals_ = UniqueFd(::signalfd(-1, &watched, SFD_CLOEXEC));
  stop_ = UniqueFd(::eventfd(0, EFD_CLOEXEC));
  raised_ = UniqueFd(::eventfd(0, EFD_CLOEXEC));
  thread_ = std::thread([this] { WaitForSignals(); });
}

Interrupt::~Interrupt() {
  ::eventfd_write(stop_.get(), 1);
  thread_.join();
  ::pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
}

void Interrupt::WaitForSignals() {
  for (;;) {
    pollfd events[] = {{.fd = signals_.get(), .events = POLLIN, .revents = 0},
                       {.fd = stop_.get(), .events = POLLIN, .revents = 0}};
    if (::poll(events, 2, -1) < 0) continue;
    if (events[1].revents != 0) return;
    signalfd_siginfo info = {};
    if (::read(signals_.get(), &info, sizeof(info)) != sizeof(info)) continue;
    const int number = static_cast<int>(info.ssi_signo);
    if (raised()) EndAtOnce(number);
    signal_.store(number);
    ::eventfd_write(raised_.get(), 1);
    CancelCalls();
  }
}

void Interrupt::EndAtOnce(int signal) {
  const std::lock_guard lock(mutex_);
  if (before_end_) before_end_();
  ::_exit(ExitCodeOfSignal(signal));
}

void Interrupt::BeforeEnd(std::function<void()> act) {
  const std::lock_guard lock(mutex_);
  before_end_ = std::move(act);
}

// The calls must not end meanwhile, hence the lock; TryCancel only posts the cancellation.
void Interrupt::CancelCalls() {
  const std::lock_guard lock(mutex_);
  for (grpc::ClientContext* call : calls_) call->TryCancel();
  came_.notify_all();
}

void Interrupt::Wait(absl::Duration time) {
  std::unique_lock lock(mutex_);
  came_.wait_for(lock, absl::ToChronoNanoseconds(time), [this] { return raised(); });
}

Interrupt::Guard::Guard(Interrupt& interrupt, grpc::ClientContext& context)
    : interrupt_(interrupt), context_(context) {
  const std::lock_guard lock(interrupt_.mutex_);
  interrupt_.calls_.insert(&context_);
  if (interrupt_.raised()) context_.TryCancel();
}

Interrupt::Guard::~Guard() {
  const std::lock_guard lock(interrupt_.mutex_);
  interrupt_.calls_.erase(&context_);
}

}  // namespace ipclab::cli
