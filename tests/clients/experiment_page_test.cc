#include "clients/cli/experiment_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/clients/measure/trials.h"

namespace ipclab::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const absl::Time kNow = absl::FromUnixSeconds(1'767'225'600);  // 2026-01-01T00:00:00Z

v1::Experiment Running() {
  v1::Experiment experiment;
  experiment.set_name("experiments/x-1");
  experiment.set_state(v1::Experiment::RUNNING);
  *experiment.mutable_spec() = PipeSpec();
  experiment.mutable_spec()->mutable_measure()->set_messages(5000);
  experiment.mutable_create_time()->set_seconds(absl::ToUnixSeconds(kNow) - 185);
  experiment.set_step(1200);
  return experiment;
}

v1::Experiment Failed() {
  v1::Experiment experiment = Running();
  experiment.set_name("experiments/bad");
  experiment.set_state(v1::Experiment::FAILED);
  experiment.mutable_end_time()->set_seconds(absl::ToUnixSeconds(kNow) - 125);
  experiment.mutable_end()->set_class_(v1::End::SIGNAL);
  experiment.mutable_end()->set_message("worker 1 (responder) was ended by SIGKILL");
  return experiment;
}

TEST(ExperimentTable, HasARowForEachAndNoColumnThatNobodyNeeds) {
  EXPECT_EQ(ExperimentTable({Running()}, {}, kNow),
            "name  state    work  bytes    step  created\n"
            "x-1   RUNNING  pipe   64 B  1.20 k   3m ago\n");
}

v1::Experiment SteppedProgram() {
  v1::Experiment experiment = Running();
  experiment.set_state(v1::Experiment::PAUSED);
  experiment.mutable_spec()->clear_measure();
  v1::ProgramSpec& program = *experiment.mutable_spec()->mutable_program();
  program.set_program("lost_update");
  program.set_variant("racy");
  (*program.mutable_parameters())["workers"] = 2;
  (*program.mutable_mechanisms())["counter"].set_mechanism("sysv_shm");
  experiment.set_step(4);
  experiment.mutable_program()->set_schedule("lost_update racy @3f9a01c2 : A! B2 A");
  v1::ProgramVerdict& verdict = *experiment.mutable_program()->mutable_verdict();
  verdict.set_failing(true);
  verdict.set_failed_check("finally counter == 12: counter is 11");
  return experiment;
}

TEST(ExperimentTable, NamesProgramsAndCountsTheirStepsOneByOne) {
  EXPECT_EQ(ExperimentTable({SteppedProgram()}, {}, kNow),
            "name  state   work               bytes  step  created\n"
            "x-1   PAUSED  lost_update, racy      -     4   3m ago\n");
}

TEST(ExperimentPage, TellsHowAProgramStands) {
  const std::string page = ExperimentPage(SteppedProgram(), {}, kNow);
  EXPECT_THAT(page, HasSubstr("steps through\n"));
  EXPECT_THAT(page, HasSubstr("workers=2"));
  EXPECT_THAT(page, HasSubstr("counter over sysv_shm"));
  EXPECT_THAT(page, HasSubstr("lost_update racy @3f9a01c2 : A! B2 A\n"));
  EXPECT_THAT(page, HasSubstr("CHECK FAILED finally counter == 12: counter is 11"));
  EXPECT_THAT(page, Not(HasSubstr("traffic"))) << "that is of measurements";
}

TEST(ExperimentPage, TellsWhatCameOfAProgramThatHasEnded) {
  v1::Experiment ended = SteppedProgram();
  ended.set_state(v1::Experiment::SUCCEEDED);
  *ended.mutable_result()->mutable_program() = ended.program().verdict();
  ended.clear_program();
  v1::ProgramMetrics& metrics = *ended.mutable_result()->mutable_metrics()->mutable_program();
  metrics.set_free(true);
  metrics.set_steps(4000);
  const std::string page = ExperimentPage(ended, {}, kNow);
  EXPECT_THAT(page, HasSubstr("CHECK FAILED finally counter == 12: counter is 11"));
  EXPECT_THAT(page, HasSubstr("figures of the free run\n"));
  EXPECT_THAT(page, HasSubstr("4000"));
}

TEST(ExperimentTable, NotesWhyOneFailedAndLabels) {
  v1::Experiment labelled = Running();
  (*labelled.mutable_spec()->mutable_labels())["team"] = "a";
  (*labelled.mutable_spec()->mutable_labels())["run"] = "3";
  const std::string table = ExperimentTable({labelled, Failed()}, {}, kNow);
  EXPECT_THAT(table, HasSubstr("run=3, team=a\n"));
  EXPECT_THAT(table, HasSubstr("3m ago  worker 1 (responder) was ended by SIGKILL\n"));
}

TEST(ExperimentTable, FitsEightyColumns) {
  v1::Experiment wide = Failed();
  wide.set_name("experiments/measure-0123456789abcdef");
  const std::string table = ExperimentTable({wide, Running()}, {.width = 80}, kNow);
  size_t start = 0;
  for (size_t end; (end = table.find('\n', start)) != std::string::npos; start = end + 1) {
    EXPECT_LE(end - start, 80u) << table.substr(start, end - start);
  }
}

TEST(ExperimentTable, CutsLongNamesOnATerminalOnly) {
  v1::Experiment longest = Running();
  longest.set_name("experiments/" + std::string(63, 'n'));
  EXPECT_THAT(ExperimentTable({longest}, {.interactive = true, .width = 80}, kNow),
              HasSubstr(absl::StrCat("\n", std::string(29, 'n'), "...  RUNNING")));
  EXPECT_THAT(ExperimentTable({longest}, {}, kNow),
              HasSubstr(absl::StrCat(std::string(63, 'n'), "  RUNNING")));
}

TEST(ExperimentPage, TellsWhatAndHowFarAndByWhom) {
  v1::Experiment experiment = Running();
  v1::Worker& worker = *experiment.add_workers();
  worker.set_role("initiator");
  worker.set_pid(123);
  worker.set_cpu(1);
  experiment.mutable_control_lease()->set_controller("c-1");
  const std::string page = ExperimentPage(experiment, {}, kNow);
  EXPECT_THAT(page, HasSubstr("x-1  RUNNING\n"));
  EXPECT_THAT(page, HasSubstr("created         2025-12-31T23:56:55Z (3m ago)\n"));
  EXPECT_THAT(page, HasSubstr("traffic         round_trip of 64 B\n"));
  EXPECT_THAT(page, HasSubstr("amount          5000 messages\n"));
  EXPECT_THAT(page, HasSubstr("controlled by   c-1 while its stream is open, then pause\n"));
  EXPECT_THAT(page, HasSubstr("0       initiator  123    1\n"));
  EXPECT_THAT(page, Not(HasSubstr("ended"))) << "nothing is said of what is not";
}

TEST(ExperimentPage, TellsWhyItFailed) {
  const std::string page = ExperimentPage(Failed(), {}, kNow);
  EXPECT_THAT(page, HasSubstr("why             worker 1 (responder) was ended by SIGKILL\n"));
  EXPECT_THAT(page, HasSubstr("after 1m\n"));
}

TEST(ExperimentPage, ShowsTheResultAndWhatSpoilsIt) {
  v1::Experiment experiment = PipeTrial({{1000, 500}, {2000, 500}}, 25'641);
  experiment.mutable_result()->add_warnings(v1::Result::SAME_CPU);
  experiment.mutable_result()->add_warning_details("both were on CPU 1");
  v1::Latency& latency = *experiment.mutable_result()->mutable_metrics()->mutable_latencies(0);
  latency.mutable_percentiles(0)->set_nanos(1500);
  const std::string page = ExperimentPage(experiment, {}, kNow);
  EXPECT_THAT(page, HasSubstr("rate            25.6 k messages/s, 1.64 MB/s\n"));
  EXPECT_THAT(page, HasSubstr("round trip    1000  1.00 us  1.50 us    -    -      -  2.00 us\n"));
  EXPECT_THAT(page, HasSubstr("! workers shared a CPU"));
  EXPECT_THAT(page, HasSubstr("both were on CPU 1"));
  EXPECT_THAT(page, HasSubstr("control         100 ns before, 120 ns after\n"));
  EXPECT_THAT(page, Not(HasSubstr("timed together")));
  latency.set_batch(16);
  EXPECT_THAT(ExperimentPage(experiment, {}, kNow),
              HasSubstr("Each value of round trip is the mean of 16 that were timed together.\n"));
}

TEST(ExperimentPage, TellsHowLongAWorkerWaitedForItsCpu) {
  v1::Experiment experiment = PipeTrial({{1000, 500}}, 25'641);
  v1::WorkerMetrics& worker = *experiment.mutable_result()->mutable_metrics()->add_workers();
  worker.set_role("initiator");
  worker.mutable_counters()->set_cpu_user_nanos(5000);
  worker.mutable_counters()->set_run_delay_nanos(7000);
  const std::string page = ExperimentPage(experiment, {}, kNow);
  EXPECT_THAT(page, HasSubstr("CPU user  CPU kernel   waited  slept  preempted\n"));
  EXPECT_THAT(page, HasSubstr("5.00 us        0 ns  7.00 us      0          0\n"));
  worker.mutable_counters()->set_minor_faults(3);
  EXPECT_THAT(ExperimentPage(experiment, {}, kNow), HasSubstr("preempted  faults\n"));
}

}  // namespace
}  // namespace ipclab::cli
