// What two children of one parent wake each other over; see wires.h. The messages are empty.
#pragma once

#include <signal.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include "common/unique_fd.h"

namespace ipclab::bench {

// A counter for each way.
class EventfdWire {
 public:
  bool Make(size_t bytes);
  void BeFirst() { Be(0); }
  void BeSecond() { Be(1); }
  bool Send(std::span<const std::byte>) {
    constexpr uint64_t kOne = 1;
    return ::write(out_, &kOne, sizeof kOne) == sizeof kOne;
  }
  bool Receive(std::span<std::byte>) {
    uint64_t count;
    return ::read(in_, &count, sizeof count) == sizeof count;
  }

 private:
  void Be(size_t end) { in_ = counters_[1 - end].get(), out_ = counters_[end].get(); }

  std::array<UniqueFd, 2> counters_;
  int in_ = -1;
  int out_ = -1;
};

// Shared memory for the two words, and for the two process ids; zero bytes are a valid start.
template <typename Shared>
class SharedPage {
 public:
  SharedPage() = default;
  SharedPage(const SharedPage&) = delete;
  SharedPage& operator=(const SharedPage&) = delete;
  ~SharedPage() {
    if (memory_ != nullptr) ::munmap(memory_, sizeof(Shared));
  }

  bool Make() {
    void* const memory = ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE,
                                MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (memory == MAP_FAILED) return false;
    memory_ = memory;
    return true;
  }
  Shared* operator->() const { return static_cast<Shared*>(memory_); }

 private:
  void* memory_ = nullptr;
};

// A counter and a sleeper's mark in shared memory for each way; no call unless the other sleeps.
struct FutexWords {
  struct alignas(64) Way {
    std::atomic<uint32_t> count;
    std::atomic<uint32_t> asleep;
  };
  std::array<Way, 2> ways;
};

class FutexWire {
 public:
  bool Make(size_t) { return words_.Make(); }
  void BeFirst() { Be(0); }
  void BeSecond() { Be(1); }
  bool Send(std::span<const std::byte>);
  bool Receive(std::span<std::byte>);

 private:
  void Be(size_t end) { in_ = &words_->ways[1 - end], out_ = &words_->ways[end]; }

  SharedPage<FutexWords> words_;
  FutexWords::Way* in_ = nullptr;
  FutexWords::Way* out_ = nullptr;
  uint32_t taken_ = 0;
};

// A signal for each way, by kill and sigwaitinfo. Blocked from Make on, in the children too.
class SignalWire {
 public:
  SignalWire() = default;
  SignalWire(const SignalWire&) = delete;
  SignalWire& operator=(const SignalWire&) = delete;
  ~SignalWire();

  bool Make(size_t bytes);
  void BeFirst() { Be(0); }
  void BeSecond() { Be(1); }
  bool Send(std::span<const std::byte>);
  bool Receive(std::span<std::byte>);

 private:
  struct Pids {
    std::array<std::atomic<pid_t>, 2> pids;
  };

  // Waits until the other one is known.
  void Be(size_t end);

  SharedPage<Pids> shared_;
  pid_t peer_ = 0;
  int in_ = 0;
  int out_ = 0;
  sigset_t awaited_;
};

}  // namespace ipclab::bench
