#include "clients/cli/programs/program_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "clients/cli/programs/diagnostic_text.h"
#include "clients/cli/programs/hidden_answer.h"
#include "clients/cli/programs/trace_text.h"
#include "tests/clients/step/screens.h"

namespace ipclab::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

v1::Program LostUpdate() {
  v1::Program program = LostUpdateScreen().program;
  program.set_name("programs/lost_update");
  program.set_answer("One process can read while the other is between its read and its write.");
  v1::ProgramParameter& workers = *program.add_parameters();
  workers.set_name("workers");
  workers.set_default_value(2);
  workers.set_minimum(1);
  workers.set_maximum(8);
  v1::DeclaredObject& counter = *program.add_objects();
  counter.set_name("counter");
  counter.set_kind(v1::ProgramObject::CELLS);
  counter.set_default_mechanism("posix_shm");
  counter.add_mechanisms("posix_shm");
  counter.add_mechanisms("memfd");
  v1::DeclaredObject& door = *program.add_objects();
  door.set_name("door");
  door.set_kind(v1::ProgramObject::BARRIER);
  return program;
}

TEST(ProgramTable, HasALineForEachProgram) {
  v1::Program bare;
  bare.set_name("programs/bare");
  bare.set_title("Nothing to choose");
  EXPECT_EQ(ProgramTable({LostUpdate(), bare}, {}),
            "name         variants     parameters  title\n"
            "lost_update  racy, mutex  workers=2   Lost update\n"
            "bare         -            -           Nothing to choose\n");
}

TEST(ProgramPage, TellsWhatThereIsToLearnToDoAndToChoose) {
  const std::string page = ProgramPage(LostUpdate(), /*with_answer=*/false, {.width = 80});
  EXPECT_THAT(page, HasSubstr("lost_update: Lost update\n"));
  EXPECT_THAT(page, HasSubstr("goal            Make the final value 11."));
  EXPECT_THAT(page, HasSubstr("racy, mutex"));
  EXPECT_THAT(page, HasSubstr("2, of 1 to 8"));
  EXPECT_THAT(page, HasSubstr("shared cells over posix_shm; or memfd"));
  EXPECT_THAT(page, HasSubstr("barrier, the lab's own"));
  EXPECT_THAT(page, HasSubstr("\n  12    counter = counter + 1"));
}

TEST(ProgramPage, KeepsTheAnswerUntilItIsAskedFor) {
  EXPECT_THAT(ProgramPage(LostUpdate(), false, {}), Not(HasSubstr("between its read")));
  EXPECT_THAT(ProgramPage(LostUpdate(), false, {}), HasSubstr("--answer shows it"));
  EXPECT_THAT(ProgramPage(LostUpdate(), true, {}), HasSubstr("between its read"));
}

// Line numbers must stay: labels and diagnostics go by them.
TEST(ProgramPage, TheAnswerInTheTextIsDotsOnTheSameLines) {
  EXPECT_EQ(WithoutAnswer("answer \"one \"\n       \"two\"\n\nparam answer_count = 1\n"
                          "print \"answer\"\n"),
            "answer   ...\n       ...\n\nparam answer_count = 1\nprint \"answer\"\n");
}

TEST(DiagnosticLines, AreAllThereAtOnceWithTheLineAndAMark) {
  v1::CheckProgramResponse response;
  v1::Diagnostic& error = *response.add_diagnostics();
  error.set_severity(v1::Diagnostic::ERROR);
  error.mutable_span()->set_line(2);
  error.mutable_span()->set_column(3);
  error.mutable_span()->set_end_line(2);
  error.mutable_span()->set_end_column(8);
  error.set_message("there is no object named \"conter\"");
  error.set_hint("did you mean \"counter\"?");
  v1::Diagnostic& warning = *response.add_diagnostics();
  warning.set_severity(v1::Diagnostic::WARNING);
  warning.set_message("nobody reads it");
  const std::vector<std::string> lines =
      DiagnosticLines(response, "my.lab", "process P {\n  conter = 1\n}\n");
  ASSERT_GE(lines.size(), 4u);
  EXPECT_THAT(lines[0], HasSubstr("my.lab:2:3: error: there is no object named \"conter\""));
  EXPECT_THAT(lines[1], HasSubstr("conter = 1"));
  EXPECT_THAT(lines[2], HasSubstr("^"));
  EXPECT_TRUE(HasErrors(response));
  EXPECT_EQ(DiagnosticCount(response), "1 error, 1 warning");
}

TEST(TraceText, AStepIsALineWithItsEffect) {
  const StepScreen screen = LostUpdateScreen();
  EXPECT_EQ(OperationText(screen.history[1], 2, {}), " 2! B read counter  -> 10\n");
}

TEST(TraceText, ALongStepIsTwoLinesOnANarrowTerminal) {
  v1::ProgramOperation operation = LostUpdateScreen().history[1];
  operation.set_effect("counter: 10 -> 11");
  operation.set_failed_check("always counter < 11");
  EXPECT_EQ(OperationText(operation, 1, {.width = 60}),
            "2! B read counter\n"
            "       counter: 10 -> 11  FAILED always counter < 11\n");
}

TEST(TraceText, TheEndTellsHowAllStands) {
  const std::string text = StandText(DeadlockScreen().view, "", {});
  EXPECT_THAT(text, HasSubstr(" A P BLOCKED 5 lock(right)\n     waits for right, held by B\n"));
  EXPECT_THAT(text, HasSubstr(" left  mutex held by A; B waits | -\n"));
  EXPECT_THAT(text, HasSubstr("\nDEADLOCK A waits for right, held by B; B waits for left"));
}

TEST(TraceText, AFailureOfAFileSaysHowToSeeItAgain) {
  StepScreen screen = DeadlockScreen();
  EXPECT_THAT(StandText(screen.view, "my lab's.lab", {}),
              HasSubstr("schedule\n program @11223344 : A! B\n # again: ipclab replay "
                        "'program @11223344 : A! B' --program 'my lab'\\''s.lab'\n"));
  EXPECT_THAT(StandText(screen.view, "my.lab", {}), HasSubstr("--program my.lab\n"));
  EXPECT_THAT(StandText(screen.view, "", {}), Not(HasSubstr("again")));
  screen.view.mutable_verdict()->set_failing(false);
  EXPECT_THAT(StandText(screen.view, "my.lab", {}), Not(HasSubstr("again")));
}

TEST(TraceText, LongStringsDoNotFillRows) {
  StepScreen screen = LostUpdateScreen();
  const std::string value = absl::StrCat("\"", std::string(300, 'x'), "\"");
  screen.view.mutable_objects(0)->set_value(value);
  screen.view.mutable_objects(0)->set_kernel_value(value);
  screen.view.mutable_workers(0)->mutable_locals(0)->set_value(value);
  EXPECT_THAT(StandText(screen.view, "", {}), Not(HasSubstr(std::string(41, 'x'))));
  v1::ProgramOperation operation = screen.history[1];
  operation.set_operation(absl::StrCat("send(q, ", value, ")"));
  operation.set_effect(value);
  EXPECT_THAT(OperationText(operation, 1, {}), Not(HasSubstr(std::string(41, 'x'))));
}

}  // namespace
}  // namespace ipclab::cli
