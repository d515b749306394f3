// Schedules and words of lab programs. The first line is a schedule: any text gives steps, which
// read again as they are written, or an error. What follows is a program, whose every step is told.
// build/fuzz/fuzz/schedule -dict=tests/fuzz/program.dict CORPUS

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "common/program/apply.h"
#include "common/program/compile.h"
#include "common/program/schedule.h"
#include "common/program/state.h"
#include "common/program/words.h"

namespace {

constexpr size_t kMostSteps = 200;

void Require(bool holds) {
  if (!holds) std::abort();
}

void RequireTold(const ipclab::Program& program, const int64_t* state) {
  for (int worker = 0; worker < static_cast<int>(program.workers.size()); ++worker) {
    const bool is_ready = ipclab::ReadinessOf(program, state, worker) == ipclab::Readiness::kReady;
    Require(ipclab::ObstacleOf(program, state, worker).text.empty() == is_ready);
  }
  for (int object = 0; object < static_cast<int>(program.objects.size()); ++object) {
    Require(!ipclab::ObjectText(program, state, object).empty());
  }
  Require(ipclab::FailureText(program, state).empty() == (state[0] == 0));
  Require(ipclab::WaitsOf(program, state).empty() || !ipclab::IsDeadlock(program, state) ||
          ipclab::OutcomeText(program, state).starts_with("deadlock: "));
  ipclab::NoticesOf(program, state);
}

void RequireReadsAgain(const ipclab::Program& program, const std::vector<ipclab::Choose>& steps) {
  const auto again = ipclab::ParseSchedule(ipclab::FormatSchedule(program, steps));
  Require(again.ok() && again->steps == steps);
}

void RequireLabelsAreFound(const ipclab::Program& program) {
  for (int pc = 0; pc < static_cast<int>(program.code.size()); ++pc) {
    if (!ipclab::IsLabel(program.code[static_cast<size_t>(pc)].op)) continue;
    Require(!ipclab::LabelText(program, pc).empty());
    Require(ipclab::FindLabels(program, ipclab::LabelName(program, pc)).ok());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const size_t line = text.find('\n');
  const auto schedule = ipclab::ParseSchedule(std::string_view(text).substr(0, line));
  if (!schedule.ok()) {
    Require(!schedule.status().message().empty());
    return 0;
  }
  Require(schedule->steps.size() <= ipclab::ProgramLimits::kSteps);
  if (line == std::string::npos) return 0;
  const ipclab::Compilation compilation = ipclab::CompileProgram("fuzz", text.substr(line + 1));
  if (!compilation.program.has_value()) return 0;
  const ipclab::Program& program = *compilation.program;
  RequireLabelsAreFound(program);

  std::vector<int64_t> state(static_cast<size_t>(program.state_words));
  std::vector<ipclab::Choose> made;
  ipclab::BeginProgram(program, state.data(), nullptr);
  RequireTold(program, state.data());
  for (const ipclab::Choose& choice : schedule->steps) {
    if (made.size() == kMostSteps) break;
    if (!ipclab::CheckChoice(program, state.data(), choice).ok()) break;
    const int pc = static_cast<int>(ipclab::State(program, state.data()).frame(choice.worker).pc);
    Require(!ipclab::OperationText(program, ipclab::Announce(program, state.data(), choice.worker))
                 .empty());
    const ipclab::Event event =
        ipclab::Apply(program, state.data(), choice.worker, choice.wakes, nullptr);
    Require(event.pc == pc && !ipclab::EffectText(program, event).empty());
    made.push_back(choice);
    RequireTold(program, state.data());
  }
  RequireReadsAgain(program, made);
  return 0;
}
