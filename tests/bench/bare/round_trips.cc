#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <memory>
#include <vector>

#include "tests/bench/bare/acts.h"
#include "tests/bench/bare/event_wires.h"
#include "tests/bench/bare/wires.h"

namespace ipclab::bench {
namespace {

// A child whose peer is gone may wait for ever.
constexpr unsigned kMostSeconds = 120;

// Where the child that times leaves what it found; everything is touched before it begins.
class SharedTimes {
 public:
  explicit SharedTimes(size_t count)
      : bytes_(count * sizeof(int64_t)),
        memory_(::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0)) {}
  SharedTimes(const SharedTimes&) = delete;
  SharedTimes& operator=(const SharedTimes&) = delete;
  ~SharedTimes() {
    if (*this) ::munmap(memory_, bytes_);
  }

  explicit operator bool() const { return memory_ != MAP_FAILED; }
  int64_t* each() { return static_cast<int64_t*>(memory_); }

 private:
  const size_t bytes_;
  void* const memory_;
};

void PinTo(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  if (::sched_setaffinity(0, sizeof set, &set) != 0) ::_exit(1);
}

template <class Wire>
[[noreturn]] void BeResponder(const BareRequest& request, Wire& wire) {
  ::alarm(kMostSeconds);
  PinTo(request.cpus[1]);
  wire.BeSecond();
  std::vector<std::byte> message(static_cast<size_t>(request.message_bytes));
  for (int i = -request.warm_up; i < request.count; ++i) {
    if (!wire.Receive(message) || !wire.Send(message)) ::_exit(1);
  }
  ::_exit(0);
}

template <class Wire>
[[noreturn]] void BeInitiator(const BareRequest& request, Wire& wire, const Clock& clock,
                              SharedTimes& times) {
  ::alarm(kMostSeconds);
  PinTo(request.cpus[0]);
  wire.BeFirst();
  std::vector<std::byte> message(static_cast<size_t>(request.message_bytes));
  for (int i = -request.warm_up; i < request.count; ++i) {
    const uint64_t before = clock.Now();
    if (!wire.Send(message) || !wire.Receive(message)) ::_exit(1);
    const uint64_t after = clock.Now();
    if (i >= 0) times.each()[i] = clock.Nanos(before, after);
  }
  ::_exit(0);
}

bool EndsWell(pid_t pid) {
  int status = 0;
  return pid > 0 && ::waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
         WEXITSTATUS(status) == 0;
}

template <class Wire>
BareAnswer RoundTripsOver(const BareRequest& request, const Clock& clock) {
  const auto count = static_cast<size_t>(request.count);
  SharedTimes times(count);
  auto wire = std::make_unique<Wire>();
  if (!times || !wire->Make(static_cast<size_t>(request.message_bytes))) return Failure(errno);
  const pid_t responder = ::fork();
  if (responder == 0) BeResponder(request, *wire);
  const pid_t initiator = ::fork();
  if (initiator == 0) BeInitiator(request, *wire, clock, times);
  const bool well = EndsWell(initiator);
  if (!well && responder > 0) ::kill(responder, SIGKILL);
  if (!EndsWell(responder) || !well) return Failure(EPIPE);
  int64_t* const middle = times.each() + count / 2;
  std::nth_element(times.each(), middle, times.each() + count);
  return {.error = 0, .nanos = *middle};
}

}  // namespace

BareAnswer RoundTrips(const BareRequest& request, const Clock& clock) {
  switch (request.wire) {
    case BareRequest::kPipe:
      return RoundTripsOver<PipeWire>(request, clock);
    case BareRequest::kFifo:
      return RoundTripsOver<FifoWire>(request, clock);
    case BareRequest::kUnixStream:
      return RoundTripsOver<UnixWire<SOCK_STREAM>>(request, clock);
    case BareRequest::kUnixSeqpacket:
      return RoundTripsOver<UnixWire<SOCK_SEQPACKET>>(request, clock);
    case BareRequest::kTcp:
      return RoundTripsOver<TcpWire>(request, clock);
    case BareRequest::kPosixMq:
      return RoundTripsOver<PosixMqWire>(request, clock);
    case BareRequest::kSysvMq:
      return RoundTripsOver<SysvMqWire>(request, clock);
    case BareRequest::kEventfd:
      return RoundTripsOver<EventfdWire>(request, clock);
    case BareRequest::kFutexEvent:
      return RoundTripsOver<FutexWire>(request, clock);
    case BareRequest::kSignal:
      return RoundTripsOver<SignalWire>(request, clock);
  }
  return Failure(EINVAL);
}

}  // namespace ipclab::bench
