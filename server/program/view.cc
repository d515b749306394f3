#include "server/program/view.h"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/program/state.h"
#include "common/program/words.h"
#include "server/program/object_mechanisms.h"

namespace ipclab {
namespace {

constexpr uint64_t kPrintedLines = 100;

bool IsOver(const Program& program, const int64_t* state) { return EnabledOf(program, state) == 0; }

bool AllDone(const Program& program, const int64_t* state) {
  for (size_t i = 0; i < program.workers.size(); ++i) {
    if (ReadinessOf(program, state, static_cast<int>(i)) != Readiness::kDone) return false;
  }
  return true;
}

void AddLetters(uint32_t workers, google::protobuf::RepeatedPtrField<std::string>& letters) {
  for (int i = 0; workers >> i != 0; ++i) {
    if ((workers >> i & 1) != 0) *letters.Add() = LetterOf(i);
  }
}

void AddLocal(std::string name, std::string value, v1::ProgramWorker& worker) {
  v1::ProgramLocal& local = *worker.add_locals();
  local.set_name(std::move(name));
  local.set_value(std::move(value));
}

void AddLocals(const Program& program, const State& state, int index, v1::ProgramWorker& worker) {
  const ProgramProcess& process =
      program.processes[static_cast<size_t>(program.workers[static_cast<size_t>(index)].process)];
  const Frame& frame = state.frame(index);
  const int64_t* const values = state.values(index);
  for (size_t i = 0; i < process.locals.size(); ++i) {
    const std::string& name = process.locals[i];
    const bool is_plain_self = i == 0 && !process.is_array;
    if (!name.empty() && !is_plain_self) AddLocal(name, ValueText(program, values[i]), worker);
  }
  for (int64_t i = 0; i < frame.depth; ++i) {
    AddLocal(absl::StrCat("#", i + 1),
             ValueText(program, values[static_cast<int64_t>(process.locals.size()) + i]), worker);
  }
  if (frame.error != 0) AddLocal("error", ErrorText(static_cast<int>(frame.error)), worker);
}

v1::ProgramWorker WorkerView(const Course& course, const State& state, int index) {
  const Program& program = course.program();
  v1::ProgramWorker worker;
  worker.set_letter(LetterOf(index));
  worker.set_name(program.workers[static_cast<size_t>(index)].name);
  worker.set_steps(course.steps_of()[static_cast<size_t>(index)]);
  AddLocals(program, state, index, worker);
  const Readiness readiness = ReadinessOf(program, state.words(), index);
  if (readiness == Readiness::kReady || readiness == Readiness::kBlocked) {
    worker.set_next(OperationText(program, Announce(program, state.words(), index)));
    const int64_t pc = state.frame(index).pc;
    *worker.mutable_span() = ToProto(program.code[static_cast<size_t>(pc)].span);
  }
  switch (readiness) {
    case Readiness::kReady:
      worker.set_state(v1::ProgramWorker::READY);
      AddLetters(MayWake(program, state.words(), index), *worker.mutable_may_wake());
      break;
    case Readiness::kDone:
      worker.set_state(v1::ProgramWorker::DONE);
      break;
    case Readiness::kStuck:
      worker.set_state(v1::ProgramWorker::STUCK);
      worker.set_reason(ObstacleOf(program, state.words(), index).text);
      break;
    case Readiness::kBlocked: {
      worker.set_state(v1::ProgramWorker::BLOCKED);
      const Obstacle obstacle = ObstacleOf(program, state.words(), index);
      worker.set_reason(obstacle.text);
      if (obstacle.object >= 0) {
        worker.set_waits_for(program.objects[static_cast<size_t>(obstacle.object)].name);
      }
      for (const int holder : obstacle.holders) worker.add_held_by(LetterOf(holder));
      break;
    }
  }
  return worker;
}

void AddRecords(const Program& program, const ProgramObject& of, const int64_t* words,
                v1::ProgramObject& object) {
  std::vector<std::pair<int64_t, int64_t>> records;  // value, tag
  for (int64_t i = 0; i < words[0]; ++i) records.emplace_back(words[1 + 2 * i], words[2 + 2 * i]);
  if (of.discipline == Discipline::kByPriority) {
    std::ranges::stable_sort(records, std::greater<>(), &std::pair<int64_t, int64_t>::second);
  }
  for (const auto& [value, tag] : records) {
    v1::ProgramRecord& record = *object.add_records();
    record.set_value(ValueText(program, value));
    record.set_tag(tag);
  }
}

// Who sleeps on it, who sleeps longest first.
void AddSleepers(const int64_t* queue, v1::ProgramObject& object) {
  const auto& sleepers = *reinterpret_cast<const WaiterQueue*>(queue);
  for (int i = 0; i < sleepers.count; ++i) object.add_waiters(LetterOf(sleepers.at(i)));
}

void AddHolders(const Program& program, const ProgramObject& of, const int64_t* words,
                v1::ProgramObject& object) {
  switch (of.kind) {
    case ObjectKind::kCells:
      for (int i = 0; i < of.size; ++i) object.add_cells(ValueText(program, words[i]));
      for (int i = 0; of.sleeps && i < of.size; ++i) AddSleepers(words + of.size + 2 * i, object);
      break;
    case ObjectKind::kMutex:
      if (words[0] > 0) object.add_owners(LetterOf(static_cast<int>(words[0]) - 1));
      break;
    case ObjectKind::kSemaphore:
      object.add_cells(absl::StrCat(words[0]));
      break;
    case ObjectKind::kCondition:
      AddSleepers(words, object);
      break;
    case ObjectKind::kRwLock:
      if (words[0] > 0) object.add_owners(LetterOf(static_cast<int>(words[0]) - 1));
      AddLetters(static_cast<uint32_t>(words[1]), *object.mutable_owners());
      break;
    case ObjectKind::kBarrier:
      object.set_capacity(of.size);
      AddLetters(static_cast<uint32_t>(words[0]), *object.mutable_waiters());
      break;
    case ObjectKind::kChannel:
      object.set_capacity(of.size);
      AddRecords(program, of, words, object);
      break;
    case ObjectKind::kCritical:
      object.set_capacity(of.size);
      AddLetters(static_cast<uint32_t>(words[0]), *object.mutable_owners());
      break;
  }
}

v1::ProgramObject ObjectView(const Program& program, const State& state, int index) {
  const ProgramObject& of = program.objects[static_cast<size_t>(index)];
  v1::ProgramObject object;
  object.set_name(of.name);
  object.set_kind(KindOf(of.kind));
  object.set_value(ObjectText(program, state.words(), index));
  AddHolders(program, of, state.object(index), object);
  return object;
}

v1::ProgramCheck CheckView(const Program& program, const State& state, size_t index) {
  const Check& of = program.checks[index];
  v1::ProgramCheck check;
  check.set_text(of.text);
  *check.mutable_span() = ToProto(of.span);
  const Failure& failure = state.failure();
  const bool of_check = failure.kind == FailureKind::kAssert ||
                        failure.kind == FailureKind::kAlways ||
                        failure.kind == FailureKind::kFinally;
  if (of_check && failure.detail == static_cast<int64_t>(index)) {
    check.set_state(v1::ProgramCheck::FAILED);
  } else if (of.kind != CheckKind::kFinally) {
    check.set_state(v1::ProgramCheck::HOLDS);
  } else if (!AllDone(program, state.words())) {
    check.set_state(v1::ProgramCheck::NOT_YET);
  } else {
    check.set_state(Evaluate(program, state.words(), of.expression) != 0
                        ? v1::ProgramCheck::HOLDS
                        : v1::ProgramCheck::FAILED);
  }
  return check;
}

void AddOutput(const Course& course, v1::ProgramView& view) {
  const PrintLog& prints = course.prints();
  const uint64_t first = prints.count > kPrintedLines ? prints.count - kPrintedLines : 0;
  for (uint64_t i = first; i < prints.count; ++i) {
    view.add_output(PrintedText(course.program(), prints.entries[i % PrintLog::kKept]));
  }
}

// What is waited for only by a lock, and so not in its words.
void AddBlocked(const Program& program, v1::ProgramView& view) {
  for (const v1::ProgramWorker& worker : view.workers()) {
    if (worker.waits_for().empty()) continue;
    const int index = FindObject(program, worker.waits_for());
    if (index < 0) continue;
    v1::ProgramObject& object = *view.mutable_objects(index);
    const bool there =
        std::ranges::find(object.waiters(), worker.letter()) != object.waiters().end();
    if (!there) object.add_waiters(worker.letter());
  }
}

std::string KernelValue(const Program& program, const BatonPage& page, size_t index) {
  const ProgramObject& of = program.objects[index];
  const int64_t* const told = page.kernel.data() + of.offset;
  if (of.kind != ObjectKind::kCells) return absl::StrCat(told[0]);
  if (!of.is_array) return ValueText(program, told[0]);
  std::vector<std::string> values;
  for (int i = 0; i < of.size; ++i) values.push_back(ValueText(program, told[i]));
  return absl::StrCat("[", absl::StrJoin(values, ", "), "]");
}

}  // namespace

v1::SourceSpan ToProto(const SourceSpan& span) {
  v1::SourceSpan message;
  message.set_line(span.line);
  message.set_column(span.column);
  message.set_end_line(span.end_line);
  message.set_end_column(span.end_column);
  return message;
}

v1::ProgramOperation OperationView(const Program& program, const MadeStep& made) {
  const Event& event = made.event;
  v1::ProgramOperation operation;
  operation.set_step(made.number);
  operation.set_worker(LetterOf(event.worker));
  *operation.mutable_span() = ToProto(program.code[static_cast<size_t>(event.pc)].span);
  operation.set_operation(OperationText(program, event.operation));
  operation.set_effect(EffectText(program, event));
  operation.set_error(ErrorText(event.error));
  if (event.operation.object >= 0) {
    operation.set_object(program.objects[static_cast<size_t>(event.operation.object)].name);
  }
  operation.set_preemption(made.preemption);
  if (made.woke_one_of_several && event.woke >= 0) operation.set_woke(LetterOf(event.woke));
  operation.set_failed_check(made.failed_check);
  return operation;
}

v1::ProgramView ViewOf(const Course& course, const std::vector<ObjectPlan>& objects) {
  const Program& program = course.program();
  const State state(program, const_cast<int64_t*>(course.state()));
  v1::ProgramView view;
  view.set_step(course.step());
  for (size_t i = 0; i < program.workers.size(); ++i) {
    *view.add_workers() = WorkerView(course, state, static_cast<int>(i));
  }
  for (size_t i = 0; i < program.objects.size(); ++i) {
    v1::ProgramObject& object = *view.add_objects();
    object = ObjectView(program, state, static_cast<int>(i));
    if (i < objects.size()) object.set_mechanism(objects[i].mechanism.mechanism());
  }
  AddBlocked(program, view);
  AddLetters(EnabledOf(program, course.state()), *view.mutable_enabled());
  for (size_t i = 0; i < program.checks.size(); ++i) {
    *view.add_checks() = CheckView(program, state, i);
  }
  view.set_schedule(course.schedule());
  view.set_state_hash(absl::StrCat(absl::Hex(HashOf(program, course.state()), absl::kZeroPad16)));
  if (HasVerdict(course)) *view.mutable_verdict() = VerdictOf(course);
  view.set_goal_reached(program.goal >= 0 && IsOver(program, course.state()) &&
                        Evaluate(program, course.state(), program.goal) != 0);
  AddOutput(course, view);
  view.set_preemptions(course.preemptions());
  return view;
}

void AddKernelView(const Program& program, const BatonPage& page,
                   const std::vector<ObjectPlan>& objects, v1::ProgramView& view) {
  for (size_t i = 0; i < objects.size(); ++i) {
    if (objects[i].record == nullptr) continue;
    const v1::Mechanism& mechanism = objects[i].record->mechanism();
    v1::ProgramObject& object = *view.mutable_objects(static_cast<int>(i));
    if (mechanism.program_view().empty()) {
      object.set_kernel_absent(mechanism.program_view_absent());
    } else if (page.told[i] == 0) {
      object.set_kernel_absent("it was not asked yet");
    } else {
      object.set_kernel_value(
          absl::StrCat(mechanism.program_view(), ": ", KernelValue(program, page, i)));
    }
  }
}

bool HasVerdict(const Course& course) {
  return !course.failure().empty() || IsOver(course.program(), course.state());
}

v1::ProgramVerdict VerdictOf(const Course& course) {
  const Program& program = course.program();
  const int64_t* const state = course.state();
  v1::ProgramVerdict verdict;
  verdict.set_deadlocked(IsDeadlock(program, state));
  verdict.set_failed_check(course.failure());
  verdict.set_failing(verdict.deadlocked() || !course.failure().empty());
  if (!IsOver(program, state)) return verdict;
  verdict.set_outcome(OutcomeText(program, state));
  if (verdict.deadlocked()) {
    for (std::string& each : WaitsOf(program, state)) *verdict.add_waits() = std::move(each);
  }
  for (std::string& each : NoticesOf(program, state)) *verdict.add_notices() = std::move(each);
  return verdict;
}

}  // namespace ipclab
