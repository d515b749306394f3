#include "clients/cli/programs/run_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ipclab::cli {
namespace {

using ::testing::HasSubstr;

v1::Experiment Ran(const std::string& outcome, bool failing) {
  v1::Experiment experiment;
  experiment.set_state(v1::Experiment::SUCCEEDED);
  v1::Result& result = *experiment.mutable_result();
  result.mutable_program()->set_outcome(outcome);
  result.mutable_program()->set_failing(failing);
  if (failing) result.mutable_program()->set_failed_check("finally counter == 12: counter is 11");
  result.mutable_metrics()->mutable_elapsed()->set_nanos(1'200'000);
  v1::ProgramMetrics& program = *result.mutable_metrics()->mutable_program();
  program.set_steps(4);
  program.set_free(true);
  for (const char* letter : {"A", "B"}) {
    v1::ProgramWorkerMetrics& worker = *program.add_workers();
    worker.set_letter(letter);
    worker.set_steps(2);
    worker.mutable_blocked_time()->set_nanos(300'000);
  }
  return experiment;
}

TEST(FreeRunReport, OneRunIsAPage) {
  const std::string page = FreeRunReport({ReadFreeRun(Ran("counter=11", true))}, {});
  EXPECT_THAT(page, HasSubstr("outcome         counter=11\n"));
  EXPECT_THAT(page, HasSubstr("checks          FAILED: finally counter == 12: counter is 11\n"));
  EXPECT_THAT(page, HasSubstr("operations      4\n"));
  EXPECT_THAT(page, HasSubstr("time            1.20 ms\n"));
  EXPECT_THAT(page, HasSubstr("A                2   300 us            25%\n"));
}

TEST(FreeRunReport, ManyRunsAreCountedByOutcome) {
  std::vector<FreeRunResult> runs;
  for (int i = 0; i < 3; ++i) runs.push_back(ReadFreeRun(Ran("counter=12", false)));
  runs.push_back(ReadFreeRun(Ran("counter=11", true)));
  const std::string report = FreeRunReport(runs, {});
  EXPECT_THAT(report, HasSubstr("counter=12     3      1.20 ms  every check holds\n"
                                "counter=11     1      1.20 ms  FAILED: finally"));
  EXPECT_THAT(report, HasSubstr("1 of 4 runs failed\n"));
}

TEST(FreeRunReport, OneThatDidNotComeToItsEndSaysWhy) {
  v1::Experiment ended;
  ended.set_state(v1::Experiment::FAILED);
  ended.mutable_end()->set_class_(v1::End::TIMEOUT);
  ended.mutable_end()->set_message("ran longer than its time limit of 1s");
  const FreeRunResult run = ReadFreeRun(ended);
  EXPECT_TRUE(run.failing());
  EXPECT_THAT(FreeRunReport({run}, {}), HasSubstr("ran longer than its time limit of 1s"));
  EXPECT_THAT(FreeRunJson(1, run).str(), HasSubstr("\"class\":\"TIMEOUT\""));
}

TEST(FreeRunJson, HasWhatScriptsCount) {
  EXPECT_EQ(FreeRunJson(2, ReadFreeRun(Ran("counter=11", true))).str(),
            "{\"run\":2,\"outcome\":\"counter=11\",\"failing\":true,\"deadlocked\":false,"
            "\"failedCheck\":\"finally counter == 12: counter is 11\",\"notices\":[],\"steps\":4,"
            "\"elapsedNanos\":1200000,\"workers\":[{\"letter\":\"A\",\"steps\":2,"
            "\"blockedNanos\":300000},{\"letter\":\"B\",\"steps\":2,\"blockedNanos\":300000}]}");
}

}  // namespace
}  // namespace ipclab::cli
