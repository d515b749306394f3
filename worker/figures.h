// Writes what one worker counts in a leg into its page, where the server reads it at any moment.
// Everything here is a relaxed load and store: the page has one writer.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "common/clock.h"
#include "common/pages.h"
#include "worker/resource_use.h"
#include "worker/sequence_check.h"

namespace ipclab {

class Figures {
 public:
  // cpu: the one that the worker is pinned to. page and clock must outlive this.
  // meter, where there is one, is read when the first message that counts is over.
  Figures(WorkerPage& page, const Clock& clock, int cpu, ResourceMeter* meter = nullptr)
      : page_(page), clock_(clock), meter_(meter), pinned_(cpu), cpu_(cpu) {}

  // Forgets the counters of the leg before, all but progress. Who has left its CPU is seen again.
  // warms_up: some messages come before those that count, and what they use is told apart.
  void Clear(bool warms_up = false);

  // One message, counted or not, or one phase of a leg is done; or so many.
  void Progress(uint64_t by = 1) { Add(page_.progress, by); }

  // Counted messages of so many bytes each, complete at now. The span begins at from of the first.
  void Count(uint64_t from, Clock::Reading now, size_t bytes, int64_t more = 0) {
    const int64_t messages = page_.messages.load(std::memory_order_relaxed);
    if (messages == 0) [[unlikely]] {
      span_begin_ = from;
      WarmUpIsOver();
    }
    page_.messages.store(messages + 1 + more, std::memory_order_relaxed);
    Add(page_.bytes, static_cast<int64_t>(bytes) * (1 + more));
    page_.span_nanos.store(clock_.Nanos(span_begin_, now.ticks), std::memory_order_relaxed);
    SawCpu(now.cpu);
  }

  // Counted messages whose time nobody read, and nobody will.
  void CountUntimed(int64_t messages, size_t bytes) {
    Add(page_.messages, messages);
    Add(page_.bytes, static_cast<int64_t>(bytes) * messages);
  }

  // What the sequence number of an arrival told; warm-up is no excuse for losses.
  void Arrived(const Arrival& arrival) {
    if (arrival.kind != Arrival::kNext) [[unlikely]] {
      OutOfOrder(arrival);
    }
  }

  // A message arrived with wrong contents.
  void Corrupted() { Add(page_.corrupted, int64_t{1}); }

  // The worker was seen on this CPU; counts each change. -1: the clock cannot tell.
  void SawCpu(int cpu) {
    if (cpu != cpu_ && cpu >= 0) [[unlikely]] {
      cpu_ = cpu;
      Add(page_.migrations, int64_t{1});
    }
  }

  WorkerPage& page() { return page_; }

  // What this process had used when the first message that counts was over; none before.
  const std::optional<ResourceUse>& use_at_first() const { return use_at_first_; }

 private:
  template <typename Number>
  static void Add(std::atomic<Number>& counter, Number by) {
    counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
  }
  void OutOfOrder(const Arrival& arrival);
  void WarmUpIsOver();

  WorkerPage& page_;
  const Clock& clock_;
  ResourceMeter* const meter_;
  bool warms_up_ = false;
  std::optional<ResourceUse> use_at_first_;
  const int pinned_;
  int cpu_;  // where it was seen last
  uint64_t span_begin_ = 0;
};

}  // namespace ipclab
