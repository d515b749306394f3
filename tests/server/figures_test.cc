#include "server/figures.h"

#include <map>
#include <string>
#include <vector>

#include "common/mapping.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ipclab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The pages of an experiment as its workers write them.
class FiguresTest : public ::testing::Test {
 protected:
  static constexpr int kWorkers = 2;

  FiguresTest() {
    auto file = CreateMemoryFile("figures_test", PagesBytes(kWorkers));
    auto pages = Mapping::Shared(file.value().get(), PagesBytes(kWorkers));
    pages_ = *std::move(pages);
  }

  WorkerPage& page(int worker) { return WorkerPageOf(pages_.data(), worker); }

  void Count(int worker, int64_t messages, int64_t bytes, int64_t span_nanos) {
    page(worker).messages = messages;
    page(worker).bytes = bytes;
    page(worker).span_nanos = span_nanos;
  }

  Figures Read(internal::Role first, internal::Role second) {
    return ReadFigures(pages_.data(), {first, second}, 0);
  }

  Mapping pages_;
};

v1::Metrics Metrics(const Figures& figures) {
  return ToMetrics(figures,
                   figures.workers.back().role == internal::RECEIVER ? v1::Pattern::STREAM
                                                                     : v1::Pattern::ROUND_TRIP,
                   "experiments/a", false, "");
}

TEST_F(FiguresTest, EveryCounterIsRead) {
  WorkerPage& worker = page(1);
  std::atomic<int64_t>* const counters[] = {&worker.messages,
                                            &worker.bytes,
                                            &worker.lost,
                                            &worker.duplicated,
                                            &worker.reordered,
                                            &worker.corrupted,
                                            &worker.cpu_user_nanos,
                                            &worker.cpu_system_nanos,
                                            &worker.voluntary_switches,
                                            &worker.involuntary_switches,
                                            &worker.minor_faults,
                                            &worker.major_faults,
                                            &worker.migrations,
                                            &worker.coalesced,
                                            &worker.retries,
                                            &worker.run_delay_nanos};
  int64_t value = 0;
  for (std::atomic<int64_t>* counter : counters) *counter = ++value;
  const Figures figures = Read(internal::SENDER, internal::RECEIVER);
  ASSERT_EQ(figures.workers.size(), 2u);
  // By reflection: a counter that is added to the message must be read, too.
  const v1::Counters& read = figures.workers[1].counters;
  ASSERT_EQ(v1::Counters::descriptor()->field_count(), value);
  for (int i = 0; i < value; ++i) {
    const auto* const field = v1::Counters::descriptor()->field(i);
    EXPECT_EQ(read.GetReflection()->GetInt64(read, field), i + 1) << field->name();
  }
}

TEST_F(FiguresTest, EveryCounterIsAdded) {
  Figures figures;
  v1::Counters& counters = figures.workers.emplace_back().counters;
  const auto* const descriptor = v1::Counters::descriptor();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    counters.GetReflection()->SetInt64(&counters, descriptor->field(i), i + 1);
  }
  const Figures once = figures;
  figures.Merge(once);
  const v1::Counters& sum = figures.workers[0].counters;
  for (int i = 0; i < descriptor->field_count(); ++i) {
    EXPECT_EQ(sum.GetReflection()->GetInt64(sum, descriptor->field(i)), 2 * (i + 1))
        << descriptor->field(i)->name();
  }
}

TEST_F(FiguresTest, MessagesCountWhereTheyArrive) {
  Count(0, 10, 640, 0);
  Count(1, 7, 448, 0);
  EXPECT_EQ(Read(internal::SENDER, internal::RECEIVER).messages(), 7);
  EXPECT_EQ(Read(internal::INITIATOR, internal::RESPONDER).messages(), 10);
  EXPECT_EQ(ReadFigures(pages_.data(), {internal::BOTH}, 0).messages(), 10);
  const v1::Metrics metrics = Metrics(Read(internal::SENDER, internal::RECEIVER));
  EXPECT_EQ(metrics.total().messages(), 7);
  EXPECT_EQ(metrics.total().bytes(), 448);
  EXPECT_EQ(metrics.workers(0).counters().messages(), 10);
  EXPECT_EQ(metrics.workers(0).role(), "sender");
  EXPECT_EQ(metrics.workers(1).worker(), 1);
}

TEST_F(FiguresTest, AReceiversRateLeavesOutItsFirstMessage) {
  Count(1, 1001, 64'064, 500'000'000);  // 1000 intervals in half a second
  const v1::Metrics metrics = Metrics(Read(internal::SENDER, internal::RECEIVER));
  EXPECT_DOUBLE_EQ(metrics.messages_per_second(), 2000);
  EXPECT_DOUBLE_EQ(metrics.bytes_per_second(), 128'000);
  EXPECT_EQ(metrics.elapsed().nanos(), 500'000'000);
}

TEST_F(FiguresTest, AnInitiatorsRateCountsEveryRoundTrip) {
  Count(0, 1000, 64'000, 2'000'000'000);
  const v1::Metrics metrics = Metrics(Read(internal::INITIATOR, internal::RESPONDER));
  EXPECT_DOUBLE_EQ(metrics.messages_per_second(), 500);
  EXPECT_EQ(metrics.elapsed().seconds(), 2);
}

TEST_F(FiguresTest, WithoutASpanThereIsNoRate) {
  Count(1, 1, 64, 0);
  const v1::Metrics one = Metrics(Read(internal::SENDER, internal::RECEIVER));
  EXPECT_EQ(one.messages_per_second(), 0);
  EXPECT_FALSE(one.has_elapsed());
  Count(1, 0, 0, 1000);
  EXPECT_EQ(Metrics(Read(internal::SENDER, internal::RECEIVER)).bytes_per_second(), 0);
}

TEST_F(FiguresTest, LegsAddUpExactly) {
  Count(1, 11, 110, 1'000'000'000);
  page(1).one_way.Record(5);
  Figures figures = Read(internal::SENDER, internal::RECEIVER);
  Count(1, 31, 310, 1'000'000'000);
  page(1).one_way.Record(7);
  figures.Merge(Read(internal::SENDER, internal::RECEIVER));
  EXPECT_EQ(figures.messages(), 42);
  EXPECT_EQ(figures.workers[1].one_way.count, 3);
  EXPECT_EQ(figures.workers[1].one_way.max, 7);
  // 10 and 30 intervals, in two seconds: what lay between the legs does not count.
  EXPECT_DOUBLE_EQ(Metrics(figures).messages_per_second(), 20);
  EXPECT_EQ(Metrics(figures).elapsed().seconds(), 2);
}

TEST_F(FiguresTest, NothingPlusALegIsTheLeg) {
  Count(0, 3, 30, 100);
  Figures figures;
  EXPECT_TRUE(figures.empty());
  figures.Merge(Read(internal::INITIATOR, internal::RESPONDER));
  EXPECT_EQ(figures.messages(), 3);
  EXPECT_EQ(figures.workers[1].role, internal::RESPONDER);
}

// Which of the five percentiles are there with so many values.
std::vector<bool> Present(int64_t values) {
  Figures figures;
  WorkerFigures& worker = figures.workers.emplace_back();
  worker.role = internal::INITIATOR;
  if (values > 0) worker.round_trip = {values, 1, 1, {{1, values}}};
  std::vector<bool> present;
  const v1::Metrics metrics = Metrics(figures);
  for (const v1::Percentile& each : metrics.latencies(0).percentiles()) {
    EXPECT_EQ(each.has_nanos(), values >= each.needed_count()) << each.percent();
    present.push_back(each.has_nanos());
  }
  return present;
}

TEST_F(FiguresTest, APercentileIsThereOnlyWithItsSupport) {
  EXPECT_THAT(Present(0), ElementsAre(false, false, false, false, false));
  EXPECT_THAT(Present(298), ElementsAre(true, true, false, false, false));
  EXPECT_THAT(Present(299), ElementsAre(true, true, true, false, false));
  EXPECT_THAT(Present(2994), ElementsAre(true, true, true, false, false));
  EXPECT_THAT(Present(2995), ElementsAre(true, true, true, true, false));
  EXPECT_THAT(Present(29955), ElementsAre(true, true, true, true, false));
  EXPECT_THAT(Present(29956), ElementsAre(true, true, true, true, true));
}

TEST_F(FiguresTest, LatenciesAreThoseOfThePattern) {
  page(0).round_trip.Record(100);
  const v1::Metrics round_trip = Metrics(Read(internal::INITIATOR, internal::RESPONDER));
  ASSERT_EQ(round_trip.latencies_size(), 1);
  EXPECT_EQ(round_trip.latencies(0).kind(), v1::Latency::ROUND_TRIP);
  EXPECT_EQ(round_trip.latencies(0).min_nanos(), 100);
  EXPECT_EQ(round_trip.latencies(0).percentiles(0).nanos(), 100);
  EXPECT_EQ(round_trip.latencies(0).absent_reason(), "");
  page(0).send_call.Record(3);
  const v1::Metrics stream =
      ToMetrics(Read(internal::SENDER, internal::RECEIVER), v1::Pattern::STREAM, "experiments/a",
                true, "the clocks disagree");
  ASSERT_EQ(stream.latencies_size(), 2);
  EXPECT_EQ(stream.latencies(0).kind(), v1::Latency::ONE_WAY);
  EXPECT_EQ(stream.latencies(0).absent_reason(), "the clocks disagree");
  EXPECT_EQ(stream.latencies(1).kind(), v1::Latency::SEND_CALL);
  EXPECT_EQ(stream.latencies(1).count(), 1);
  EXPECT_TRUE(stream.stepped());
  EXPECT_EQ(stream.name(), "experiments/a");
}

// The kinds of latency that a pattern has.
std::vector<int> KindsOf(v1::Pattern::Kind pattern) {
  Figures figures;
  figures.workers.resize(2);
  std::vector<int> kinds;
  const v1::Metrics metrics = ToMetrics(figures, pattern, "experiments/a", false, "");
  for (const v1::Latency& latency : metrics.latencies()) kinds.push_back(latency.kind());
  return kinds;
}

TEST_F(FiguresTest, EveryPatternHasItsOwnLatencies) {
  using v1::Latency;
  using v1::Pattern;
  for (const auto pattern : {Pattern::STREAM, Pattern::FAN_IN, Pattern::FAN_OUT, Pattern::PIPELINE,
                             Pattern::BROADCAST}) {
    EXPECT_THAT(KindsOf(pattern), ElementsAre(Latency::ONE_WAY, Latency::SEND_CALL)) << pattern;
  }
  EXPECT_THAT(KindsOf(Pattern::ROUND_TRIP), ElementsAre(Latency::ROUND_TRIP));
  EXPECT_THAT(KindsOf(Pattern::HAND_OFF), ElementsAre(Latency::ROUND_TRIP));
  EXPECT_THAT(KindsOf(Pattern::NOTIFY), ElementsAre(Latency::SEND_CALL));
  EXPECT_THAT(KindsOf(Pattern::CONTENTION), ElementsAre(Latency::ACQUIRE, Latency::HAND_OFF));
}

TEST_F(FiguresTest, LatenciesOfAllContendersAreOneDistribution) {
  page(0).acquire.Record(10);
  page(1).acquire.Record(20);
  page(1).hand_off.Record(7);
  const v1::Metrics metrics = ToMetrics(Read(internal::CONTENDER, internal::CONTENDER),
                                        v1::Pattern::CONTENTION, "experiments/a", false, "");
  EXPECT_EQ(metrics.latencies(0).count(), 2);
  EXPECT_EQ(metrics.latencies(0).max_nanos(), 20);
  EXPECT_EQ(metrics.latencies(1).count(), 1);
}

TEST_F(FiguresTest, ALockThatNobodyWaitedForHasNoHandOff) {
  page(0).acquire.Record(10);
  const v1::Metrics metrics = ToMetrics(Read(internal::CONTENDER, internal::CONTENDER),
                                        v1::Pattern::CONTENTION, "experiments/a", false, "");
  EXPECT_EQ(metrics.latencies(1).absent_reason(),
            "nobody got the lock from another worker that held it while it waited");
}

TEST_F(FiguresTest, AWorkersShareIsOfThoseWithItsRole) {
  Count(0, 10, 0, 0);
  Count(1, 30, 0, 0);
  const v1::Metrics contention = Metrics(Read(internal::CONTENDER, internal::CONTENDER));
  EXPECT_DOUBLE_EQ(contention.workers(0).share(), 0.25);
  EXPECT_DOUBLE_EQ(contention.workers(1).share(), 0.75);
  EXPECT_EQ(contention.workers(0).role(), "contender");
  const v1::Metrics stream = Metrics(Read(internal::SENDER, internal::RECEIVER));
  EXPECT_DOUBLE_EQ(stream.workers(0).share(), 1);
  EXPECT_DOUBLE_EQ(stream.workers(1).share(), 1);
  Count(0, 0, 0, 0);
  Count(1, 0, 0, 0);
  EXPECT_EQ(Metrics(Read(internal::CONTENDER, internal::CONTENDER)).workers(0).share(), 0);
}

TEST_F(FiguresTest, WhatAllContendersAcquireIsTheRate) {
  Count(0, 100, 0, 1'000'000'000);
  Count(1, 300, 0, 1'000'000'000);
  const v1::Metrics metrics = Metrics(Read(internal::CONTENDER, internal::CONTENDER));
  EXPECT_DOUBLE_EQ(metrics.messages_per_second(), 400);
  EXPECT_EQ(metrics.total().messages(), 400);
  EXPECT_EQ(metrics.elapsed().seconds(), 1);
}

TEST_F(FiguresTest, MergedNotificationsAreStepsButNoArrivals) {
  Count(1, 10, 0, 1000);
  page(1).coalesced = 90;
  const Figures figures = Read(internal::SENDER, internal::RECEIVER);
  EXPECT_EQ(figures.messages(), 100);
  const v1::Metrics metrics = ToMetrics(figures, v1::Pattern::NOTIFY, "experiments/a", false, "");
  EXPECT_EQ(metrics.total().messages(), 10);
  EXPECT_EQ(metrics.total().coalesced(), 90);
}

TEST_F(FiguresTest, HistogramsGoOutWhole) {
  for (const int64_t nanos : {5, 5, 9}) page(0).round_trip.Record(nanos);
  const v1::Metrics metrics = Metrics(Read(internal::INITIATOR, internal::RESPONDER));
  EXPECT_THAT(metrics.latencies(0).histogram().indexes(), ElementsAre(5, 9));
  EXPECT_THAT(metrics.latencies(0).histogram().counts(), ElementsAre(2, 1));
}

}  // namespace
}  // namespace ipclab
