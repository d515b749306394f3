#include "common/explore/step_words.h"

#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/program/words/phrases.h"

namespace ipclab {
namespace {

// What is done, with $ where the thing stands.
struct Deed {
  const char* plain;  // "A can read $"
  const char* third;  // "A reads $"
};

bool IsBack(const Operation& operation) { return operation.phase != Phase::kFirst; }

Deed DeedOf(const Operation& operation) {
  switch (operation.op) {
    case Op::kRead:
      return {"read $", "reads $"};
    case Op::kWrite:
      return {"write $", "writes $"};
    case Op::kAtomicAdd:
      return {"add to $", "adds to $"};
    case Op::kExchange:
      return {"exchange $", "exchanges $"};
    case Op::kCas:
      return {"compare and swap $", "compares and swaps $"};
    case Op::kFutexWait:
      if (IsBack(operation)) return {"wake up from $", "wakes up from $"};
      return {"go to sleep on $", "goes to sleep on $"};
    case Op::kFutexWake:
      return {"wake who sleeps on $", "wakes who sleeps on $"};
    case Op::kLock:
      return {"lock $", "locks $"};
    case Op::kTryLock:
      return {"try to lock $", "tries to lock $"};
    case Op::kUnlock:
      return {"unlock $", "unlocks $"};
    case Op::kReadLock:
      return {"lock $ to read", "locks $ to read"};
    case Op::kWriteLock:
      return {"lock $ to write", "locks $ to write"};
    case Op::kSemWait:
      return {"take $", "takes $"};
    case Op::kSemTryWait:
      return {"try to take $", "tries to take $"};
    case Op::kSemPost:
      return {"post $", "posts $"};
    case Op::kCondWait:
      if (IsBack(operation)) return {"lock $ again", "locks $ again"};
      return {"go to sleep on $", "goes to sleep on $"};
    case Op::kSignal:
      return {"signal $", "signals $"};
    case Op::kBroadcast:
      return {"wake all who sleep on $", "wakes all who sleep on $"};
    case Op::kBarrierWait:
      if (IsBack(operation)) return {"leave $", "leaves $"};
      return {"arrive at $", "arrives at $"};
    case Op::kSend:
      return {"send to $", "sends to $"};
    case Op::kReceive:
    case Op::kReceiveType:
      return {"receive from $", "receives from $"};
    case Op::kEnter:
      return {"enter $", "enters $"};
    case Op::kLeave:
      return {"leave $", "leaves $"};
    default:
      return {"go on", "goes on"};
  }
}

}  // namespace

std::string ThingText(const Program& program, const Operation& operation) {
  if (operation.op == Op::kAwait) return "";
  if (operation.op == Op::kCondWait && IsBack(operation)) {
    return ObjectName(program, operation.second, 0);
  }
  return ObjectName(program, operation.object, operation.element);
}

std::string DeedText(const Program& program, const Operation& operation, const std::string& thing,
                     bool third) {
  if (operation.op == Op::kAwait) {
    if (thing == "it") return third ? "sees that" : "see that";
    const std::string seen = AwaitedText(program, static_cast<int>(operation.argument));
    return absl::StrCat(third ? "sees that " : "see that ", seen);
  }
  const Deed deed = DeedOf(operation);
  return absl::StrReplaceAll(third ? deed.third : deed.plain, {{"$", thing}});
}

}  // namespace ipclab
