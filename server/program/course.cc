#include "server/program/course.h"

#include <bit>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/program/words.h"

namespace ipclab {
namespace {

std::string ItemText(Choose choice, int64_t count) {
  std::string text = LetterOf(choice.worker);
  if (choice.wakes >= 0) absl::StrAppend(&text, ">", LetterOf(choice.wakes));
  if (count > 1) absl::StrAppend(&text, count);
  return text;
}

}  // namespace

Course::Course(const Program& program)
    : program_(&program),
      heading_(FormatSchedule(program, {})),
      state_(static_cast<size_t>(program.state_words)),
      prints_(std::make_shared<PrintLog>()) {
  tally_.steps.resize(program.workers.size());
  tally_.blocked_steps.resize(program.workers.size());
  Begin();
}

void Course::Begin() {
  *prints_ = PrintLog();
  BeginProgram(*program_, state_.data(), prints_.get());
  steps_.clear();
  steps_of_.assign(program_->workers.size(), 0);
  preemptions_ = 0;
  instructions_ = 0;
  failure_ = FailureText(*program_, state_.data());
  items_.clear();
  last_count_ = 0;
}

std::string Course::schedule() const {
  if (last_count_ == 0) return heading_;
  return absl::StrCat(heading_, " ", items_, ItemText(last_, last_count_));
}

MadeStep Course::Make(Choose choice) {
  for (size_t i = 0; i < tally_.steps.size(); ++i) {
    const int worker = static_cast<int>(i);
    const bool waits = worker != choice.worker &&
                       ReadinessOf(*program_, state_.data(), worker) == Readiness::kBlocked;
    tally_.blocked_steps[i] += waits;
  }
  tally_.hand_offs += !steps_.empty() && last_worker() != choice.worker;
  ++tally_.steps[static_cast<size_t>(choice.worker)];
  return MakeAgain(choice);
}

MadeStep Course::MakeAgain(Choose choice) {
  MadeStep made;
  const int last = last_worker();
  made.preemption = last >= 0 && last != choice.worker &&
                    ReadinessOf(*program_, state_.data(), last) == Readiness::kReady;
  made.woke_one_of_several = std::popcount(MayWake(*program_, state_.data(), choice.worker)) > 1;
  made.event = Apply(*program_, state_.data(), choice.worker, choice.wakes, prints_.get());
  if (made.event.failed) made.failed_check = failure_ = FailureText(*program_, state_.data());
  steps_.push_back(choice);
  ++steps_of_[static_cast<size_t>(choice.worker)];
  made.number = step();
  preemptions_ += made.preemption;
  instructions_ += made.event.instructions;
  AddItem(choice, made.preemption);
  return made;
}

void Course::AddItem(Choose choice, bool preemption) {
  if (last_count_ > 0 && choice == last_ && choice.wakes < 0) {
    ++last_count_;
    return;
  }
  if (last_count_ > 0) {
    absl::StrAppend(&items_, ItemText(last_, last_count_), preemption ? "! " : " ");
  }
  last_ = choice;
  last_count_ = 1;
}

void Course::Rewind(int64_t step) {
  const std::vector<Choose> steps(steps_.begin(), steps_.begin() + step);
  Begin();
  for (const Choose choice : steps) MakeAgain(choice);
}

void Course::Replace(const std::vector<int64_t>& state, const PrintLog& prints) {
  state_ = state;
  *prints_ = prints;
  failure_ = FailureText(*program_, state_.data());
}

}  // namespace ipclab
