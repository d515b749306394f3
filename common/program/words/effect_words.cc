// What came of a step, in words.

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "common/program/channel.h"
#include "common/program/words.h"
#include "common/program/words/phrases.h"

namespace ipclab {
namespace {

// An event and the names that it is told with.
struct Told {
  const Program& program;
  const Event& event;
  std::string object;

  std::string Value(int64_t value) const { return ValueText(program, value); }
  std::string Second() const { return ObjectName(program, event.operation.second, 0); }
  int Size() const { return program.objects[event.operation.object].size; }
  std::string Woken() const {
    return event.woken == 0 ? "nobody" : Letters(WorkersOf(event.woken));
  }
};

std::string ChangeText(const Told& told) {
  const Event& event = told.event;
  if (event.before == event.after) {
    return absl::StrCat(told.object, " stays ", told.Value(event.after));
  }
  return absl::StrCat(told.object, ": ", told.Value(event.before), " -> ", told.Value(event.after));
}

std::string FutexText(const Told& told) {
  const Event& event = told.event;
  if (event.operation.op == Op::kFutexWake) return absl::StrCat("wakes ", told.Woken());
  if (event.operation.phase == Phase::kWoken) return "wakes up";
  return absl::StrCat(event.fell_asleep ? "falls asleep: " : "EAGAIN: ", told.object, " is ",
                      told.Value(event.before));
}

// Of who holds a lock to itself: what an event has of it.
std::string HeldText(const Told& told) {
  if (told.event.before == 0) return absl::StrCat(told.object, " is not its own");
  const int holder = static_cast<int>(told.event.before) - 1;
  if (holder == told.event.worker) return absl::StrCat(told.object, " is its own already");
  return absl::StrCat(told.object, " is held by ", LetterOf(holder));
}

std::string LockText(const Told& told) {
  const Event& event = told.event;
  if (event.error != 0) return absl::StrCat(ErrorText(event.error), ": ", HeldText(told));
  switch (event.operation.op) {
    case Op::kUnlock:
      return absl::StrCat("gives ", told.object, " back");
    case Op::kReadLock:
      return absl::StrCat("takes ", told.object, " to read");
    case Op::kWriteLock:
      return absl::StrCat("takes ", told.object, " to write");
    default:
      return absl::StrCat("takes ", told.object);
  }
}

std::string SemaphoreText(const Told& told) {
  const Event& event = told.event;
  if (event.error == 0) return ChangeText(told);
  return absl::StrCat(ErrorText(event.error), ": ", told.object, " is ", told.Value(event.before));
}

std::string ConditionText(const Told& told) {
  const Event& event = told.event;
  if (event.operation.op != Op::kCondWait) {
    if (event.woken == 0) return absl::StrCat("nobody waits on ", told.object);
    return absl::StrCat("wakes ", told.Woken());
  }
  if (event.error != 0) {
    return absl::StrCat(ErrorText(event.error), ": ", told.Second(), " is not its own");
  }
  if (event.fell_asleep) {
    return absl::StrCat("falls asleep on ", told.object, " and gives ", told.Second(), " back");
  }
  return absl::StrCat("wakes up and takes ", told.Second());
}

std::string BarrierText(const Told& told) {
  const Event& event = told.event;
  if (event.operation.phase == Phase::kWoken) return absl::StrCat("leaves ", told.object);
  if (event.fell_asleep) {
    return absl::StrCat("arrives at ", told.object, ": ", event.after, " of ", told.Size());
  }
  if (event.woken == 0) return absl::StrCat("arrives at ", told.object, " and goes on");
  return absl::StrCat("arrives last at ", told.object, ": wakes ", told.Woken());
}

std::string ChannelText(const Told& told) {
  const Event& event = told.event;
  if (event.operation.op != Op::kSend) return absl::StrCat("-> ", told.Value(event.result));
  if (event.error != 0) {
    const Discipline discipline = told.program.objects[event.operation.object].discipline;
    const TagRange tags = TagsOf(discipline);
    return absl::StrCat(ErrorText(event.error), ": ", told.object, " carries tags of ", tags.least,
                        " to ", tags.most, ", not ", told.Value(event.operation.argument2));
  }
  return absl::StrCat(told.object, " holds ", event.after, " of ", told.Size());
}

std::string CriticalText(const Told& told) {
  const Event& event = told.event;
  if (event.operation.op == Op::kLeave) return absl::StrCat("leaves ", told.object);
  const std::string inside = absl::StrCat(event.after, " inside, at most ", told.Size());
  return event.after > told.Size() ? absl::StrCat(inside, " may be") : inside;
}

}  // namespace

std::string EffectText(const Program& program, const Event& event) {
  const Operation& operation = event.operation;
  const Told told{program, event, ObjectName(program, operation.object, operation.element)};
  switch (operation.op) {
    case Op::kRead:
      return absl::StrCat("-> ", told.Value(event.result));
    case Op::kWrite:
    case Op::kAtomicAdd:
    case Op::kExchange:
      return ChangeText(told);
    case Op::kCas:
      if (event.result != 0) return ChangeText(told);
      return absl::StrCat("not set: ", told.object, " is ", told.Value(event.before));
    case Op::kFutexWait:
    case Op::kFutexWake:
      return FutexText(told);
    case Op::kAwait:
      return "it holds";
    case Op::kLock:
    case Op::kTryLock:
    case Op::kUnlock:
    case Op::kReadLock:
    case Op::kWriteLock:
      return LockText(told);
    case Op::kSemWait:
    case Op::kSemTryWait:
    case Op::kSemPost:
      return SemaphoreText(told);
    case Op::kCondWait:
    case Op::kSignal:
    case Op::kBroadcast:
      return ConditionText(told);
    case Op::kBarrierWait:
      return BarrierText(told);
    case Op::kSend:
    case Op::kReceive:
    case Op::kReceiveType:
      return ChannelText(told);
    case Op::kEnter:
    case Op::kLeave:
      return CriticalText(told);
    default:
      return "";
  }
}

}  // namespace ipclab
