#include "server/recommend/digest.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/recommend/digest_shelf.h"
#include "tests/server/test_catalogue.h"

namespace ipclab {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using E = v1::Experiment;

// A run of the test catalogue's pipe that went well.
E Succeeded(const std::string& id = "a") {
  E experiment;
  experiment.set_name("experiments/" + id);
  experiment.set_state(E::SUCCEEDED);
  experiment.mutable_spec()->mutable_placement()->set_policy(v1::Placement::DIFFERENT_CORES);
  v1::MeasureSpec& measure = *experiment.mutable_spec()->mutable_measure();
  measure.set_mechanism("pipe");
  measure.set_pattern(v1::Pattern::ROUND_TRIP);
  measure.set_message_bytes(64);
  measure.set_wait(v1::MeasureSpec::BLOCK);
  measure.set_senders(1);
  measure.set_receivers(1);
  (*measure.mutable_options())["capacity"] = "65536";
  v1::Result& result = *experiment.mutable_result();
  result.set_control_before_nanos(100);
  result.set_control_after_nanos(120);
  result.mutable_environment()->set_kernel("6.1");
  result.mutable_environment()->set_host_class("box");
  v1::Metrics& metrics = *result.mutable_metrics();
  metrics.set_messages_per_second(25'000);
  metrics.mutable_total()->set_messages(1'000);
  metrics.mutable_total()->set_cpu_user_nanos(1'000'000);
  metrics.mutable_total()->set_cpu_system_nanos(3'000'000);
  v1::Latency& latency = *metrics.add_latencies();
  latency.set_kind(v1::Latency::ROUND_TRIP);
  v1::Percentile& p50 = *latency.add_percentiles();
  p50.set_percent(50);
  p50.set_nanos(39'000);
  latency.add_percentiles()->set_percent(99);  // too few support it
  return experiment;
}

TEST(DigestTest, KeepsTheFiguresAndHowTheyWereTaken) {
  const auto digest = DigestOf(Succeeded(), TestCatalogue());
  ASSERT_TRUE(digest);
  EXPECT_EQ(*digest, (Digest{.mechanism = "pipe",
                             .pattern = v1::Pattern::ROUND_TRIP,
                             .message_bytes = 64,
                             .host_class = "box",
                             .kernel = "6.1",
                             .circumstances = "block, different_cores",
                             .experiment = "experiments/a",
                             .receivers = 1,
                             .p50_nanos = 39'000,
                             .messages_per_second = 25'000,
                             .cpu_nanos_per_message = 4'000,
                             .control_nanos = 110}));
}

TEST(DigestTest, WhatIsNotAsUsualIsSaid) {
  E experiment = Succeeded();
  v1::MeasureSpec& measure = *experiment.mutable_spec()->mutable_measure();
  (*measure.mutable_options())["capacity"] = "4096";
  measure.set_wait(v1::MeasureSpec::SPIN);
  measure.set_pattern(v1::Pattern::FAN_IN);
  measure.set_senders(3);
  measure.set_verify_payload(true);
  measure.mutable_load()->set_per_second(1'000'000);
  experiment.mutable_spec()->mutable_placement()->set_policy(v1::Placement::EXPLICIT);
  experiment.mutable_spec()->mutable_placement()->add_cpus(0);
  experiment.mutable_spec()->mutable_placement()->add_cpus(1);
  const auto digest = DigestOf(experiment, TestCatalogue());
  ASSERT_TRUE(digest);
  EXPECT_EQ(digest->circumstances,
            "spin, CPUs 0,1, 3:1, 1000000 messages due in a second, contents checked, "
            "capacity=4096");
  EXPECT_EQ(digest->per_second, 3'000'000) << "of all senders";
}

TEST(DigestTest, NothingIsKeptOfWhatIsNoFigureOfTheMechanism) {
  const Catalogue catalogue = TestCatalogue();
  E experiment = Succeeded();
  experiment.set_state(E::CANCELLED);
  EXPECT_FALSE(DigestOf(experiment, catalogue));
  for (const auto warning : {v1::Result::PLATFORM_SHIFTED, v1::Result::SHARED_CPUS}) {
    experiment = Succeeded();
    experiment.mutable_result()->add_warnings(warning);
    EXPECT_FALSE(DigestOf(experiment, catalogue)) << v1::Result::Warning_Name(warning);
  }
  experiment = Succeeded();
  experiment.mutable_result()->clear_metrics();
  EXPECT_FALSE(DigestOf(experiment, catalogue)) << "it was only stepped";
  for (const char* other : {"null", "no_such_mechanism"}) {
    experiment = Succeeded();
    experiment.mutable_spec()->mutable_measure()->set_mechanism(other);
    EXPECT_FALSE(DigestOf(experiment, catalogue)) << other;
  }
  experiment = Succeeded();
  experiment.mutable_spec()->mutable_measure()->set_pattern(v1::Pattern::CONTENTION);
  EXPECT_FALSE(DigestOf(experiment, catalogue));
}

std::vector<std::string> ExperimentsOf(const DigestShelf& shelf) {
  std::vector<std::string> names;
  for (const Digest& digest : shelf.digests()) names.push_back(digest.experiment);
  return names;
}

TEST(DigestShelfTest, WhatIsKeptIsCommittedToo) {
  DigestShelf shelf;
  WriteBatch batch;
  shelf.Keep(Succeeded("a"), TestCatalogue(), batch);
  E failed = Succeeded("b");
  failed.set_state(E::FAILED);
  shelf.Keep(failed, TestCatalogue(), batch);
  EXPECT_THAT(ExperimentsOf(shelf), ElementsAre("experiments/a"));
  ASSERT_THAT(batch.put_digests, SizeIs(1));
  EXPECT_EQ(batch.put_digests[0], shelf.digests()[0]);
}

TEST(DigestShelfTest, TheOldestOfAKeyGoes) {
  DigestShelf shelf;
  WriteBatch batch;
  E other = Succeeded("other");
  other.mutable_spec()->mutable_measure()->set_message_bytes(128);
  shelf.Keep(other, TestCatalogue(), batch);
  for (int i = 0; i < kStoredDigestsOfAKey + 2; ++i) {
    shelf.Keep(Succeeded(std::to_string(i)), TestCatalogue(), batch);
  }
  ASSERT_THAT(shelf.digests(), SizeIs(kStoredDigestsOfAKey + 1));
  EXPECT_EQ(shelf.digests()[0].experiment, "experiments/other");
  EXPECT_EQ(shelf.digests()[1].experiment, "experiments/2");
}

TEST(DigestShelfTest, ThereAreNeverMoreThanTheStoreKeeps) {
  DigestShelf shelf;
  WriteBatch batch;
  E experiment = Succeeded();
  for (int i = 1; i <= kStoredDigests + 5; ++i) {
    experiment.mutable_spec()->mutable_measure()->set_message_bytes(i);
    shelf.Keep(experiment, TestCatalogue(), batch);
  }
  ASSERT_THAT(shelf.digests(), SizeIs(kStoredDigests));
  EXPECT_EQ(shelf.digests().front().message_bytes, 6);
}

TEST(DigestShelfTest, ExperimentsFromBeforeThereWereDigestsCountAsOlder) {
  StoreContents contents;
  contents.experiments = {Succeeded("kept"), Succeeded("from_before")};
  contents.digests = {*DigestOf(Succeeded("deleted"), TestCatalogue()),
                      *DigestOf(Succeeded("kept"), TestCatalogue())};
  DigestShelf shelf;
  shelf.Restore(contents, TestCatalogue());
  EXPECT_THAT(ExperimentsOf(shelf),
              ElementsAre("experiments/from_before", "experiments/deleted", "experiments/kept"));
  DigestShelf empty;
  empty.Restore({}, TestCatalogue());
  EXPECT_THAT(empty.digests(), IsEmpty());
}

}  // namespace
}  // namespace ipclab
