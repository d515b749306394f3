#include "server/recommend/measured.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ipclab {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::UnorderedElementsAre;

Wanted AskedFor(int64_t bytes = 64) {
  Wanted wanted;
  wanted.set_message_bytes(bytes);
  wanted.set_direction(Wanted::TWO_WAY);
  wanted.set_topology(Wanted::ONE_TO_ONE);
  wanted.set_priority(Wanted::LATENCY);
  return wanted;
}

Digest Taken(const std::string& mechanism, int64_t p50 = 1'000) {
  return {.mechanism = mechanism,
          .pattern = v1::Pattern::ROUND_TRIP,
          .message_bytes = 64,
          .circumstances = "block, different_cores",
          .p50_nanos = p50,
          .control_nanos = 100};
}

Digest OfStream(Digest digest, double per_second) {
  digest.pattern = v1::Pattern::STREAM;
  digest.per_second = per_second;
  return digest;
}

Measured GatherAll(const std::deque<Digest>& digests, const Wanted& wanted = AskedFor(),
                   const v1::Environment& here = {}) {
  return Gather(digests, here, wanted, [](const std::string&) { return true; });
}

TEST(GatherTest, IsTheMedianOverExperiments) {
  std::deque<Digest> digests = {Taken("pipe", 9'000), Taken("pipe", 1'000), Taken("pipe", 2'000)};
  EXPECT_EQ(GatherAll(digests).figures.at("pipe").p50_nanos(), 2'000);
  digests.push_back(Taken("pipe", 3'000));
  EXPECT_EQ(GatherAll(digests).figures.at("pipe").p50_nanos(), 2'500);
  EXPECT_EQ(GatherAll(digests).figures.at("pipe").experiments_size(), 4);
}

TEST(GatherTest, WhatAnExperimentHasNotIsNoZero) {
  Digest without = Taken("pipe");
  without.p50_nanos = 0;
  EXPECT_FALSE(GatherAll({without}).figures.at("pipe").has_p50_nanos());
  EXPECT_EQ(GatherAll({without, Taken("pipe", 500)}).figures.at("pipe").p50_nanos(), 500);
}

TEST(GatherTest, SizesCountUpToFourTimesOff) {
  const std::deque<Digest> digests = {Taken("pipe")};
  for (const int64_t near : {16, 64, 256}) {
    EXPECT_THAT(GatherAll(digests, AskedFor(near)).figures, ElementsAre(Key("pipe"))) << near;
  }
  for (const int64_t far : {1, 15, 257, 4096}) {
    EXPECT_THAT(GatherAll(digests, AskedFor(far)).figures, IsEmpty()) << far;
  }
}

TEST(GatherTest, TheNearestSizeIsTaken) {
  Digest large = Taken("pipe", 7'000);
  large.message_bytes = 128;
  EXPECT_EQ(GatherAll({Taken("pipe"), large}).figures.at("pipe").message_bytes(), 64);
  EXPECT_EQ(GatherAll({Taken("pipe"), large}, AskedFor(150)).figures.at("pipe").message_bytes(),
            128);
}

TEST(GatherTest, AnotherHostOrKernelDoesNotCountWhereItIsKnown) {
  Digest digest = Taken("pipe");
  digest.host_class = "a";
  digest.kernel = "6.1";
  v1::Environment here;
  here.set_kernel("6.1");
  EXPECT_EQ(GatherAll({digest}, AskedFor(), here).figures.size(), 1u) << "class not known";
  here.set_host_class("a");
  EXPECT_EQ(GatherAll({digest}, AskedFor(), here).figures.size(), 1u);
  here.set_host_class("b");
  EXPECT_THAT(GatherAll({digest}, AskedFor(), here).figures, IsEmpty());
  here.set_host_class("a");
  here.set_kernel("6.2");
  EXPECT_THAT(GatherAll({digest}, AskedFor(), here).figures, IsEmpty());
}

TEST(GatherTest, OnlyWhatWasTakenAlikeMayBeCompared) {
  Digest spinning = Taken("ring");
  spinning.circumstances = "spin, different_cores";
  const Measured measured = GatherAll({Taken("pipe"), Taken("fifo"), spinning});
  EXPECT_THAT(measured.figures, UnorderedElementsAre(Key("pipe"), Key("fifo"), Key("ring")));
  EXPECT_THAT(measured.comparable, UnorderedElementsAre("pipe", "fifo"));
  EXPECT_THAT(measured.shifted, IsEmpty());
}

TEST(GatherTest, FiguresOfAnotherStateOfThePlatformAreSetAside) {
  Digest slow = Taken("ring", 50'000);
  slow.control_nanos = 500;
  const std::deque<Digest> digests = {Taken("pipe"), Taken("fifo"), slow};
  EXPECT_THAT(GatherAll(digests).comparable, UnorderedElementsAre("pipe", "fifo"));
  EXPECT_THAT(GatherAll(digests).shifted, ElementsAre("ring"));
  Digest again = Taken("ring", 2'000);
  again.control_nanos = 110;
  const Measured measured = GatherAll({Taken("pipe"), Taken("fifo"), slow, again});
  EXPECT_THAT(measured.shifted, IsEmpty());
  EXPECT_EQ(measured.figures.at("ring").p50_nanos(), 2'000) << "never averaged with the other";
}

TEST(GatherTest, OneWayLatencyIsTakenAtARateNearby) {
  Wanted wanted = AskedFor();
  wanted.set_direction(Wanted::ONE_WAY);
  const Digest at_rate = OfStream(Taken("pipe", 5'000), 1'000);
  const Digest flat_out = OfStream(Taken("fifo", 500'000), 0);
  EXPECT_THAT(GatherAll({at_rate, flat_out, Taken("ring")}, wanted).figures,
              ElementsAre(Key("pipe")));
  wanted.set_per_second(5'000);
  EXPECT_THAT(GatherAll({at_rate, flat_out}, wanted).figures, IsEmpty());
  wanted.set_per_second(4'000);
  EXPECT_THAT(GatherAll({at_rate, flat_out}, wanted).figures, ElementsAre(Key("pipe")));
  wanted.set_priority(Wanted::THROUGHPUT);
  EXPECT_THAT(GatherAll({at_rate, flat_out}, wanted).figures, ElementsAre(Key("fifo")));
}

TEST(GatherTest, ManyToManyNeedsSeveralReceivers) {
  Wanted wanted = AskedFor();
  wanted.set_priority(Wanted::THROUGHPUT);
  Digest one = Taken("pipe");
  one.pattern = v1::Pattern::FAN_IN;
  one.receivers = 1;
  Digest two = one;
  two.mechanism = "fifo";
  two.receivers = 2;
  wanted.set_topology(Wanted::MANY_TO_ONE);
  EXPECT_THAT(GatherAll({one, two}, wanted).figures, ElementsAre(Key("pipe")));
  wanted.set_topology(Wanted::MANY_TO_MANY);
  EXPECT_THAT(GatherAll({one, two}, wanted).figures, ElementsAre(Key("fifo")));
}

}  // namespace
}  // namespace ipclab
