// Why a worker is not ready, and who waits for whom.

#include <algorithm>
#include <bit>
#include <cerrno>

#include "absl/strings/str_cat.h"
#include "common/program/words.h"
#include "common/program/words/phrases.h"

namespace ipclab {
namespace {

// What a worker waits for, in three pieces: "waits for", "m", "held by A".
struct Wait {
  std::string act;  // with the object: "waits for m"
  std::string why;  // "held by A", "which is 0"; may be empty
  int object = -1;
  std::vector<int> holders = {};
};

struct Waiting {
  const Program& program;
  const State state;
  int worker;
  Operation next;

  const int64_t* Words(int object) const { return state.object(object); }
  const std::string& Name(int object) const { return program.objects[object].name; }
};

std::string HolderText(const Waiting& waiting, const std::vector<int>& holders, const char* how) {
  if (std::find(holders.begin(), holders.end(), waiting.worker) != holders.end()) {
    return absl::StrCat("which it holds itself", how);
  }
  std::string text = absl::StrCat("held by ", Letters(holders), how);
  if (holders.size() == 1 && waiting.state.frame(holders[0]).run != RunState::kAtLabel) {
    const bool done = waiting.state.frame(holders[0]).run == RunState::kDone;
    absl::StrAppend(&text, done ? ", which has come to its end" : ", which is stuck");
  }
  return text;
}

Wait WaitForMutex(const Waiting& waiting, int mutex) {
  const std::vector<int> holders{static_cast<int>(waiting.Words(mutex)[0]) - 1};
  return {absl::StrCat("waits for ", waiting.Name(mutex)), HolderText(waiting, holders, ""), mutex,
          holders};
}

Wait WaitForRwLock(const Waiting& waiting) {
  const int object = waiting.next.object;
  const int64_t* const words = waiting.Words(object);
  const bool is_written = words[0] != 0;
  std::vector<int> holders = is_written ? std::vector<int>{static_cast<int>(words[0]) - 1}
                                        : WorkersOf(static_cast<uint64_t>(words[1]));
  // A reader that wants to read once more is in nobody's way but its own.
  if (waiting.next.op == Op::kReadLock && !is_written) holders = {waiting.worker};
  std::string why = HolderText(waiting, holders, is_written ? " to write" : " to read");
  if (is_written && holders[0] == waiting.worker) absl::StrAppend(&why, " (EDEADLK)");
  return {absl::StrCat("waits for ", waiting.Name(object)), std::move(why), object, holders};
}

Wait WaitForCondition(const Waiting& waiting) {
  const int object = waiting.next.object;
  if (waiting.next.phase == Phase::kWoken) {
    Wait wait = WaitForMutex(waiting, waiting.next.second);
    wait.act = absl::StrCat("is woken from ", waiting.Name(object), " and ", wait.act);
    return wait;
  }
  return {absl::StrCat("sleeps on ", waiting.Name(object)), "until it is signalled", object};
}

Wait WaitAtBarrier(const Waiting& waiting) {
  const int object = waiting.next.object;
  const int arrived = std::popcount(static_cast<uint64_t>(waiting.Words(object)[0]));
  return {absl::StrCat("waits at ", waiting.Name(object)),
          absl::StrCat("where ", arrived, " of ", waiting.program.objects[object].size,
                       " have arrived"),
          object};
}

Wait WaitOf(const Waiting& waiting) {
  const int object = waiting.next.object;
  switch (waiting.next.op) {
    case Op::kLock:
      return WaitForMutex(waiting, object);
    case Op::kReadLock:
    case Op::kWriteLock:
      return WaitForRwLock(waiting);
    case Op::kSemWait:
      return {absl::StrCat("waits for ", waiting.Name(object)), "which is 0", object};
    case Op::kCondWait:
      return WaitForCondition(waiting);
    case Op::kFutexWait:
      return {absl::StrCat("sleeps on ", ObjectName(waiting.program, object, waiting.next.element)),
              "until it is woken", object};
    case Op::kBarrierWait:
      return WaitAtBarrier(waiting);
    case Op::kSend:
      return {absl::StrCat("waits for room in ", waiting.Name(object)), "which is full", object};
    case Op::kReceive:
      return {absl::StrCat("waits for a record in ", waiting.Name(object)), "which is empty",
              object};
    case Op::kReceiveType: {
      const int64_t type = waiting.next.argument;
      const std::string which = type == 0  ? "a record"
                                : type > 0 ? absl::StrCat("a record of type ", type)
                                           : absl::StrCat("a record of a type up to ",  //
                                                          0 - static_cast<uint64_t>(type));
      const int64_t records = waiting.Words(object)[0];
      return {absl::StrCat("waits for ", which, " in ", waiting.Name(object)),
              records == 0 ? "which is empty" : absl::StrCat("which holds ", RecordsText(records)),
              object};
    }
    default:
      return {
          "waits until " + AwaitedText(waiting.program, static_cast<int>(waiting.next.argument)),
          "", object};
  }
}

Wait WaitOf(const Program& program, const int64_t* state, int worker) {
  return WaitOf({program, State(program, const_cast<int64_t*>(state)), worker,
                 Announce(program, state, worker)});
}

// In a free run: the kernel did not let it wait, for whom it waits for waits for it.
bool IsRefused(const State& words, int worker) {
  const Frame& frame = words.frame(worker);
  return words.failure().kind == FailureKind::kDeadlock && frame.run == RunState::kStuck &&
         frame.error == EDEADLK;
}

std::string RefusedText(const Program& program, const State& words, int worker) {
  return absl::StrCat("whoever it waits for in ",
                      OperationText(program, Announce(program, words.words(), worker)), " at line ",
                      program.code[words.frame(worker).pc].span.line, " waits for it (EDEADLK)");
}

std::string StuckText(const Program& program, const int64_t* state, int worker) {
  const State words(program, const_cast<int64_t*>(state));
  const Instruction& instruction = program.code[words.frame(worker).pc];
  const std::string where = absl::StrCat(" at line ", instruction.span.line);
  if (IsRefused(words, worker)) {
    return absl::StrCat("is stuck: ", RefusedText(program, words, worker));
  }
  if (instruction.op == Op::kDivide || instruction.op == Op::kRemainder) {
    return absl::StrCat("is stuck: it divided by zero", where);
  }
  if (IsLabel(instruction.op)) {
    return absl::StrCat("is stuck: it left the array ", program.objects[instruction.object].array,
                        where);
  }
  return absl::StrCat("is stuck: it ran on without an operation on a shared object", where);
}

std::vector<int> BlockedWorkers(const Program& program, const int64_t* state) {
  std::vector<int> blocked;
  for (int worker = 0; worker < static_cast<int>(program.workers.size()); ++worker) {
    if (ReadinessOf(program, state, worker) == Readiness::kBlocked) blocked.push_back(worker);
  }
  return blocked;
}

// Goes on along who waits for whom until it is back at the first of the way. seen: whom it need not
// try again.
bool CloseRing(const Program& program, const int64_t* state, std::vector<int>& way,
               uint32_t& seen) {
  const int last = way.back();
  if (ReadinessOf(program, state, last) != Readiness::kBlocked) return false;
  for (const int holder : WaitOf(program, state, last).holders) {
    if (holder == way.front()) return true;
    if ((seen >> holder & 1) != 0) continue;
    seen |= 1u << holder;
    way.push_back(holder);
    if (CloseRing(program, state, way, seen)) return true;
    way.pop_back();
  }
  return false;
}

// Those who wait for each other around a ring; empty where there is none.
std::vector<int> RingOf(const Program& program, const int64_t* state,
                        const std::vector<int>& blocked) {
  for (const int first : blocked) {
    std::vector<int> way{first};
    uint32_t seen = 1u << first;
    if (CloseRing(program, state, way, seen)) return way;
  }
  return {};
}

// In a deadlock: the ring if there is one, else all who are blocked.
std::vector<int> WhoWaits(const Program& program, const int64_t* state) {
  std::vector<int> blocked = BlockedWorkers(program, state);
  std::vector<int> ring = RingOf(program, state, blocked);
  return ring.empty() ? blocked : ring;
}

// "waits for m, held by A", "sleeps on c until it is signalled".
std::string SentenceOf(const Wait& wait) {
  if (wait.why.empty()) return wait.act;
  return absl::StrCat(wait.act, wait.why.starts_with("until") ? " " : ", ", wait.why);
}

}  // namespace

Obstacle ObstacleOf(const Program& program, const int64_t* state, int worker) {
  switch (ReadinessOf(program, state, worker)) {
    case Readiness::kReady:
      return {};
    case Readiness::kDone:
      return {-1, {}, "has come to its end"};
    case Readiness::kStuck:
      return {-1, {}, StuckText(program, state, worker)};
    case Readiness::kBlocked:
      break;
  }
  const Wait wait = WaitOf(program, state, worker);
  return {wait.object, wait.holders, SentenceOf(wait)};
}

std::vector<std::string> WaitsOf(const Program& program, const int64_t* state) {
  std::vector<std::string> waits;
  for (const int worker : WhoWaits(program, state)) {
    waits.push_back(
        absl::StrCat(LetterOf(worker), " ", SentenceOf(WaitOf(program, state, worker))));
  }
  return waits;
}

std::string DeadlockText(const Program& program, const int64_t* state) {
  const State words(program, const_cast<int64_t*>(state));
  std::string text = "deadlock: ";
  if (const int worker = static_cast<int>(words.failure().worker); IsRefused(words, worker)) {
    return absl::StrCat(text, LetterOf(worker), " is stuck: ", RefusedText(program, words, worker));
  }
  for (const int worker : WhoWaits(program, state)) {
    const Wait wait = WaitOf(program, state, worker);
    absl::StrAppend(&text, text.ends_with(": ") ? "" : ", ", LetterOf(worker), " ", wait.act,
                    wait.why.empty() ? "" : " ", wait.why);
  }
  return text;
}

bool IsDeadlock(const Program& program, const int64_t* state) {
  bool somebody_waits = false;
  for (int worker = 0; worker < static_cast<int>(program.workers.size()); ++worker) {
    const Readiness readiness = ReadinessOf(program, state, worker);
    if (readiness == Readiness::kReady) return false;
    somebody_waits |= readiness == Readiness::kBlocked;
  }
  return somebody_waits;
}

}  // namespace ipclab
