#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "clients/cli/figures_page.h"
#include "clients/cli/metrics_command.h"
#include "clients/cli/terminal.h"
#include "tests/clients/measure/trials.h"

namespace ipclab::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

v1::Metrics Figures(int64_t millis, int64_t messages) {
  v1::Metrics metrics;
  metrics.mutable_elapsed()->set_seconds(millis / 1000);
  metrics.mutable_elapsed()->set_nanos(static_cast<int32_t>(millis % 1000 * 1'000'000));
  metrics.mutable_total()->set_messages(messages);
  metrics.set_messages_per_second(77);
  return metrics;
}

TEST(MetricsRow, StandsUnderItsHeader) {
  v1::Metrics metrics = Figures(1500, 12'345);
  *metrics.add_latencies() = LatencyOf({{1000, 500}});
  metrics.mutable_latencies(0)->mutable_percentiles(0)->set_nanos(1000);
  EXPECT_EQ(MetricsHeader(),
            " elapsed     messages  messages/s       p50       p99       max     lost");
  EXPECT_EQ(MetricsRow(metrics, nullptr),
            "    1.5s        12345        77.0   1.00 us         -   1.00 us        0");
}

TEST(MetricsRow, TheRateIsThatSinceTheRowBefore) {
  const v1::Metrics before = Figures(1000, 1000);
  EXPECT_THAT(MetricsRow(Figures(1500, 2000), &before), HasSubstr(" 2.00 k "));
  EXPECT_THAT(MetricsRow(Figures(1000, 1000), &before), HasSubstr(" 0 "));
}

TEST(FiguresPage, TellsWhyThereIsNoLatency) {
  v1::Metrics metrics = Figures(1000, 10);
  v1::Latency& latency = *metrics.add_latencies();
  latency.set_kind(v1::Latency::ONE_WAY);
  latency.set_absent_reason("the clocks of the CPUs do not agree");
  const std::string page = FiguresPage(metrics, {});
  EXPECT_THAT(page, HasSubstr("one way  none: the clocks of the CPUs do not agree\n"));
  EXPECT_THAT(page, HasSubstr("went wrong      nothing\n"));
}

TEST(MetricsRow, WhatWasMergedOrReadAgainIsToldWhereThereIsSome) {
  v1::Metrics metrics = Figures(1500, 12'345);
  EXPECT_THAT(MetricsRow(metrics, nullptr), Not(HasSubstr("merged")));
  metrics.mutable_total()->set_coalesced(90);
  metrics.mutable_total()->set_retries(3);
  EXPECT_THAT(MetricsRow(metrics, nullptr), HasSubstr("0  90 merged  3 read again"));
}

TEST(FiguresPage, TellsWhatWasMergedAndReadAgainAndWhoHadTheLockHowOften) {
  v1::Metrics metrics = Figures(1000, 10);
  metrics.mutable_total()->set_coalesced(90);
  metrics.mutable_total()->set_retries(3);
  for (const double share : {0.25, 0.75}) metrics.add_workers()->set_share(share);
  const std::string page = FiguresPage(metrics, {});
  EXPECT_THAT(page, HasSubstr("merged          90 notifications"));
  EXPECT_THAT(page, HasSubstr("read again      3 times"));
  EXPECT_THAT(page, HasSubstr("messages  share  CPU user"));
  EXPECT_THAT(page, HasSubstr("75.0%"));
  const std::string plain = FiguresPage(Figures(1000, 10), {});
  EXPECT_THAT(plain, Not(HasSubstr("merged")));
  EXPECT_THAT(plain, Not(HasSubstr("share")));
}

TEST(MainLatency, IsTheSendCallOnlyWhereNothingElseIsTimed) {
  v1::Metrics metrics;
  v1::Latency& send_call = *metrics.add_latencies();
  send_call.set_kind(v1::Latency::SEND_CALL);
  send_call.set_count(1);
  EXPECT_EQ(MainLatency(metrics), &metrics.latencies(0));
  metrics.add_latencies()->set_kind(v1::Latency::ONE_WAY);
  EXPECT_EQ(MainLatency(metrics), nullptr);
}

TEST(MishapsText, TellsOnlyWhatHappened) {
  v1::Counters counters;
  EXPECT_EQ(MishapsText(counters), "");
  counters.set_lost(3);
  counters.set_reordered(1);
  EXPECT_EQ(MishapsText(counters), "3 lost, 1 reordered");
}

}  // namespace
}  // namespace ipclab::cli
