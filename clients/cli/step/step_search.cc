#include "clients/cli/step/step_search.h"

#include <sys/eventfd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/cli/explore/explore_events.h"
#include "clients/cli/explore/finding_page.h"

namespace ipclab::cli {
namespace {

constexpr int kSearchSeconds = 10;  // somebody waits for it
constexpr size_t kShownItems = 60;  // characters

v1::ExploreProgramRequest SearchRequest(v1::ProgramSpec spec) {
  v1::ExploreProgramRequest request;
  *request.mutable_program() = std::move(spec);
  request.set_mode(v1::ExploreProgramRequest::FIND);
  request.set_engine(v1::ExploreProgramRequest::MODEL);
  request.mutable_time_limit()->set_seconds(kSearchSeconds);
  return request;
}

std::string FoundText(const v1::ExploreFinding& finding) {
  const std::string items = ItemsOf(finding.schedule());
  return absl::StrCat("found ", items.size() <= kShownItems ? items : "a long schedule", " (",
                      finding.preemptions(),
                      finding.preemptions() == 1 ? " preemption" : " preemptions",
                      "): n goes along it, step by step. It fails by ", finding.check());
}

}  // namespace

StepSearch::Outcome OutcomeOfSearch(const v1::Exploration& exploration) {
  if (exploration.has_finding()) {
    return {exploration.finding().schedule(), {FoundText(exploration.finding()), Tone::kStrong}};
  }
  return {"", {exploration.verdict(), exploration.complete() ? Tone::kGood : Tone::kWarning}};
}

StepSearch::StepSearch(Connection& connection, v1::ProgramSpec spec, Interrupt& interrupt)
    : connection_(connection),
      request_(SearchRequest(std::move(spec))),
      interrupt_(interrupt),
      done_(::eventfd(0, EFD_CLOEXEC)),
      context_(connection.NewStream()),
      thread_([this] { Run(); }) {}

StepSearch::~StepSearch() {
  if (!thread_.joinable()) return;
  Stop();
  thread_.join();
}

void StepSearch::Run() {
  const auto explored = Explore(connection_, *context_, request_, interrupt_,
                                [](const v1::ExploreEvent&) { return true; });
  if (const auto* exploration = std::get_if<v1::Exploration>(&explored)) {
    outcome_ = OutcomeOfSearch(*exploration);
  } else {
    const auto& failure = std::get<Failure>(explored);
    outcome_ = {"", {absl::StrCat("the search ended: ", FailureText(failure)), Tone::kWarning}};
  }
  ::eventfd_write(done_.get(), 1);
}

StepSearch::Outcome StepSearch::Finish() {
  thread_.join();
  return outcome_;
}

StepAnswer ExplainFailure(Connection& connection, const std::string& schedule,
                          const std::string& source, Interrupt& interrupt) {
  const auto context = connection.NewCall();
  const Interrupt::Guard guard(interrupt, *context);
  v1::ExplainScheduleRequest request;
  request.set_schedule(schedule);
  request.set_source(source);
  v1::ExplainScheduleResponse response;
  const grpc::Status status =
      connection.programs().ExplainSchedule(context.get(), request, &response);
  if (!status.ok()) return {FailureText(FailureOf(status)), Tone::kWarning};
  const v1::ScheduleExplanation& explanation = response.explanation();
  std::string text = explanation.sentence();
  const std::string passing = ItemsOf(explanation.passing_schedule());
  if (!passing.empty() && passing.size() <= kShownItems) {
    absl::StrAppend(&text, " As in ", passing);
  }
  return {text, Tone::kStrong};
}

}  // namespace ipclab::cli
