// The shared pages of one experiment: a control line and one page block per worker, in one memory
// file that the zygote creates, the workers inherit and the server maps.
//
// A worker writes its own block and, of what is shared, the ball, the control's medians, leg_end
// and at_work; the server only reads, but for stop and at_work. All fields are relaxed atomics,
// leg_end and at_work excepted: a reader sees every value whole, and counters of one moment within
// a few messages of each other. The figures are those of the current leg; a worker clears them when
// a leg begins. Zero bytes are a valid start.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>

#include "common/histogram.h"

namespace ipclab {

inline constexpr size_t kCacheLine = 64;

// What all workers of an experiment share.
struct ControlPage {
  // The cache line that the control bounces; see worker/control_line.h.
  alignas(kCacheLine) std::atomic<uint64_t> ball;

  // Set by the server: the sender marks its next message as the last of the leg.
  alignas(kCacheLine) std::atomic<uint32_t> stop;

  // Where messages may be lost: how far the leg goes, and whether all of it was sent; see
  // worker/leg_end.h. Written by the worker that sends first.
  alignas(kCacheLine) std::atomic<uint64_t> leg_end;

  // Workers that have not ended the leg; the server sets it before it starts one. Who takes it to
  // zero tells the server: one wake-up for all of them. Orders what the others wrote before it.
  alignas(kCacheLine) std::atomic<int32_t> at_work;

  // Median round trip of the control before and after the newest leg, by the worker that measures
  // it; 0 without.
  std::atomic<int64_t> control_before_nanos;
  std::atomic<int64_t> control_after_nanos;
};

// What one worker has counted in this leg. Times are ticks of the worker's clock.
struct WorkerPage {
  // Counts every message and every phase of a leg, warm-up included; never goes back. The server
  // finds hangs by it.
  alignas(kCacheLine) std::atomic<uint64_t> progress;

  // Which leg the figures below are of.
  alignas(kCacheLine) std::atomic<int64_t> leg;

  std::atomic<int64_t> messages;
  std::atomic<int64_t> bytes;
  std::atomic<int64_t> lost;
  std::atomic<int64_t> duplicated;
  std::atomic<int64_t> reordered;
  std::atomic<int64_t> corrupted;
  std::atomic<int64_t> migrations;

  // When the first and the newest counted message was complete, and the time between them in
  // nanoseconds, which is what the server reads. The rate is (messages - 1) over it on a receiver;
  // an initiator starts the span before its first send and divides messages by it.
  alignas(kCacheLine) std::atomic<int64_t> span_nanos;

  // Brought up to date at the end of a leg.
  std::atomic<int64_t> cpu_user_nanos;
  std::atomic<int64_t> cpu_system_nanos;
  std::atomic<int64_t> voluntary_switches;
  std::atomic<int64_t> involuntary_switches;
  std::atomic<int64_t> minor_faults;
  std::atomic<int64_t> major_faults;

  alignas(kCacheLine) Histogram round_trip;
  alignas(kCacheLine) Histogram one_way;
  alignas(kCacheLine) Histogram send_call;
};

inline constexpr size_t kPageBytes = 4096;

constexpr size_t RoundToPages(size_t bytes) {
  return (bytes + kPageBytes - 1) / kPageBytes * kPageBytes;
}

// Where things lie in the memory file.
constexpr size_t WorkerPageOffset(int worker) {
  return RoundToPages(sizeof(ControlPage)) +
         static_cast<size_t>(worker) * RoundToPages(sizeof(WorkerPage));
}
constexpr size_t PagesBytes(int workers) { return WorkerPageOffset(workers); }

inline ControlPage& ControlPageOf(void* pages) {
  return *std::launder(reinterpret_cast<ControlPage*>(pages));
}
inline WorkerPage& WorkerPageOf(void* pages, int worker) {
  return *std::launder(
      reinterpret_cast<WorkerPage*>(static_cast<char*>(pages) + WorkerPageOffset(worker)));
}

}  // namespace ipclab
