#include "clients/cli/programs/step_script.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "clients/cli/failure.h"
#include "clients/cli/json_line.h"
#include "clients/cli/programs/trace_text.h"
#include "clients/cli/standard_streams.h"

namespace ipclab::cli {
namespace {

v1::DriveExperimentRequest RequestFor(const Choose& choose, int64_t step) {
  v1::DriveExperimentRequest request;
  request.mutable_step()->set_count(1);
  request.mutable_step()->set_expected_step(step);
  v1::Choice& choice = *request.mutable_step()->mutable_choice();
  choice.set_worker(LetterOf(choose.worker));
  if (choose.wakes >= 0) choice.set_wakes(LetterOf(choose.wakes));
  return request;
}

// What the experiment itself can say of a stream that ended before its time is told by its server.
Failure EndOf(DriveStream& stream) {
  const grpc::Status status = stream.status();
  if (!status.ok()) return FailureOf(status);
  return {.exit_code = ExitCode::kCheckFailed,
          .kind = "ENDED",
          .message =
              "the experiment ended before all steps were made: somebody cancelled it, or a "
              "worker died"};
}

void TellLeftOver(size_t count) {
  if (count == 0) return;
  std::fprintf(stderr, "ipclab: a check failed; %zu more step%s of the script %s not made\n", count,
               count == 1 ? "" : "s", count == 1 ? "was" : "were");
}

}  // namespace

int RunStepScript(DriveStream& stream, const v1::ProgramView& begin,
                  const std::vector<Choose>& steps, const Interrupt& interrupt,
                  const std::string& file, bool json) {
  const Terminal terminal = TerminalOf(STDOUT_FILENO);
  const size_t digits = absl::StrCat(begin.step() + static_cast<int64_t>(steps.size())).size();
  v1::StepExperimentResponse last;
  *last.mutable_program() = begin;
  last.set_step(begin.step());
  if (steps.empty() && json) std::printf("%s\n", MessageJson(last).c_str());
  size_t made = 0;
  while (made < steps.size() && !last.program().verdict().failing()) {
    (void)stream.Send(RequestFor(steps[made], last.step()));  // its failure ends the stream
    const auto answer = stream.Await();
    if (interrupt.raised()) return ExitCodeOfSignal(interrupt.signal());
    if (!answer) return Report(EndOf(stream), json);
    if (answer->has_error()) {
      if (!json) std::fputs(StandText(last.program(), file, terminal).c_str(), stdout);
      (void)FlushOutput();  // before what is said of it
      Failure failure = FailureOf(answer->error());
      failure.message = absl::StrCat("step ", last.step() + 1, ": ", FailureText(failure));
      failure.violations.clear();  // said with it
      return Report(failure, json);
    }
    last = answer->step();
    ++made;
    if (json) {
      std::printf("%s\n", MessageJson(last).c_str());
      continue;
    }
    for (const v1::ProgramOperation& operation : last.operations()) {
      std::fputs(OperationText(operation, digits, terminal).c_str(), stdout);
    }
  }
  if (!json) std::fputs(StandText(last.program(), file, terminal).c_str(), stdout);
  const bool failing = last.program().verdict().failing();
  if (failing) {
    (void)FlushOutput();
    TellLeftOver(steps.size() - made);
  }
  return static_cast<int>(failing ? ExitCode::kCheckFailed : ExitCode::kDone);
}

}  // namespace ipclab::cli
