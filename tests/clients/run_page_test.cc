#include "clients/cli/run_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/histogram.h"
#include "tests/clients/measure/trials.h"

namespace ipclab::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

v1::Result Measured() { return PipeTrial({{1000, 500}, {2000, 500}}, 25'641).result(); }

void AddSlice(v1::Result& result, int64_t median) {
  v1::Slice& slice = *result.add_slices();
  slice.mutable_length()->set_nanos(100'000'000);
  slice.set_messages(median);
  slice.mutable_histogram()->add_indexes(HistogramLayout::IndexOf(median));
  slice.mutable_histogram()->add_counts(1000);
}

std::string PageOf(const v1::Result& result) { return RunPage(result, {}, Glyphs::kAscii); }

TEST(RunPage, IsEmptyWhereNothingRanFree) { EXPECT_EQ(PageOf({}), ""); }

TEST(RunPage, ShowsWhatIsThereAndNoMore) {
  EXPECT_EQ(PageOf(Measured()),
            "the run\n"
            "  a message costs CPU 1.50 us\n"
            "  control         100 ns before, 120 ns after\n");
}

TEST(RunPage, SaysHowTheWarmUpEnded) {
  v1::Result result = Measured();
  v1::WarmUp& warm_up = *result.mutable_warm_up();
  warm_up.set_messages(9000);
  warm_up.mutable_elapsed()->set_nanos(35'000'000);
  EXPECT_THAT(PageOf(result), HasSubstr("9000 messages in 35.0 ms, as many as were asked for\n"));
  warm_up.add_window_nanos(3900);
  EXPECT_THAT(PageOf(result), HasSubstr("9000 messages in 35.0 ms, and not steady by then\n"));
  warm_up.set_steady(true);
  EXPECT_THAT(PageOf(result), HasSubstr("9000 messages in 35.0 ms, until it was steady\n"));
}

TEST(RunPage, DrawsTheMedianOverTime) {
  v1::Result result = Measured();
  AddSlice(result, 1000);
  EXPECT_THAT(PageOf(result), Not(HasSubstr("by time"))) << "one slice is no course";
  AddSlice(result, 500);
  AddSlice(result, 1000);
  result.set_drift(-0.031);
  EXPECT_THAT(PageOf(result), HasSubstr("p50 by time     #=# 500 ns to 1.00 us, every 100 ms\n"));
  EXPECT_THAT(PageOf(result), HasSubstr("rate by time    #=# 5.00 k to 10.0 k\n"));
  EXPECT_THAT(PageOf(result),
              HasSubstr("drift           -3.1% from the first tenth to the last\n"));
}

TEST(RunPage, DrawsALongRunInASmallGraph) {
  v1::Result result = Measured();
  for (int i = 0; i < 600; ++i) AddSlice(result, i < 300 ? 500 : 1000);
  EXPECT_THAT(PageOf(result), HasSubstr("################ 500 ns to 1.00 us, every 1.90 s\n"));
}

TEST(RunPage, SurvivesAHistogramThatIsNone) {
  v1::Result result = Measured();
  for (int i = 0; i < 2; ++i) {
    v1::Histogram& histogram = *result.add_slices()->mutable_histogram();
    histogram.add_indexes(-1);
    histogram.add_indexes(1 << 30);
    histogram.add_counts(5);
  }
  EXPECT_THAT(PageOf(result), Not(HasSubstr("by time")));
}

TEST(RunPage, SaysWhatAMessageCostsOrWhyThatIsNotKnown) {
  v1::Result result = Measured();
  v1::Census& census = *result.mutable_census();
  census.set_messages(1000);
  census.set_system_calls(4002);
  census.set_hardware_absent("the machine has no counters");
  EXPECT_THAT(PageOf(result), HasSubstr("a message costs CPU 1.50 us, 4.00 system calls\n"));
  EXPECT_THAT(PageOf(result),
              HasSubstr("not counted     instructions and cycles: the machine has no counters\n"));
  census.clear_hardware_absent();
  census.set_instructions(8'120'000);
  census.set_cycles(12'300'000);
  EXPECT_THAT(PageOf(result), HasSubstr("4.00 system calls, 8.12 k instructions, 12.3 k cycles\n"));
}

TEST(RunPage, SaysWhatElseTheHostDid) {
  v1::Result result = Measured();
  v1::HostLoad& load = *result.mutable_host_load();
  load.set_others_share(0.021);
  load.set_load_average(0.5);
  EXPECT_THAT(PageOf(result),
              HasSubstr("host meanwhile  others 2.1%, hypervisor 0.0% of a worker's "
                        "CPU; no hiccup; load 0.50\n"));
  load.set_hiccups(2);
  load.mutable_longest_hiccup()->set_nanos(7'000'000);
  EXPECT_THAT(PageOf(result), HasSubstr("2 hiccups, the longest 7.00 ms; load"));
}

}  // namespace
}  // namespace ipclab::cli
