#include "worker/program/stepper.h"

#include <cerrno>
#include <chrono>
#include <span>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/program/state.h"
#include "common/program/words.h"
#include "worker/give_way.h"
#include "worker/program/views.h"

namespace ipclab {
namespace {

// What a mechanism may take whose records are on their way for a while.
constexpr std::chrono::seconds kHop(1);

// Repeats what would block until it does not, as long as a record may be on its way.
template <typename Attempt>
Outcome WithPatience(const ObjectEnd& end, Attempt attempt) {
  Outcome outcome = attempt();
  if (outcome.status != IoStatus::kWouldBlock || !end.mechanism->program.hops) return outcome;
  const auto end_of_patience = std::chrono::steady_clock::now() + kHop;
  for (GiveWay give_way; outcome.status == IoStatus::kWouldBlock &&
                         std::chrono::steady_clock::now() < end_of_patience;) {
    give_way();
    outcome = attempt();
  }
  return outcome;
}

bool Returns(Op op) {
  switch (op) {
    case Op::kRead:
    case Op::kAtomicAdd:
    case Op::kExchange:
    case Op::kCas:
    case Op::kTryLock:
    case Op::kSemTryWait:
    case Op::kReceive:
    case Op::kReceiveType:
      return true;
    default:
      return false;
  }
}

std::string Given(const Program& program, Op op, int64_t result, int error) {
  if (error != 0 && !Returns(op)) return ErrorText(error);
  const std::string value = Returns(op) ? ValueText(program, result) : "no error";
  return error == 0 ? value : absl::StrCat(value, " and ", ErrorText(error));
}

}  // namespace

absl::Status Stepper::Step(Choose choice) {
  const Operation operation = Announce(program_, state_, worker_);
  Outcome outcome;
  if (IsCall(operation.op)) outcome = Call(operation);
  const Event event = Apply(program_, state_, worker_, choice.wakes, &baton_.prints);
  ++baton_.step;
  const auto where = [&] { return Where(OperationText(program_, event.operation)); };
  if (absl::Status status = Compare(event, outcome, where); !status.ok()) return status;
  for (const int object : {operation.object, operation.second}) {
    if (object >= 0) Forget(object, baton_);
  }
  return CompareViews([&] { return OperationText(program_, event.operation); });
}

Outcome Stepper::Call(const Operation& operation) {
  const bool waits = operation.op == Op::kCondWait;
  // Woken by the lab: nobody sleeps in the kernel.
  if (operation.op == Op::kFutexWait && operation.phase != Phase::kFirst) return {};
  if (operation.op == Op::kFutexWake) return {};
  ObjectEnd& end = objects_[waits ? operation.second : operation.object];
  // Only the form that waits says that it would wait for itself; and then it does not.
  if (operation.op == Op::kLock && end.error_checking && end.holds > 0) return Do(end, operation);
  return WithPatience(end, [&] { return Try(end, operation); });
}

absl::Status Stepper::Compare(const Event& event, const Outcome& outcome,
                              absl::FunctionRef<std::string()> where) const {
  const Op op = event.operation.op;
  if (!outcome.called) return absl::OkStatus();
  const bool same = outcome.status != IoStatus::kWouldBlock && outcome.error == event.error &&
                    (!Returns(op) || outcome.result == event.result);
  if (same) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(where(), ": the kernel ",
                   outcome.status == IoStatus::kWouldBlock
                       ? "would have it wait"
                       : absl::StrCat("gave ", Given(program_, op, outcome.result, outcome.error)),
                   ", the model gave ", Given(program_, op, event.result, event.error)));
}

absl::Status Stepper::Look() {
  return CompareViews([] { return std::string("begin"); });
}

absl::Status Stepper::CompareViews(absl::FunctionRef<std::string()> what) {
  const std::string difference = DifferenceOfViews(/*tells=*/true);
  if (difference.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(Where(what()), ": ", difference));
}

std::string Stepper::DifferenceOfViews(bool tells) {
  const auto difference = LookAtObjects(program_, state_, objects_, tells ? &baton_ : nullptr);
  if (!difference) return "";
  const ProgramObject& object = program_.objects[static_cast<size_t>(difference->object)];
  const std::string name = object.is_array && object.kind == ObjectKind::kCells
                               ? absl::StrCat(object.name, "[", difference->element, "]")
                               : object.name;
  const std::string view(objects_[difference->object].mechanism->program.view);
  return absl::StrCat("the kernel tells ", difference->kernel, " of ", name, " (", view,
                      "), the model ", difference->mirror);
}

absl::Status Stepper::Undo() {
  for (int object = 0; object < static_cast<int>(program_.objects.size()); ++object) {
    if (absl::Status status = Release(object); !status.ok()) return status;
    if (objects_[object].receiver == nullptr) continue;
    if (absl::Status status = Drain(object); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Stepper::Release(int object) {
  ObjectEnd& end = objects_[object];
  for (; end.holds > 0; --end.holds) {
    if (end.lock->Release() == IoStatus::kOk) continue;
    return absl::FailedPreconditionError(
        absl::StrCat(Where("rewind"), ": ", program_.objects[static_cast<size_t>(object)].name,
                     " is held and cannot be released: ", ErrorText(end.lock->error())));
  }
  return absl::OkStatus();
}

// Receives all that the mirror knows of, which may be on its way, and whatever else is there. A
// free run leaves what no mirror knows of.
absl::Status Stepper::Drain(int object) {
  ObjectEnd& end = objects_[object];
  const Operation receive = {Op::kReceive, Phase::kFirst, object, 0, -1, 0, 0};
  int64_t& known = State(program_, state_).object(object)[0];
  Outcome outcome;
  for (; known > 0; --known) {
    outcome = WithPatience(end, [&] { return Try(end, receive); });
    if (outcome.status != IoStatus::kOk) break;
  }
  while (outcome.status == IoStatus::kOk) outcome = Try(end, receive);
  if (outcome.status == IoStatus::kWouldBlock && known == 0) {
    // Whoever is the last to undo its part may have no end of it.
    LookAtObject(object, program_, state_, objects_, baton_);
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(absl::StrCat(
      Where("rewind"), ": ", known, " records of ",
      program_.objects[static_cast<size_t>(object)].name, " are not there to be received: ",
      outcome.error == 0 ? "the kernel would have it wait" : ErrorText(outcome.error)));
}

absl::Status Stepper::Reset() {
  for (size_t i = 0; i < program_.objects.size(); ++i) {
    const ProgramObject& object = program_.objects[i];
    const ObjectEnd& end = objects_[static_cast<int>(i)];
    if (end.mechanism == nullptr) continue;
    if (object.kind == ObjectKind::kCells) {
      for (int element = 0; element < object.size; ++element) {
        end.cell(element).store(object.initial[static_cast<size_t>(element)]);
      }
    } else if (end.semaphore) {
      const absl::StatusOr<int64_t> value = end.semaphore->Value();
      if (!value.ok()) return value.status();
      for (int64_t at = *value; at > object.initial.front(); --at) end.semaphore->TryWait();
      for (int64_t at = *value; at < object.initial.front(); ++at) end.semaphore->Post();
    }
  }
  baton_.step = 0;
  baton_.prints.count = 0;
  BeginProgram(program_, state_, &baton_.prints);
  return CompareViews([] { return std::string("rewind"); });
}

std::string Stepper::Where(std::string_view what) const {
  return absl::StrCat("step ", baton_.step, ", worker ", LetterOf(worker_), ", ",
                      std::string(what));
}

}  // namespace ipclab
