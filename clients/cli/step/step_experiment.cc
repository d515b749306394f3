#include "clients/cli/step/step_experiment.h"

#include <sys/eventfd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/cli/moment.h"
#include "clients/cli/programs/verdict_text.h"
#include "clients/cli/units.h"
#include "google/protobuf/util/time_util.h"

namespace ipclab::cli {
namespace {

constexpr absl::Duration kFreeRunLimit = absl::Seconds(60);

FreeRun::Outcome OutcomeOf(const v1::Experiment& ended) {
  if (ended.state() == v1::Experiment::CANCELLED) return {"the free run was stopped", Tone::kFaint};
  const v1::Result& result = ended.result();
  if (!result.has_program()) {
    return {absl::StrCat("free run: ", FailureText(FailureOf(ended))), Tone::kBad};
  }
  const int64_t nanos =
      google::protobuf::util::TimeUtil::DurationToNanoseconds(result.metrics().elapsed());
  const v1::ProgramVerdict& verdict = result.program();
  return {
      absl::StrCat("free run: ", VerdictWord(verdict), " ", VerdictSentence(verdict), " (",
                   result.metrics().program().steps(), " operations in ", NanosText(nanos), ")"),
      verdict.failing() ? Tone::kBad : Tone::kGood};
}

}  // namespace

std::variant<std::unique_ptr<StepExperiment>, Failure> StepExperiment::Start(
    Connection& connection, const v1::ProgramSpec& spec, Interrupt& interrupt) {
  // Not make_unique: the constructor is private.
  std::unique_ptr<StepExperiment> created(new StepExperiment(connection));
  auto started = StartProgram(connection, spec, created->experiment_, interrupt);
  if (auto* failure = std::get_if<Failure>(&started)) return std::move(*failure);
  created->first_view_ = std::get<v1::Experiment>(started).program();
  created->stream_.emplace(connection, created->name(), interrupt);
  // The first command, which takes the control: from now on the experiment ends with this client.
  (void)created->stream_->Send({});  // its failure ends the stream
  const auto answer = created->stream_->Await();
  if (!answer) return FailureOf(created->stream_->status());
  if (answer->has_error()) return FailureOf(answer->error());
  return created;
}

FreeRun::FreeRun(Connection& connection, v1::ProgramSpec spec, Interrupt& interrupt)
    : connection_(connection),
      spec_(std::move(spec)),
      interrupt_(interrupt),
      done_(::eventfd(0, EFD_CLOEXEC)),
      experiment_(connection, "free"),
      thread_([this] { Run(); }) {}

FreeRun::~FreeRun() {
  if (!thread_.joinable()) return;
  Stop();
  thread_.join();
}

void FreeRun::Run() {
  const auto ran = RunFree(connection_, spec_, kFreeRunLimit, experiment_, interrupt_);
  if (const auto* failure = std::get_if<Failure>(&ran)) {
    outcome_ = {absl::StrCat("free run: ", FailureText(*failure)), Tone::kBad};
  } else {
    outcome_ = OutcomeOf(std::get<v1::Experiment>(ran));
  }
  ::eventfd_write(done_.get(), 1);
}

// Its end is seen by who follows it.
void FreeRun::Stop() {
  const auto context = connection_.NewCall();
  v1::CancelExperimentRequest request;
  request.set_name(experiment_.name());
  v1::Experiment response;
  (void)connection_.experiments().CancelExperiment(context.get(), request, &response);
}

FreeRun::Outcome FreeRun::Finish() {
  thread_.join();
  return outcome_;
}

}  // namespace ipclab::cli
