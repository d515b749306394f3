// How an experiment on a program is seen: its view, its figures, and the log of its steps.

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "server/durations.h"
#include "server/program/program_work.h"
#include "server/program/view.h"

namespace ipclab {
namespace {

// Of one event in the log, in bytes.
constexpr size_t kMostLogged = 32 << 10;

}  // namespace

uint64_t ProgramWork::Progress() {
  uint64_t progress = place_.crew()->Progress();
  const BatonPage* const baton = page();
  for (int i = 0; baton && i < workers(); ++i) {
    progress += static_cast<uint64_t>(
        baton->tallies[static_cast<size_t>(i)].steps.load(std::memory_order_relaxed));
  }
  return progress;
}

std::string ProgramWork::HintAtStall() const {
  if (!ran_free_) return "";
  return "; most likely they have deadlocked, or wait for what nobody gives: step the program, or "
         "let it run without free, and see who waits for whom";
}

v1::ProgramView ProgramWork::ViewNow() const {
  v1::ProgramView view = ViewOf(course_, plan_.objects);
  for (int i = 0; i < std::min(view.workers_size(), place_.record().workers_size()); ++i) {
    view.mutable_workers(i)->set_pid(place_.record().workers(i).pid());
  }
  return view;
}

void ProgramWork::AddKernel(v1::ProgramView& view) const {
  if (const BatonPage* const baton = page()) AddKernelView(program_, *baton, plan_.objects, view);
}

ProgramWork::Response ProgramWork::ResponseOf(const Order& order, Response::Stopped why) const {
  Response response;
  response.set_stopped(why);
  response.set_steps(course_.step() - order.begun_at);
  response.set_step(course_.step());
  for (const MadeStep& made : order.made) {
    *response.add_operations() = OperationView(program_, made);
  }
  *response.mutable_program() = ViewNow();
  return response;
}

void ProgramWork::Describe(v1::Experiment& experiment) {
  // Who was ended while running free left no state behind.
  if (ran_free_ && !free_end_is_known_) return;
  *experiment.mutable_program() = ViewNow();
  AddKernel(*experiment.mutable_program());
  if (ran_free_) experiment.mutable_program()->set_step(place_.step());
}

// A log of many steps must not become as large as all of them together: of a long course, or a
// large state, the latest answer has it all.
void ProgramWork::LogStep(Response response) {
  if (response.ByteSizeLong() > kMostLogged) {
    response.mutable_program()->clear_schedule();
    for (v1::ProgramObject& each : *response.mutable_program()->mutable_objects()) {
      each.clear_cells();
    }
  }
  if (response.ByteSizeLong() > kMostLogged) response.clear_program();
  if (response.ByteSizeLong() > kMostLogged) response.clear_operations();
  v1::ExperimentEvent event;
  *event.mutable_step_done() = std::move(response);
  place_.events().Append(std::move(event));
}

void ProgramWork::LogRewind(v1::ProgramView view) {
  AddKernel(view);
  if (view.ByteSizeLong() > kMostLogged) view.clear_schedule();
  v1::ExperimentEvent event;
  *event.mutable_rewound() = std::move(view);
  place_.events().Append(std::move(event));
}

void ProgramWork::ReadTallies() {
  const BatonPage* const baton = page();
  for (size_t i = 0; baton && i < free_steps_.size(); ++i) {
    const WorkerTally& tally = baton->tallies[i];
    free_steps_[i] = tally.steps.load(std::memory_order_relaxed) - steps_before_free_[i];
    blocked_[i] = absl::Nanoseconds(tally.blocked_nanos.load(std::memory_order_relaxed));
  }
}

int64_t ProgramWork::FreeSteps() const {
  return std::accumulate(free_steps_.begin(), free_steps_.end(), int64_t{0});
}

v1::Metrics ProgramWork::ReadMetrics() {
  ReadTallies();
  v1::Metrics metrics;
  metrics.set_name(name_);
  metrics.set_sequence(++sequence_);
  metrics.set_stepped(!ran_free_);
  *metrics.mutable_elapsed() = ToProto(place_.time().used());
  v1::ProgramMetrics& program = *metrics.mutable_program();
  program.set_free(ran_free_);
  program.set_hand_offs(course_.tally().hand_offs);
  for (int i = 0; i < workers(); ++i) {
    const size_t index = static_cast<size_t>(i);
    v1::ProgramWorkerMetrics& worker = *program.add_workers();
    worker.set_letter(LetterOf(i));
    worker.set_steps(course_.tally().steps[index] + (ran_free_ ? free_steps_[index] : 0));
    worker.set_blocked_steps(course_.tally().blocked_steps[index]);
    program.set_steps(program.steps() + worker.steps());
    if (ran_free_) *worker.mutable_blocked_time() = ToProto(blocked_[index]);
  }
  return metrics;
}

std::optional<v1::Result> ProgramWork::ToResult(const v1::Experiment&) {
  const v1::Metrics metrics = ReadMetrics();
  const bool over = HasVerdict(course_);
  if (metrics.program().steps() == 0 && !over) return std::nullopt;
  v1::Result result;
  if (over) *result.mutable_program() = VerdictOf(course_);
  *(ran_free_ ? result.mutable_metrics() : result.mutable_stepped_metrics()) = metrics;
  *result.mutable_environment() = environment_;
  return result;
}

}  // namespace ipclab
