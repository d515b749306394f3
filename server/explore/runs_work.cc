#include "server/explore/runs_work.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/baton.h"
#include "server/durations.h"
#include "server/ends.h"
#include "server/errors.h"

namespace ipclab {

RunsWork::RunsWork(EventLoop& loop, Place& place, std::string name, const ExperimentPlan& plan)
    : loop_(loop), place_(place), name_(std::move(name)), plan_(*plan.program), queue_(plan.runs) {}

RunBatch* RunsWork::batch() const {
  Crew* const crew = place_.crew();
  if (crew == nullptr || crew->pages() == nullptr) return nullptr;
  return &RunBatchOf(crew->pages(), workers(), plan_.source.size(), plan_.program.state_words);
}

// The search goes by what the catalogue says of the mechanisms; the workers know best.
bool RunsWork::Prepare() {
  const BatonPage& baton = BatonPageOf(place_.crew()->pages(), workers(), plan_.source.size());
  RunBatch& batch = *this->batch();
  for (const ObjectLinkPlan& link : plan_.links) {
    const auto index = static_cast<size_t>(link.object);
    const ProgramObject& object = queue_->program().objects[index];
    const Binding& binding = baton.bindings[index];
    if (object.discipline != static_cast<Discipline>(binding.discipline) ||
        object.error_checking != (binding.error_checking != 0) || object.most != binding.most) {
      place_.EndBecause(MakeEnd(
          v1::End::LOST, "MISMATCH",
          absl::StrCat(object.name, " is another kind of object to its worker than to the lab")));
      return false;
    }
    if (link.is_channel) batch.drainers[index] = static_cast<uint8_t>(link.receivers.front());
  }
  batch.spins = queue_->spins();
  return true;
}

absl::Status RunsWork::OrderRun(const v1::RunExperimentRequest&) {
  ordered_ = true;
  return absl::OkStatus();
}

absl::Status RunsWork::Refusal() const {
  return PreconditionFailed(
      {{"EXPLORES", name_,
        absl::StrCat(name_,
                     " explores schedules for a call of ExploreProgram; create an "
                     "experiment of your own to step the program")}});
}

void RunsWork::OrderStep(const v1::StepExperimentRequest&, StepReply reply) { reply(Refusal()); }

absl::Status RunsWork::OrderRewind(int64_t) { return Refusal(); }

std::string RunsWork::WhyNoPause() const {
  return "it explores schedules, which only the end of that call or CancelExperiment ends";
}

void RunsWork::Begin() {
  begun_ = true;
  queue_->Open([&loop = loop_, self = std::weak_ptr(self_)] {
    loop.Post([self] {
      if (const auto work = self.lock()) (*work)->HandOver();
    });
  });
  HandOver();
}

void RunsWork::HandOver() {
  if (!begun_ || at_work_ || place_.crew() == nullptr) return;
  at_work_ = queue_->Take();
  if (!at_work_) return;
  RunBatch& batch = *this->batch();
  std::ranges::copy(at_work_->steps, batch.steps.begin());
  std::ranges::copy(at_work_->ends, batch.ends.begin());
  batch.runs = static_cast<uint32_t>(at_work_->ends.size());
  batch.pairs = at_work_->pairs;
  OpenBatch(batch, workers());
  handed_over_ = MonotonicNow();
  place_.crew()->ExpectLegDone();
  Order(BatonPageOf(place_.crew()->pages(), workers(), plan_.source.size()), BatonCommand::kRuns,
        workers());
  place_.time().BeginLeg();
}

// What the workers came to is what the model came to, run by run.
bool RunsWork::Agrees() {
  const RunBatch& batch = *this->batch();
  for (size_t i = 0; i < at_work_->hashes.size(); ++i) {
    if (batch.hashes[i] == at_work_->hashes[i]) continue;
    const auto begin = at_work_->steps.begin() + (i == 0 ? 0 : at_work_->ends[i - 1]);
    const std::vector<Choose> run(begin, at_work_->steps.begin() + at_work_->ends[i]);
    place_.EndBecause(MakeEnd(v1::End::LOST, "MISMATCH",
                              absl::StrCat("after ", FormatItems(plan_.program, run),
                                           " the workers have another state than the lab's "
                                           "model")));
    return false;
  }
  return true;
}

Work::LegEnd RunsWork::OnLegDone(bool) {
  place_.time().EndLeg();
  if (!Agrees()) return LegEnd::kGoesOn;  // to its end
  const auto runs = static_cast<int64_t>(at_work_->ends.size()) - at_work_->pairs;
  place_.SetStep(place_.step() + static_cast<int64_t>(at_work_->steps.size()));
  at_work_.reset();
  queue_->Done(runs, MonotonicNow() - handed_over_);
  HandOver();
  return LegEnd::kGoesOn;
}

// Who explores waits for it.
void RunsWork::Drop() {
  ordered_ = false;
  place_.EndBecause(MakeEnd(v1::End::KILLED_BY_LAB, "PAUSED",
                            "it was told to pause, and explorations do not wait"));
}

void RunsWork::CutShort() {
  if (!place_.time().in_leg()) return;
  place_.time().EndLeg();
  const RunBatch* const batch = this->batch();
  if (batch == nullptr || !at_work_) return;
  const uint32_t failed = batch->failed.load(std::memory_order_relaxed);
  twice_ = failed > 0 && failed <= 2 * at_work_->pairs && failed % 2 == 0;
}

void RunsWork::Fail(const absl::Status&) {
  const v1::End& end = place_.record().end();
  if (end.reason() != "MISMATCH") {
    return queue_->Fail(ErrorWithReason(
        absl::StatusCode::kAborted, "EXPERIMENT_ENDED",
        absl::StrCat(name_, ", whose workers explored, has ended: ", end.message())));
  }
  queue_->Fail(ErrorWithReason(
      absl::StatusCode::kAborted, twice_ ? "NONDETERMINISM" : "MISMATCH",
      twice_ ? absl::StrCat("the same schedule did not do the same when it was made again, so "
                            "something decides that the lab does not control: ",
                            end.message())
             : end.message()));
}

uint64_t RunsWork::Progress() {
  if (!at_work_) ++idle_;
  return idle_ + place_.crew()->Progress();
}

v1::Metrics RunsWork::ReadMetrics() {
  v1::Metrics metrics;
  metrics.set_name(name_);
  return metrics;
}

}  // namespace ipclab
