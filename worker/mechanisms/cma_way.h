// One direction of a cma channel: slots in the memory of one end, into which the other one writes
// or out of which it reads, and the words in a page of both that say how far they are.
//
// Each of CmaSender and CmaReceiver is used by one thread; both are on the measured path.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include "absl/status/status.h"
#include "worker/channel.h"
#include "worker/mechanisms/own_pages.h"
#include "worker/ring/shared_futex.h"

namespace ipclab {

inline constexpr size_t kCmaLine = 64;  // so that the ends do not share a cache line

// In the page of both ends; zero bytes are a valid start. Counters wrap around.
struct CmaWay {
  alignas(kCmaLine) std::atomic<uint32_t> sent;
  std::atomic<uint32_t> sender_closed;
  alignas(kCmaLine) std::atomic<uint32_t> received;
  std::atomic<uint32_t> receiver_closed;
  alignas(kCmaLine) SharedFutex for_receiver;
  alignas(kCmaLine) SharedFutex for_sender;
  alignas(kCmaLine) std::atomic<uint64_t> slots;  // their address in the one who has them
};

// The slots of a way as an end sees them.
struct CmaSlots {
  uint32_t count = 1;  // a power of two, as the counters wrap around
  size_t bytes = 0;    // of one
  OwnPages own;        // none: they are the other end's
  pid_t peer = 0;      // then its process
  uint64_t address = 0;

  // To or from the slot of the number-th message: by copying where it is one's own, else by a
  // system call. 0 or errno.
  int Write(uint32_t number, std::span<const std::byte> message) const;
  int Read(uint32_t number, std::span<std::byte> message) const;

  // Says whether the other end's can be reached at all.
  absl::Status Try() const;
};

class CmaSender {
 public:
  CmaSender(CmaWay& way, CmaSlots slots) : way_(way), slots_(std::move(slots)) {}
  ~CmaSender();

  CmaSlots& slots() { return slots_; }
  IoStatus Send(std::span<const std::byte> message, bool wait, int& error);

 private:
  CmaWay& way_;
  CmaSlots slots_;
  uint32_t sent_ = 0;
};

class CmaReceiver {
 public:
  CmaReceiver(CmaWay& way, CmaSlots slots) : way_(way), slots_(std::move(slots)) {}
  ~CmaReceiver();

  CmaSlots& slots() { return slots_; }
  IoStatus Receive(std::span<std::byte> message, bool wait, int& error);
  int64_t Depth() const { return way_.sent.load(std::memory_order_acquire) - received_; }

 private:
  CmaWay& way_;
  CmaSlots slots_;
  uint32_t received_ = 0;
};

}  // namespace ipclab
