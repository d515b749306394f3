#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <vector>

#include "common/unique_fd.h"
#include "tests/bench/bare/acts.h"

namespace ipclab::bench {
namespace {

struct Pipe {
  UniqueFd read;
  UniqueFd write;

  bool Make() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return false;
    read.Reset(ends[0]);
    write.Reset(ends[1]);
    return true;
  }
};

// Where the child that times leaves what it found; everything is touched before it begins.
class SharedTimes {
 public:
  explicit SharedTimes(size_t count)
      : bytes_((count + 1) * sizeof(int64_t)),
        memory_(::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0)) {}
  SharedTimes(const SharedTimes&) = delete;
  SharedTimes& operator=(const SharedTimes&) = delete;
  ~SharedTimes() {
    if (*this) ::munmap(memory_, bytes_);
  }

  explicit operator bool() const { return memory_ != MAP_FAILED; }
  int64_t& total() { return static_cast<int64_t*>(memory_)[0]; }
  int64_t* each() { return static_cast<int64_t*>(memory_) + 1; }

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

[[noreturn]] void BeResponder(const BareRequest& request, int in, int out) {
  PinTo(request.cpus[1]);
  std::vector<std::byte> message(static_cast<size_t>(request.message_bytes));
  const auto size = static_cast<ssize_t>(message.size());
  while (::read(in, message.data(), message.size()) == size) {
    if (::write(out, message.data(), message.size()) != size) ::_exit(1);
  }
  ::_exit(0);
}

[[noreturn]] void BeInitiator(const BareRequest& request, int in, int out, const Clock& clock,
                              SharedTimes& times) {
  PinTo(request.cpus[0]);
  std::vector<std::byte> message(static_cast<size_t>(request.message_bytes));
  const auto size = static_cast<ssize_t>(message.size());
  uint64_t begin = 0;
  for (int i = -request.warm_up; i < request.count; ++i) {
    const uint64_t before = clock.Now();
    if (::write(out, message.data(), message.size()) != size) ::_exit(1);
    if (::read(in, message.data(), message.size()) != size) ::_exit(1);
    const uint64_t after = clock.Now();
    if (i == 0) begin = before;
    if (i >= 0) times.each()[i] = clock.Nanos(before, after);
  }
  times.total() = clock.Nanos(begin, clock.Now());
  ::_exit(0);
}

bool EndsWell(pid_t pid) {
  int status = 0;
  return pid > 0 && ::waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
         WEXITSTATUS(status) == 0;
}

}  // namespace

BareAnswer RoundTrips(const BareRequest& request, const Clock& clock) {
  const auto count = static_cast<size_t>(request.count);
  SharedTimes times(count);
  Pipe there;
  Pipe back;
  if (!times || !there.Make() || !back.Make()) {
    return Failure(errno);
  }
  const pid_t responder = ::fork();
  if (responder == 0) {
    there.write.Reset();
    back.read.Reset();
    BeResponder(request, there.read.get(), back.write.get());
  }
  const pid_t initiator = ::fork();
  if (initiator == 0) {
    there.read.Reset();
    back.write.Reset();
    BeInitiator(request, back.read.get(), there.write.get(), clock, times);
  }
  there = Pipe();
  back = Pipe();
  const bool well = EndsWell(initiator);
  if (!EndsWell(responder) || !well) return Failure(EPIPE);
  int64_t* const middle = times.each() + count / 2;
  std::nth_element(times.each(), middle, times.each() + count);
  return {.error = 0, .nanos = *middle, .total_nanos = times.total()};
}

}  // namespace ipclab::bench
