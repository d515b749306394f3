#include "common/program/machine/operation.h"

#include <bit>
#include <cerrno>

#include "common/program/channel.h"
#include "common/program/machine/arithmetic.h"

namespace ipclab {
namespace {

WaiterQueue& QueueAt(int64_t* words) { return *reinterpret_cast<WaiterQueue*>(words); }

// One operation and what it works on.
struct Act {
  const State& state;
  const ProgramObject& object;
  int64_t* words;  // of the object
  Event& event;

  int64_t me() const { return event.worker + 1; }
  int64_t bit() const { return int64_t{1} << event.worker; }
  Failure FailureOf(FailureKind kind) const { return {kind, event.operation.object, event.worker}; }

  void Wake(int worker) const {
    state.frame(worker).phase = Phase::kWoken;
    event.woken |= 1u << worker;
  }
  void Sleep(WaiterQueue& queue) const {
    queue.Add(event.worker);
    event.fell_asleep = true;
  }
};

// The first of a queue, as many as there are of count.
int64_t WakeFirst(const Act& act, WaiterQueue& queue, int64_t count) {
  int64_t woken = 0;
  for (; woken < count && queue.count > 0; ++woken) {
    const int worker = queue.at(0);
    queue.Remove(worker);
    act.Wake(worker);
  }
  return woken;
}

void PerformOnCell(const Act& act) {
  Event& event = act.event;
  const Operation& operation = event.operation;
  int64_t& cell = act.words[operation.element];
  event.before = cell;
  switch (operation.op) {
    case Op::kWrite:
      cell = operation.argument;
      break;
    case Op::kAtomicAdd:
      event.result = cell;
      cell = WrappedAdd(cell, operation.argument);
      break;
    case Op::kExchange:
      event.result = cell;
      cell = operation.argument;
      break;
    case Op::kCas:
      event.result = cell == operation.argument;
      if (event.result != 0) cell = operation.argument2;
      break;
    default:  // kRead
      event.result = cell;
      break;
  }
  event.after = cell;
}

void PerformFutex(const Act& act) {
  Event& event = act.event;
  const Operation& operation = event.operation;
  event.before = event.after = act.words[operation.element];
  WaiterQueue& queue = QueueAt(act.words + act.object.size + 2 * operation.element);
  if (operation.op == Op::kFutexWake) {
    event.result = WakeFirst(act, queue, operation.argument);
  } else if (operation.phase == Phase::kFirst) {
    if (event.before == operation.argument) {
      act.Sleep(queue);
    } else {
      event.error = EAGAIN;
    }
  }
}

Failure Unlock(const Act& act) {
  if (act.words[0] == act.me()) {
    act.words[0] = 0;
    return {};
  }
  if (act.object.kind == ObjectKind::kRwLock && (act.words[1] & act.bit()) != 0) {
    act.words[1] &= ~act.bit();
    return {};
  }
  act.event.error = EPERM;
  return act.FailureOf(FailureKind::kForeignUnlock);
}

Failure PerformOnLock(const Act& act) {
  Event& event = act.event;
  event.before = act.words[0];
  Failure failure;
  switch (event.operation.op) {
    case Op::kUnlock:
      failure = Unlock(act);
      break;
    case Op::kReadLock:
      act.words[1] |= act.bit();
      break;
    case Op::kTryLock:
      event.result = act.words[0] == 0;
      if (event.result == 0) {
        event.error = EBUSY;
        break;
      }
      [[fallthrough]];
    default:  // kLock, kWriteLock
      if (act.words[0] == act.me()) {
        event.error = EDEADLK;
      } else {
        act.words[0] = act.me();
      }
      break;
  }
  event.after = act.words[0];
  return failure;
}

void PerformOnSemaphore(const Act& act) {
  Event& event = act.event;
  int64_t& value = act.words[0];
  event.before = value;
  if (event.operation.op == Op::kSemPost) {
    if (value < act.object.most) {
      ++value;
    } else {
      event.error = EOVERFLOW;
    }
  } else if (value > 0) {
    --value;
    event.result = event.operation.op == Op::kSemTryWait;
  } else {
    event.error = EAGAIN;
  }
  event.after = value;
}

Failure PerformOnCondition(const Act& act, int wakes) {
  Event& event = act.event;
  WaiterQueue& queue = QueueAt(act.words);
  event.before = queue.count;
  Failure failure;
  if (event.operation.op == Op::kBroadcast) {
    WakeFirst(act, queue, queue.count);
  } else if (event.operation.op == Op::kSignal) {
    if (queue.count > 0) {
      if (wakes < 0 || !queue.Remove(wakes)) {
        wakes = queue.at(0);
        queue.Remove(wakes);
      }
      act.Wake(wakes);
      event.woke = wakes;
    }
  } else {
    int64_t& mutex = act.state.object(event.operation.second)[0];
    if (event.operation.phase == Phase::kWoken) {
      mutex = act.me();
    } else if (mutex == act.me()) {
      mutex = 0;
      act.Sleep(queue);
    } else {
      event.error = EPERM;
      failure = {FailureKind::kForeignUnlock, event.operation.second, event.worker};
    }
  }
  event.after = queue.count;
  return failure;
}

// Words: who has arrived; who may leave.
void PerformOnBarrier(const Act& act) {
  Event& event = act.event;
  int64_t& arrived = act.words[0];
  int64_t& leaving = act.words[1];
  event.before = std::popcount(static_cast<uint64_t>(arrived));
  if (event.operation.phase == Phase::kWoken) {
    leaving &= ~act.bit();
  } else if (event.before + 1 < act.object.size) {
    arrived |= act.bit();
    event.fell_asleep = true;
  } else {
    for (int64_t rest = arrived; rest != 0; rest &= rest - 1) {
      act.Wake(std::countr_zero(static_cast<uint64_t>(rest)));
    }
    leaving |= arrived;
    arrived = 0;
  }
  event.after = std::popcount(static_cast<uint64_t>(arrived));
}

void PerformOnChannel(const Act& act) {
  Event& event = act.event;
  const Operation& operation = event.operation;
  event.before = act.words[0];
  if (operation.op != Op::kSend) {
    event.result =
        TakeRecord(act.words, NextRecord(act.object, act.words, operation.argument)).value;
  } else if (TagsOf(act.object.discipline).Holds(operation.argument2)) {
    PutRecord(act.words, {operation.argument, operation.argument2});
  } else {
    event.error = EINVAL;
  }
  event.after = act.words[0];
}

Failure PerformOnCritical(const Act& act) {
  Event& event = act.event;
  event.before = std::popcount(static_cast<uint64_t>(act.words[0]));
  if (event.operation.op == Op::kEnter) {
    act.words[0] |= act.bit();
  } else {
    act.words[0] &= ~act.bit();
  }
  event.after = std::popcount(static_cast<uint64_t>(act.words[0]));
  if (event.after <= act.object.size) return {};
  return act.FailureOf(FailureKind::kCritical);
}

}  // namespace

Failure Perform(const Program& program, const State& state, int wakes, Event& event) {
  if (event.operation.object < 0) return {};  // await of what names no cell
  const ProgramObject& object = program.objects[event.operation.object];
  const Act act{state, object, state.words() + object.offset, event};
  switch (event.operation.op) {
    case Op::kRead:
    case Op::kWrite:
    case Op::kAtomicAdd:
    case Op::kExchange:
    case Op::kCas:
      PerformOnCell(act);
      return {};
    case Op::kFutexWait:
    case Op::kFutexWake:
      PerformFutex(act);
      return {};
    case Op::kLock:
    case Op::kTryLock:
    case Op::kUnlock:
    case Op::kReadLock:
    case Op::kWriteLock:
      return PerformOnLock(act);
    case Op::kSemWait:
    case Op::kSemTryWait:
    case Op::kSemPost:
      PerformOnSemaphore(act);
      return {};
    case Op::kCondWait:
    case Op::kSignal:
    case Op::kBroadcast:
      return PerformOnCondition(act, wakes);
    case Op::kBarrierWait:
      PerformOnBarrier(act);
      return {};
    case Op::kSend:
    case Op::kReceive:
    case Op::kReceiveType:
      PerformOnChannel(act);
      return {};
    case Op::kEnter:
    case Op::kLeave:
      return PerformOnCritical(act);
    default:  // kAwait: nothing but that it came to hold
      return {};
  }
}

}  // namespace ipclab
