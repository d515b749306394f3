// One worker's end of one object of a lab program: of what kind it is decides which of the parts
// are there. What is the lab's own, as a condition, has none, and neither has a channel that the
// worker has no code for.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "worker/channel.h"
#include "worker/counting_semaphore.h"
#include "worker/lock.h"
#include "worker/mechanism.h"
#include "worker/ring/region.h"

namespace ipclab {

struct ObjectEnd {
  const Mechanism* mechanism = nullptr;  // null: there is no end

  Region cells;
  std::unique_ptr<CountingSemaphore> semaphore;
  std::unique_ptr<Lock> lock;  // of a mutex or an rwlock
  std::unique_ptr<Channel> sender;
  std::unique_ptr<Channel> receiver;

  int holds = 0;  // how often this worker has the lock
  bool error_checking = false;
  // The kernel tells how it stands, to this worker.
  bool is_seen = false;

  std::atomic_ref<int64_t> cell(int element) const {
    return std::atomic_ref<int64_t>(reinterpret_cast<int64_t*>(cells.data())[element]);
  }
  Channel& channel() const { return receiver ? *receiver : *sender; }
};

}  // namespace ipclab
