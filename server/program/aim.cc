#include "server/program/aim.h"

#include <algorithm>
#include <bit>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/program/apply.h"
#include "common/program/compile.h"
#include "common/program/state.h"

namespace ipclab {
namespace {

using v1::Choice;
using v1::Until;
using Response = v1::StepExperimentResponse;

std::string WorkersOf(const Program& program) {
  std::string list;
  for (size_t i = 0; i < program.workers.size(); ++i) {
    absl::StrAppend(&list, i == 0 ? "" : ", ", LetterOf(static_cast<int>(i)), " (",
                    program.workers[i].name, ")");
  }
  return list;
}

std::string LettersOf(uint32_t workers) {
  std::vector<std::string> letters;
  for (int i = 0; workers >> i != 0; ++i) {
    if ((workers >> i & 1) != 0) letters.push_back(LetterOf(i));
  }
  return letters.empty() ? "nobody" : absl::StrJoin(letters, ", ");
}

int WorkerNamed(const Program& program, const std::string& field, const std::string& name,
                std::vector<FieldViolation>& wrong) {
  const int worker = FindWorker(program, name);
  if (worker < 0) {
    wrong.push_back({field, absl::StrCat("there is no worker ", Quoted(name), "; there are ",
                                         WorkersOf(program))});
  }
  return worker;
}

// The same for the same seed and step on every machine.
uint64_t Mixed(uint64_t seed, int64_t step) {
  uint64_t mixed = seed + 0x9e3779b97f4a7c15u * (static_cast<uint64_t>(step) + 1);
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
  return mixed ^ (mixed >> 31);
}

// The nth of the workers whose bits are set.
int Nth(uint32_t workers, uint64_t n) {
  for (; n > 0; --n) workers &= workers - 1;
  return std::countr_zero(workers);
}

bool IsAtEnd(const Course& course) {
  for (size_t i = 0; i < course.program().workers.size(); ++i) {
    const auto readiness = ReadinessOf(course.program(), course.state(), static_cast<int>(i));
    if (readiness != Readiness::kDone) return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<Aim> Aim::Of(const Course& course, const Choice& choice,
                            std::optional<int64_t> count, const Until& until) {
  std::vector<FieldViolation> wrong;
  Aim aim;
  aim.count_ = count;
  aim.ReadChoice(course, choice, wrong);
  aim.ReadUntil(course, until, wrong);
  if (!wrong.empty()) return InvalidRequest(wrong);
  if (absl::Status status = aim.CheckFirst(course); !status.ok()) return status;
  return aim;
}

void Aim::ReadChoice(const Course& course, const Choice& choice,
                     std::vector<FieldViolation>& wrong) {
  const Program& program = course.program();
  seed_ = choice.seed();
  if (choice.chooser_case() == Choice::kWorker) {
    worker_ = WorkerNamed(program, "choice.worker", choice.worker(), wrong);
  } else if (!Choice::Policy_IsValid(choice.policy())) {
    wrong.push_back({"choice.policy", "must be KEEP, ROUND_ROBIN, LOWEST or RANDOM"});
  } else if (choice.policy() != Choice::POLICY_UNSPECIFIED) {
    policy_ = choice.policy();
  }
  if (!choice.wakes().empty()) {
    if (choice.chooser_case() != Choice::kWorker) {
      wrong.push_back({"choice.wakes",
                       "goes with worker only: a policy lets those who wait "
                       "longest be woken"});
    } else {
      wakes_ = WorkerNamed(program, "choice.wakes", choice.wakes(), wrong);
    }
  }
  if (worker_ >= 0 && wakes_ >= 0) {
    const uint32_t may = ReadinessOf(program, course.state(), worker_) == Readiness::kReady
                             ? MayWake(program, course.state(), worker_)
                             : 0;
    if ((may >> wakes_ & 1) == 0) {
      wrong.push_back(
          {"choice.wakes", absl::StrCat(LetterOf(worker_), " cannot wake ", LetterOf(wakes_),
                                        "; it can choose of ", LettersOf(may))});
    }
  }
}

void Aim::ReadUntil(const Course& course, const Until& until, std::vector<FieldViolation>& wrong) {
  const Program& program = course.program();
  point_ = until.point_case();
  switch (until.point_case()) {
    case Until::kStep:
      until_step_ = until.step();
      break;
    case Until::kLabel: {
      auto labels = FindLabels(program, until.label());
      if (labels.ok()) {
        labels_ = *std::move(labels);
      } else {
        wrong.push_back({"until.label", std::string(labels.status().message())});
      }
      break;
    }
    case Until::kObject:
      object_ = FindObject(program, until.object());
      if (object_ < 0) {
        std::vector<std::string> names;
        for (const ProgramObject& each : program.objects) names.push_back(each.name);
        wrong.push_back({"until.object", absl::StrCat("there is no object ", Quoted(until.object()),
                                                      "; there are ", absl::StrJoin(names, ", "))});
      } else {
        object_words_ = WordsOfObject(course);
      }
      break;
    case Until::kBlocked:
      until_worker_ = WorkerNamed(program, "until.blocked", until.blocked(), wrong);
      break;
    case Until::kFinished:
      until_worker_ = WorkerNamed(program, "until.finished", until.finished(), wrong);
      break;
    case Until::kPredicate: {
      auto copy = std::make_shared<Program>(program);
      const CompiledExpression compiled = CompileExpression(*copy, until.predicate());
      predicate_ = compiled.expression;
      with_predicate_ = std::move(copy);
      if (compiled.expression >= 0) break;
      for (const Diagnostic& each : compiled.diagnostics) {
        wrong.push_back(
            {"until.predicate", absl::StrCat("column ", each.span.column, ": ", each.message,
                                             each.hint.empty() ? "" : "; ", each.hint)});
      }
      break;
    }
    case Until::POINT_NOT_SET:
      break;
  }
}

absl::Status Aim::CheckFirst(const Course& course) const {
  if (worker_ < 0 || IsThere(course)) return absl::OkStatus();
  const Program& program = course.program();
  const Readiness readiness = ReadinessOf(program, course.state(), worker_);
  if (readiness == Readiness::kReady) return absl::OkStatus();
  const std::string who = absl::StrCat(LetterOf(worker_), " (",
                                       program.workers[static_cast<size_t>(worker_)].name, ")");
  const std::string others =
      absl::StrCat("; who can go on: ", LettersOf(EnabledOf(program, course.state())));
  if (readiness == Readiness::kDone) {
    return PreconditionFailed(
        {{"WORKER_DONE", LetterOf(worker_), absl::StrCat(who, " has come to its end", others)}});
  }
  return PreconditionFailed(
      {{readiness == Readiness::kStuck ? "WORKER_STUCK" : "WORKER_BLOCKED", LetterOf(worker_),
        absl::StrCat(who, " cannot go on: it ", ObstacleOf(program, course.state(), worker_).text,
                     others)}});
}

std::optional<Aim::Stopped> Aim::WhyNot(const Course& course) const {
  const Program& program = course.program();
  if (IsThere(course)) return Response::UNTIL;
  if (IsAtEnd(course)) return Response::DONE;
  if (worker_ >= 0) {
    const Readiness readiness = ReadinessOf(program, course.state(), worker_);
    if (readiness == Readiness::kDone) return Response::DONE;
    if (readiness != Readiness::kReady) return Response::BLOCKED;
  }
  if (EnabledOf(program, course.state()) == 0) return Response::BLOCKED;
  if (course.is_full()) return Response::LIMIT;
  return std::nullopt;
}

Choose Aim::Next(const Course& course) const {
  if (worker_ >= 0) {
    return {static_cast<int8_t>(worker_), static_cast<int8_t>(made_ == 0 ? wakes_ : -1)};
  }
  const uint32_t enabled = EnabledOf(course.program(), course.state());
  const int last = course.last_worker();
  int chosen = std::countr_zero(enabled);
  if (policy_ == Choice::KEEP && last >= 0 && (enabled >> last & 1) != 0) chosen = last;
  if (policy_ == Choice::ROUND_ROBIN && last >= 0 && enabled >> (last + 1) != 0) {
    chosen = last + 1 + std::countr_zero(enabled >> (last + 1));
  }
  if (policy_ == Choice::RANDOM) {
    const uint64_t mixed = Mixed(seed_, course.step());
    chosen = Nth(enabled, mixed % static_cast<uint64_t>(std::popcount(enabled)));
  }
  return {static_cast<int8_t>(chosen), -1};
}

std::optional<Aim::Stopped> Aim::WhyStop(const Course& course, const MadeStep& made) {
  ++made_;
  const bool reached = IsReached(course, made);
  if (made.event.failed) {
    const State state(course.program(), const_cast<int64_t*>(course.state()));
    return state.failure().kind == FailureKind::kDeadlock ? Response::BLOCKED : Response::CHECK;
  }
  if (IsAtEnd(course)) return Response::DONE;
  if (reached) return Response::UNTIL;
  if (worker_ >= 0 && ReadinessOf(course.program(), course.state(), worker_) == Readiness::kDone) {
    return Response::DONE;
  }
  if (count_ && made_ >= *count_) return Response::COUNT;
  return std::nullopt;
}

// What is a condition may hold before any step; what is an event cannot have happened.
bool Aim::IsThere(const Course& course) const {
  const auto readiness = [&] {
    return ReadinessOf(course.program(), course.state(), until_worker_);
  };
  switch (point_) {
    case Until::kStep:
      return course.step() >= until_step_;
    case Until::kBlocked:
      return readiness() == Readiness::kBlocked;
    case Until::kFinished:
      return readiness() == Readiness::kDone;
    case Until::kPredicate:
      return Evaluate(*with_predicate_, course.state(), predicate_) != 0;
    default:
      return false;
  }
}

bool Aim::IsReached(const Course& course, const MadeStep& made) {
  const Program& program = course.program();
  switch (point_) {
    case Until::kLabel: {
      const int worker = made.event.worker;
      const State state(program, const_cast<int64_t*>(course.state()));
      const Frame& frame = state.frame(worker);
      if (frame.run != RunState::kAtLabel || frame.phase != Phase::kFirst) return false;
      if (labels_.worker >= 0 && labels_.worker != worker) return false;
      return std::find(labels_.pcs.begin(), labels_.pcs.end(), static_cast<int>(frame.pc)) !=
             labels_.pcs.end();
    }
    case Until::kObject: {
      std::vector<int64_t> words = WordsOfObject(course);
      return std::exchange(object_words_, words) != words;
    }
    default:
      return IsThere(course);
  }
}

std::vector<int64_t> Aim::WordsOfObject(const Course& course) const {
  const ProgramObject& object = course.program().objects[static_cast<size_t>(object_)];
  const int64_t* const words = course.state() + object.offset;
  return {words, words + object.words};
}

}  // namespace ipclab
