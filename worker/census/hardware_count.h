// Instructions and cycles of all threads of this process, those that they make included, in user
// mode and in the kernel, as perf_event_open(2) counts them.
//
// Used by Census, on one thread. Counts from Begin until it is destroyed.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "common/unique_fd.h"

namespace ipclab {

class HardwareCount {
 public:
  struct Counts {
    int64_t instructions = 0;
    int64_t cycles = 0;

    Counts operator-(const Counts& other) const {
      return {instructions - other.instructions, cycles - other.cycles};
    }
  };

  // What is counted, as perf_event_open has it: a type and two events of it.
  struct Events {
    uint32_t type;
    uint64_t instructions;
    uint64_t cycles;
  };

  HardwareCount();
  // Others than the hardware's, as a test may take where there are none.
  explicit HardwareCount(const Events& events) : events_(events) {}

  // Afterwards absent() is empty, or says why there is no count and what would allow it.
  void Begin();

  // Where the counters stand; zeros where there are none. Where they run out while others use them,
  // too, what they missed is made up by their share of the time.
  Counts Read();
  // System calls that it takes.
  int64_t calls_per_read() const {
    return static_cast<int64_t>(instructions_.size() + cycles_.size());
  }

  const std::string& absent() const { return absent_; }

 private:
  bool Open(int thread, uint64_t event, std::vector<UniqueFd>& counters);
  int64_t Sum(const std::vector<UniqueFd>& counters);

  const Events events_;
  std::vector<UniqueFd> instructions_;  // one per thread
  std::vector<UniqueFd> cycles_;
  std::string absent_;
};

// In words, what it means that perf_event_open failed with this errno, at this value of
// kernel.perf_event_paranoid.
std::string WhyNoCounters(int error, int paranoid);

}  // namespace ipclab
