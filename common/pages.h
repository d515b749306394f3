// The shared pages of one experiment: a control line and one page block per worker, in one memory
// file that the zygote creates, the workers inherit and the server maps.
//
// A worker writes its own block and, of what is shared, all but stop; the server only reads, but
// for stop and BeginLeg. Fields are relaxed atomics where nothing else is said: a reader sees every
// value whole, and counters of one moment within a few messages of each other. The figures are
// those of the current leg; a worker clears them when a leg begins. Zero bytes are a valid start.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>

#include "common/histogram.h"

namespace ipclab {

inline constexpr size_t kCacheLine = 64;

// The most links of one experiment, and the most workers: two descriptors of each go in one
// message.
inline constexpr int kMaxLinks = 64;
inline constexpr int kMaxWorkers = 60;

// What the workers of CONTENTION guard by their lock, and how they see that it does.
struct alignas(kCacheLine) Guarded {
  std::atomic<uint64_t> taken;     // acquisitions in this leg, warm-up included
  std::atomic<uint32_t> inside;    // the worker that is inside alone, its index + 1; 0: nobody
  std::atomic<uint32_t> holder;    // the last one that was, its index + 1
  std::atomic<uint64_t> released;  // when it began to release, in ticks; release, acquire
  std::atomic<uint32_t> arrived;   // workers that are ready to begin: they begin together
};

// What all workers of an experiment share.
struct ControlPage {
  // The cache line that the control bounces; see worker/control_line.h.
  alignas(kCacheLine) std::atomic<uint64_t> ball;

  // Set by the server: the sender marks its next message as the last of the leg.
  alignas(kCacheLine) std::atomic<uint32_t> stop;

  // Of each link: how far the leg goes, and whether all of it was sent; see worker/leg_end.h.
  // Written by the worker that sends first, where messages may be lost or there are none.
  alignas(kCacheLine) std::array<std::atomic<uint64_t>, kMaxLinks> leg_ends;

  // Workers that have not ended the leg; the server sets it before it starts one. Who takes it to
  // zero tells the server: one wake-up for all of them. Orders what the others wrote before it.
  alignas(kCacheLine) std::atomic<int32_t> at_work;

  // Median round trip of the control before and after the newest leg, by the worker that measures
  // it; 0 without.
  std::atomic<int64_t> control_before_nanos;
  std::atomic<int64_t> control_after_nanos;

  // Of more than two workers two play the control while the others stay away: 1 once it was played
  // before the leg, and how many have ended their part of the leg. Acquire and release.
  std::atomic<uint32_t> opened;
  std::atomic<uint32_t> left;

  // Where several workers share one object: senders that have sent all, and what was sent and
  // received in all, warm-up left out; added by each when it ends. Acquire and release.
  std::atomic<uint32_t> senders_done;
  std::atomic<int64_t> sent;
  std::atomic<int64_t> received;

  Guarded guarded;

  // By the server before it starts a leg, while the workers are parked.
  void BeginLeg(int workers) {
    stop = 0;
    opened = left = senders_done = 0;
    sent = received = 0;
    guarded.taken = 0;
    guarded.inside = guarded.holder = guarded.arrived = 0;
    at_work = workers;
  }
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
  std::atomic<int64_t> coalesced;
  std::atomic<int64_t> retries;

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
  std::atomic<int64_t> run_delay_nanos;

  // Round trips per recorded value; 0 counts as 1.
  std::atomic<int64_t> batch;

  // The errno of locking this worker's memory; 0 when it is locked.
  std::atomic<int32_t> lock_error;

  // Written in a census leg alone, before it ends: -1 where there is no count, with the reason.
  std::atomic<int64_t> system_calls;
  std::atomic<int64_t> instructions;
  std::atomic<int64_t> cycles;
  std::array<char, 128> system_calls_absent;
  std::array<char, 128> hardware_absent;

  alignas(kCacheLine) Histogram round_trip;
  alignas(kCacheLine) Histogram one_way;
  alignas(kCacheLine) Histogram send_call;
  alignas(kCacheLine) Histogram acquire;
  alignas(kCacheLine) Histogram hand_off;
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
