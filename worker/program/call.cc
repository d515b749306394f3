#include "worker/program/call.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <climits>
#include <span>

namespace ipclab {
namespace {

constexpr timespec kAtOnce = {0, 0};

Outcome Told(IoStatus status, int error) {
  Outcome outcome{true, status};
  if (status == IoStatus::kError) outcome.error = error;
  if (status == IoStatus::kPeerClosed) outcome.error = EPIPE;
  return outcome;
}

// A futex is 32 bits: the low half of the cell.
uint32_t* FutexOf(const ObjectEnd& end, int element) {
  static_assert(std::endian::native == std::endian::little);
  return reinterpret_cast<uint32_t*>(end.cells.data()) + 2 * element;
}

// The kernel compares the low half; the other one is compared here.
Outcome WaitOnCell(const ObjectEnd& end, const Operation& operation, bool wait) {
  if (end.cell(operation.element).load() != operation.argument) {
    return {.called = true, .error = EAGAIN};
  }
  const auto expected = static_cast<uint32_t>(operation.argument);
  const long slept = ::syscall(SYS_futex, FutexOf(end, operation.element), FUTEX_WAIT, expected,
                               wait ? nullptr : &kAtOnce, nullptr, 0);
  const bool changed = slept != 0 && errno == EAGAIN;
  return {.called = true, .error = changed ? EAGAIN : 0};
}

Outcome WakeCell(const ObjectEnd& end, const Operation& operation) {
  // The kernel wakes one where it is asked for none.
  if (operation.argument <= 0) return {.called = true};
  const int64_t most = std::min<int64_t>(operation.argument, INT_MAX);
  const long woken = ::syscall(SYS_futex, FutexOf(end, operation.element), FUTEX_WAKE,
                               static_cast<int>(most), nullptr, nullptr, 0);
  return {.called = true, .result = std::max(woken, 0L)};
}

Outcome OnCell(const ObjectEnd& end, const Operation& operation) {
  const std::atomic_ref<int64_t> cell = end.cell(operation.element);
  Outcome outcome{.called = true};
  switch (operation.op) {
    case Op::kRead:
      outcome.result = cell.load();
      break;
    case Op::kWrite:
      cell.store(operation.argument);
      break;
    case Op::kAtomicAdd:
      outcome.result = cell.fetch_add(operation.argument);
      break;
    case Op::kExchange:
      outcome.result = cell.exchange(operation.argument);
      break;
    default: {  // kCas
      int64_t expected = operation.argument;
      outcome.result = cell.compare_exchange_strong(expected, operation.argument2);
      break;
    }
  }
  return outcome;
}

Outcome Acquire(ObjectEnd& end, bool shared, bool wait) {
  Lock& lock = *end.lock;
  IoStatus status;
  if (shared) {
    status = wait ? lock.AcquireShared() : lock.TryAcquireShared();
  } else {
    status = wait ? lock.Acquire() : lock.TryAcquire();
  }
  if (status == IoStatus::kOk) ++end.holds;
  return Told(status, lock.error());
}

Outcome TryLock(ObjectEnd& end) {
  const bool refused = end.holds > 0 && end.mechanism->program.is_regained;
  Outcome outcome = refused ? Outcome{true, IoStatus::kWouldBlock} : Acquire(end, false, false);
  if (outcome.status == IoStatus::kWouldBlock) {
    outcome.status = IoStatus::kOk;
    outcome.error = EBUSY;
  } else if (outcome.status == IoStatus::kOk) {
    outcome.result = 1;
  }
  return outcome;
}

// Unlocking another's is undefined, or frees it, where the lock does not look at it.
Outcome Unlock(ObjectEnd& end) {
  if (end.holds == 0 && !end.error_checking) return {.error = EPERM};
  const IoStatus status = end.lock->Release();
  if (status == IoStatus::kOk && end.holds > 0) --end.holds;
  return Told(status, end.lock->error());
}

Outcome OnSemaphore(ObjectEnd& end, const Operation& operation, bool wait) {
  CountingSemaphore& semaphore = *end.semaphore;
  if (operation.op == Op::kSemPost) {
    const IoStatus status = semaphore.Post();
    if (status == IoStatus::kWouldBlock) return {.called = true, .error = EOVERFLOW};
    return Told(status, semaphore.error());
  }
  const bool tries = operation.op == Op::kSemTryWait;
  const IoStatus status = wait && !tries ? semaphore.Wait() : semaphore.TryWait();
  Outcome outcome = Told(status, semaphore.error());
  if (tries && status == IoStatus::kOk) outcome.result = 1;
  if (tries && status == IoStatus::kWouldBlock) {
    outcome.status = IoStatus::kOk;
    outcome.error = EAGAIN;
  }
  return outcome;
}

// A worker that has no such end was linked for another program.
constexpr Outcome kNoEnd = {.called = true, .status = IoStatus::kError, .error = EBADF};

Outcome Send(ObjectEnd& end, const Operation& operation, bool wait) {
  if (!end.sender) return kNoEnd;
  const std::array<int64_t, 2> record = {operation.argument, operation.argument2};
  static_assert(sizeof record == kRecordBytes);
  const IoStatus status =
      end.sender->SendRecord(std::as_bytes(std::span(record)), operation.argument2, wait);
  if (status == IoStatus::kOk) end.sender->Flush();
  return Told(status, end.sender->error());
}

Outcome Receive(ObjectEnd& end, const Operation& operation, bool wait) {
  if (!end.receiver) return kNoEnd;
  std::array<int64_t, 2> record = {};
  const int64_t type = operation.op == Op::kReceiveType ? operation.argument : 0;
  const IoStatus status =
      end.receiver->ReceiveRecord(std::as_writable_bytes(std::span(record)), type, wait);
  Outcome outcome = Told(status, end.receiver->error());
  if (status == IoStatus::kOk) outcome.result = record[0];
  return outcome;
}

Outcome Perform(ObjectEnd& end, const Operation& operation, bool wait) {
  if (end.mechanism == nullptr) return kNoEnd;
  switch (operation.op) {
    case Op::kRead:
    case Op::kWrite:
    case Op::kAtomicAdd:
    case Op::kExchange:
    case Op::kCas:
      return OnCell(end, operation);
    case Op::kFutexWait:
      return WaitOnCell(end, operation, wait);
    case Op::kFutexWake:
      return WakeCell(end, operation);
    case Op::kLock:
    case Op::kWriteLock:
      return Acquire(end, /*shared=*/false, wait);
    case Op::kReadLock:
      return Acquire(end, /*shared=*/true, wait);
    case Op::kTryLock:
      return TryLock(end);
    case Op::kUnlock:
      return Unlock(end);
    case Op::kCondWait:
      return operation.phase == Phase::kFirst ? Unlock(end) : Acquire(end, false, wait);
    case Op::kSemWait:
    case Op::kSemTryWait:
    case Op::kSemPost:
      return OnSemaphore(end, operation, wait);
    case Op::kSend:
      return Send(end, operation, wait);
    case Op::kReceive:
    case Op::kReceiveType:
      return Receive(end, operation, wait);
    default:
      return {};
  }
}

}  // namespace

bool IsCall(Op op) {
  switch (op) {
    case Op::kAwait:
    case Op::kSignal:
    case Op::kBroadcast:
    case Op::kBarrierWait:
    case Op::kEnter:
    case Op::kLeave:
      return false;
    default:
      return IsLabel(op);
  }
}

Outcome Try(ObjectEnd& end, const Operation& operation) { return Perform(end, operation, false); }
Outcome Do(ObjectEnd& end, const Operation& operation) { return Perform(end, operation, true); }

}  // namespace ipclab
