#include "common/program/language/operations.h"

#include <algorithm>

namespace ipclab::lang {

const std::vector<OperationForm>& AllOperations() {
  using enum Operand;
  constexpr bool kValued = true;
  static const auto& all = *new std::vector<OperationForm>{
      {"atomic_add", Op::kAtomicAdd, {kCell, kValue}, 2, 2, kValued, "atomic_add(x, 1)"},
      {"exchange", Op::kExchange, {kCell, kValue}, 2, 2, kValued, "exchange(x, new)"},
      {"cas", Op::kCas, {kCell, kValue, kValue}, 3, 3, kValued, "cas(x, expected, new)"},
      {"futex_wait", Op::kFutexWait, {kCell, kValue}, 2, 2, !kValued, "futex_wait(x, expected)"},
      {"futex_wake", Op::kFutexWake, {kCell, kValue}, 2, 2, kValued, "futex_wake(x, how_many)"},
      {"await", Op::kAwait, {kPredicate}, 1, 1, !kValued, "await(x == 1)"},
      {"lock", Op::kLock, {kMutex}, 1, 1, !kValued, "lock(m)"},
      {"trylock", Op::kTryLock, {kMutex}, 1, 1, kValued, "trylock(m)"},
      {"unlock", Op::kUnlock, {kMutexOrRwLock}, 1, 1, !kValued, "unlock(m)"},
      {"read_lock", Op::kReadLock, {kRwLock}, 1, 1, !kValued, "read_lock(rw)"},
      {"write_lock", Op::kWriteLock, {kRwLock}, 1, 1, !kValued, "write_lock(rw)"},
      {"wait", Op::kSemWait, {kSemaphore}, 1, 1, !kValued, "wait(s)"},
      {"trywait", Op::kSemTryWait, {kSemaphore}, 1, 1, kValued, "trywait(s)"},
      {"post", Op::kSemPost, {kSemaphore}, 1, 1, !kValued, "post(s)"},
      {"cond_wait", Op::kCondWait, {kCondition, kMutex}, 2, 2, !kValued, "cond_wait(c, m)"},
      {"signal", Op::kSignal, {kCondition}, 1, 1, !kValued, "signal(c)"},
      {"broadcast", Op::kBroadcast, {kCondition}, 1, 1, !kValued, "broadcast(c)"},
      {"barrier_wait", Op::kBarrierWait, {kBarrier}, 1, 1, !kValued, "barrier_wait(b)"},
      {"send", Op::kSend, {kChannel, kValue, kValue}, 2, 3, !kValued, "send(c, value)"},
      {"receive", Op::kReceive, {kChannel, kValue}, 1, 2, kValued, "receive(c)"},
  };
  return all;
}

const OperationForm* FindOperation(std::string_view name) {
  const auto& all = AllOperations();
  const auto found =
      std::find_if(all.begin(), all.end(), [name](const auto& each) { return each.name == name; });
  return found == all.end() ? nullptr : &*found;
}

std::string_view UsesOf(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kCells:
      return "its value is read and written by its name: x = x + 1";
    case ObjectKind::kMutex:
      return "a mutex is used by lock(m), trylock(m) and unlock(m)";
    case ObjectKind::kSemaphore:
      return "a semaphore is used by wait(s), trywait(s) and post(s)";
    case ObjectKind::kCondition:
      return "a condition is used by cond_wait(c, m), signal(c) and broadcast(c)";
    case ObjectKind::kRwLock:
      return "an rwlock is used by read_lock(rw), write_lock(rw) and unlock(rw)";
    case ObjectKind::kBarrier:
      return "a barrier is used by barrier_wait(b)";
    case ObjectKind::kChannel:
      return "a channel is used by send(c, value) and receive(c)";
    case ObjectKind::kCritical:
      return "a critical section is used by critical name { ... }";
  }
  return "";
}

std::string_view KindWithArticle(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kCells:
      return "a shared cell";
    case ObjectKind::kMutex:
      return "a mutex";
    case ObjectKind::kSemaphore:
      return "a semaphore";
    case ObjectKind::kCondition:
      return "a condition";
    case ObjectKind::kRwLock:
      return "an rwlock";
    case ObjectKind::kBarrier:
      return "a barrier";
    case ObjectKind::kChannel:
      return "a channel";
    case ObjectKind::kCritical:
      return "a critical section";
  }
  return "";
}

bool Takes(Operand operand, ObjectKind kind) {
  switch (operand) {
    case Operand::kCell:
      return kind == ObjectKind::kCells;
    case Operand::kMutex:
      return kind == ObjectKind::kMutex;
    case Operand::kMutexOrRwLock:
      return kind == ObjectKind::kMutex || kind == ObjectKind::kRwLock;
    case Operand::kRwLock:
      return kind == ObjectKind::kRwLock;
    case Operand::kSemaphore:
      return kind == ObjectKind::kSemaphore;
    case Operand::kCondition:
      return kind == ObjectKind::kCondition;
    case Operand::kBarrier:
      return kind == ObjectKind::kBarrier;
    case Operand::kChannel:
      return kind == ObjectKind::kChannel;
    case Operand::kNone:
    case Operand::kValue:
    case Operand::kPredicate:
      return false;
  }
  return false;
}

std::string_view OperandWithArticle(Operand operand) {
  if (operand == Operand::kMutexOrRwLock) return "a mutex or an rwlock";
  for (int kind = 0; kind <= static_cast<int>(ObjectKind::kCritical); ++kind) {
    if (Takes(operand, static_cast<ObjectKind>(kind))) {
      return KindWithArticle(static_cast<ObjectKind>(kind));
    }
  }
  return "a value";
}

}  // namespace ipclab::lang
