#include "common/counter_agreement.h"

#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "common/mapping.h"
#include "common/topology.h"
#include "common/unique_fd.h"

namespace ipclab {
namespace {

// Restricts the calling thread to cpus; false when it may run on none of them.
bool Allow(const std::vector<int>& cpus) {
  const int highest = *std::max_element(cpus.begin(), cpus.end());
  std::vector<cpu_set_t> mask(static_cast<size_t>(highest / CPU_SETSIZE) + 1);
  const size_t bytes = mask.size() * sizeof(cpu_set_t);
  for (const int cpu : cpus) CPU_SET_S(static_cast<size_t>(cpu), bytes, mask.data());
  return ::sched_setaffinity(0, bytes, mask.data()) == 0;
}

bool PinTo(int cpu) { return Allow({cpu}); }

// Gives the calling thread its CPUs back.
class AffinityRestorer {
 public:
  AffinityRestorer() = default;
  AffinityRestorer(const AffinityRestorer&) = delete;
  AffinityRestorer& operator=(const AffinityRestorer&) = delete;
  ~AffinityRestorer() { Allow(cpus_); }

 private:
  const std::vector<int> cpus_ = AllowedCpus();
};

void Relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

// Some 100 us of polling: hundreds of exchanges, and less than a time slice.
constexpr int kPolls = 5'000;

// The cache lines over which readings are exchanged.
struct Exchange {
  alignas(64) std::atomic<uint32_t> asked;
  alignas(64) std::atomic<uint32_t> answered;
  std::atomic<uint64_t> ticks;
};

// The process that reads the first CPU's counter on request. Not a thread: once a process has had
// one, glibc makes each of its system calls dearer for good, and the workers inherit that.
class Responder {
 public:
  Responder(int cpu, uint64_t (*read)()) {
    const absl::StatusOr<UniqueFd> file = CreateMemoryFile("ipclab-clock", sizeof(Exchange));
    if (!file.ok()) return;
    absl::StatusOr<Mapping> page = Mapping::Shared(file->get(), sizeof(Exchange));
    if (!page.ok()) return;
    page_ = *std::move(page);
    const pid_t parent = ::getpid();
    pid_ = ::fork();
    if (pid_ == 0) Respond(parent, cpu, read);
  }
  Responder(const Responder&) = delete;
  Responder& operator=(const Responder&) = delete;
  ~Responder() {
    if (!started()) return;
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }

  bool started() const { return pid_ > 0; }

  // Asks for the number-th reading, from 1 up; nullopt when it does not come soon. On a busy host
  // two processes that only poll may take turns without ever meeting. One that slept is let in
  // soon: so the responder sleeps when it is not asked, and is woken when its answer is late.
  std::optional<uint64_t> Ask(uint32_t number) {
    exchange().asked.store(number, std::memory_order_release);
    for (int polls = 0; polls < 2 * kPolls; ++polls) {
      if (exchange().answered.load(std::memory_order_acquire) == number) {
        return exchange().ticks.load(std::memory_order_relaxed);
      }
      if (polls % kPolls == kPolls / 10) Futex(FUTEX_WAKE, 1);
      Relax();
    }
    return std::nullopt;
  }

 private:
  Exchange& exchange() const { return *static_cast<Exchange*>(page_.data()); }

  [[noreturn]] void Respond(pid_t parent, int cpu, uint64_t (*read)()) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent || !PinTo(cpu)) ::_exit(1);
    uint32_t done = 0;
    for (int polls = 0;; ++polls) {
      const uint32_t number = exchange().asked.load(std::memory_order_acquire);
      if (number != done) {
        exchange().ticks.store(read(), std::memory_order_relaxed);
        exchange().answered.store(number, std::memory_order_release);
        done = number;
        polls = 0;
      } else if (polls == kPolls) {
        Futex(FUTEX_WAIT, done);
        polls = 0;
      } else {
        Relax();
      }
    }
  }

  void Futex(int operation, uint32_t value) const {
    ::syscall(SYS_futex, &exchange().asked, operation, value, nullptr, nullptr, 0);
  }

  Mapping page_;
  pid_t pid_ = -1;
};

// What is known of the difference "there minus here": each exchange narrows it down.
struct Bounds {
  int64_t least = INT64_MIN;
  int64_t most = INT64_MAX;

  bool Within(int64_t tolerance) const { return least >= -tolerance && most <= tolerance; }
  bool Outside(int64_t tolerance) const { return most < -tolerance || least > tolerance; }
};

// Compares the responder's counter with that of the CPU that the caller runs on.
bool AgreesHere(Responder& responder, uint32_t& number, uint64_t (*read)(), int64_t tolerance,
                uint64_t give_up_ticks) {
  Bounds bounds;
  for (const uint64_t began = read(); read() - began <= give_up_ticks;) {
    const uint64_t before = read();
    const std::optional<uint64_t> there = responder.Ask(++number);
    if (!there) {
      const timespec rest = {0, 200'000};
      ::nanosleep(&rest, nullptr);
      continue;
    }
    const uint64_t after = read();
    bounds.least = std::max(bounds.least, static_cast<int64_t>(*there - after));
    bounds.most = std::min(bounds.most, static_cast<int64_t>(*there - before));
    if (bounds.Within(tolerance)) return true;
    if (bounds.Outside(tolerance)) return false;
  }
  return false;
}

}  // namespace

bool CountersAgree(const std::vector<int>& cpus, uint64_t (*read)(), uint64_t tolerance_ticks,
                   uint64_t give_up_ticks) {
  if (cpus.size() <= 1) return true;
  const AffinityRestorer restorer;
  Responder responder(cpus.front(), read);
  if (!responder.started()) return false;
  uint32_t number = 0;
  return std::all_of(cpus.begin() + 1, cpus.end(), [&](int cpu) {
    return PinTo(cpu) && AgreesHere(responder, number, read, static_cast<int64_t>(tolerance_ticks),
                                    give_up_ticks);
  });
}

}  // namespace ipclab
