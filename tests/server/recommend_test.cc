#include "server/recommend/recommend.h"

#include <limits>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/error_details.h"
#include "tests/server/recommend_catalogue.h"

namespace ipclab {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using Request = v1::RecommendMechanismRequest;
using Response = v1::RecommendMechanismResponse;

constexpr char kAlike[] = "block, different_cores";

Request Asking(int64_t bytes = 64) {
  Request request;
  request.set_message_bytes(bytes);
  return request;
}

Digest RoundTrips(const std::string& mechanism, int64_t p50, int64_t control = 100) {
  return {.mechanism = mechanism,
          .pattern = v1::Pattern::ROUND_TRIP,
          .message_bytes = 64,
          .circumstances = kAlike,
          .experiment = "experiments/" + mechanism,
          .p50_nanos = p50,
          .p99_nanos = 2 * p50,
          .messages_per_second = 1e9 / static_cast<double>(p50),
          .cpu_nanos_per_message = p50,
          .control_nanos = control};
}

Response Answer(const Request& request, const std::deque<Digest>& digests = {}) {
  const auto response = Recommend(request, RecommendCatalogue(), digests, {});
  EXPECT_TRUE(response.ok()) << response.status();
  return response.value_or(Response());
}

std::vector<std::string> Order(const Response& response) {
  std::vector<std::string> ids;
  for (const v1::Recommendation& each : response.recommendations()) ids.push_back(each.mechanism());
  return ids;
}

// Null where it is not among those that suit.
const v1::Recommendation* Find(const Response& response, const std::string& id) {
  for (const v1::Recommendation& each : response.recommendations()) {
    if (each.mechanism() == id) return &each;
  }
  return nullptr;
}

std::string WhyNotOf(const Response& response, const std::string& id) {
  for (const v1::RejectedMechanism& each : response.rejected()) {
    if (each.mechanism() == id) return each.reason();
  }
  return "";
}

// By the textbook's guide: what comes first for whom.
struct Guide {
  const char* why;
  Request request;
  const char* first;
};

TEST(RecommendTest, TheGuideHolds) {
  std::vector<Guide> guides;
  const auto add = [&guides](const char* why, const char* first, int64_t bytes) -> Request& {
    guides.push_back({why, Asking(bytes), first});
    return guides.back().request;
  };
  add("small and related", "pipe", 64);
  add("1 KiB to 1 MiB, both ways", "unix_stream", 64 << 10);
  add("above 1 MiB", "ring", 4 << 20);
  add("one way and related", "pipe", 64).set_direction(Request::ONE_WAY);
  add("N:M, larger", "posix_mq", 4096).set_topology(Request::MANY_TO_MANY);
  add("N:M", "posix_mq", 64).set_topology(Request::MANY_TO_MANY);
  add("unrelated and small", "posix_mq", 64).set_unrelated_processes(true);
  add("across a network", "tcp", 64).set_across_network(true);
  add("to survive a crash", "posix_mq", 64).set_survives_crash(true);
  for (const Guide& guide : guides) {
    const Response response = Answer(guide.request);
    ASSERT_FALSE(response.recommendations().empty()) << guide.why;
    EXPECT_EQ(response.recommendations(0).mechanism(), guide.first) << guide.why;
    for (const v1::Recommendation& each : response.recommendations()) {
      EXPECT_FALSE(each.reasons().empty()) << each.mechanism();
    }
  }
}

TEST(RecommendTest, EveryMechanismIsThereOnceWithItsPlaceOrItsReason) {
  const Response response = Answer(Asking());
  EXPECT_EQ(response.recommendations_size() + response.rejected_size(),
            static_cast<int>(RecommendCatalogue().records().size()));
  for (int i = 0; i < response.recommendations_size(); ++i) {
    EXPECT_EQ(response.recommendations(i).place_by_rules(), i + 1) << "nothing was measured";
  }
  for (const auto& rejected : response.rejected()) EXPECT_FALSE(rejected.reason().empty());
}

TEST(RecommendTest, TheWeightiestReasonComesFirst) {
  const Response response = Answer(Asking());
  ASSERT_NE(Find(response, "pipe"), nullptr);
  EXPECT_THAT(Find(response, "pipe")->reasons(0), HasSubstr("Below 1 KiB"));
}

TEST(RecommendTest, WhatCannotDoIsRejectedByItsOwnFacts) {
  const Response usual = Answer(Asking());
  EXPECT_THAT(WhyNotOf(usual, "mutex"), HasSubstr("carries no messages"));
  EXPECT_THAT(WhyNotOf(usual, "null"), HasSubstr("both of its ends"));
  EXPECT_THAT(WhyNotOf(usual, "absent_mq"), HasSubstr("its module is not loaded: modprobe it"));
  EXPECT_EQ(WhyNotOf(usual, "pipe"), "");

  const Response large = Answer(Asking(8193));
  EXPECT_THAT(WhyNotOf(large, "posix_mq"),
              AllOf(HasSubstr("8192"), HasSubstr("/proc/sys/fs/mqueue/msgsize_max")));

  Request request = Asking(8192);
  request.set_topology(Request::MANY_TO_ONE);
  EXPECT_THAT(WhyNotOf(Answer(request), "pipe"), HasSubstr("4096"));
  EXPECT_EQ(WhyNotOf(Answer(request), "posix_mq"), "");

  request = Asking();
  request.set_unrelated_processes(true);
  EXPECT_THAT(WhyNotOf(Answer(request), "pipe"), HasSubstr("common parent"));
  request.set_across_network(true);
  EXPECT_THAT(WhyNotOf(Answer(request), "unix_stream"), HasSubstr("another host"));

  request = Asking();
  request.set_keeps_records(true);
  EXPECT_THAT(WhyNotOf(Answer(request), "tcp"), HasSubstr("borders"));
  request = Asking();
  request.set_survives_crash(true);
  EXPECT_THAT(WhyNotOf(Answer(request), "unix_stream"), HasSubstr("goes with the processes"));
}

TEST(RecommendTest, WhatTheHostLacksIsSaidOnlyOfOneThatWouldDo) {
  Request request = Asking();
  request.set_across_network(true);
  EXPECT_THAT(WhyNotOf(Answer(request), "absent_mq"), HasSubstr("another host"));
}

TEST(RecommendTest, LossesAreACaution) {
  Request request = Asking();
  request.set_across_network(true);
  const Response response = Answer(request);
  EXPECT_THAT(Order(response), ElementsAre("tcp", "udp"));
  EXPECT_THAT(Find(response, "udp")->cautions(), Contains(HasSubstr("may be lost")));
  EXPECT_THAT(Find(response, "tcp")->cautions(), Not(Contains(HasSubstr("may be lost"))));
}

TEST(RecommendTest, FiguresOutrankTheRules) {
  const Response response =
      Answer(Asking(), {RoundTrips("pipe", 40'000), RoundTrips("ring", 2'000)});
  EXPECT_EQ(response.recommendations(0).mechanism(), "ring");
  EXPECT_EQ(response.recommendations(1).mechanism(), "pipe")
      << "being beaten by one does not put it behind those that were not measured";
  const v1::Recommendation& ring = response.recommendations(0);
  EXPECT_GT(ring.place_by_rules(), 1);
  EXPECT_EQ(ring.measured().p50_nanos(), 2'000);
  EXPECT_EQ(ring.measured().p99_nanos(), 4'000);
  EXPECT_EQ(ring.measured().circumstances(), kAlike);
  EXPECT_THAT(ring.measured().experiments(), ElementsAre("experiments/ring"));
  EXPECT_THAT(ring.reasons(0), HasSubstr("Measured here: a p50 of 2.00 us, the best of 2"));
}

TEST(RecommendTest, WhatWasMeasuredAsTheSlowestIsNotPutBeforeTheUnmeasured) {
  const Response rules = Answer(Asking());
  const Response response =
      Answer(Asking(), {RoundTrips("pipe", 4'000), RoundTrips("tcp", 40'000)});
  EXPECT_EQ(Order(response), Order(rules));
  EXPECT_THAT(response.disagreements(), IsEmpty());
}

TEST(RecommendTest, NearFiguresLeaveTheOrderToTheRules) {
  const Response response =
      Answer(Asking(), {RoundTrips("pipe", 10'400), RoundTrips("unix_stream", 10'000)});
  EXPECT_EQ(response.recommendations(0).mechanism(), "pipe");
  EXPECT_THAT(response.disagreements(), IsEmpty());
  EXPECT_THAT(Find(response, "pipe")->reasons(0),
              HasSubstr("the best of 2 measured alike is unix_stream"));
}

TEST(RecommendTest, WhatOnlySomeExperimentsShowChangesNothing) {
  std::deque<Digest> digests;
  for (const int64_t p50 : {9'000, 20'000, 21'000}) digests.push_back(RoundTrips("pipe", p50));
  for (const int64_t p50 : {10'000, 10'000, 30'000}) digests.push_back(RoundTrips("ring", p50));
  EXPECT_EQ(Answer(Asking(), digests).recommendations(0).mechanism(), "pipe");
  EXPECT_THAT(Answer(Asking(), digests).disagreements(), IsEmpty());
  digests.pop_back();
  digests.pop_front();
  EXPECT_EQ(Answer(Asking(), digests).recommendations(0).mechanism(), "ring");
}

TEST(RecommendTest, ADisagreementIsToldWithItsFigures) {
  const Response response =
      Answer(Asking(), {RoundTrips("pipe", 40'000), RoundTrips("posix_mq", 50'000),
                        RoundTrips("ring", 2'000), RoundTrips("unix_stream", 30'000)});
  ASSERT_THAT(response.disagreements(), SizeIs(2)) << "one for each that does better";
  EXPECT_EQ(
      response.disagreements(0),
      "The rules put pipe before ring; measured here, ring has a p50 of 2.00 us and pipe a p50 "
      "of 40.0 us: 20 times better.");
  EXPECT_THAT(response.disagreements(1), HasSubstr("pipe a p50 of 40.0 us: 33% better"));
}

TEST(RecommendTest, ThePriorityChoosesTheFigure) {
  Digest steady = RoundTrips("unix_stream", 10'000);
  steady.cpu_nanos_per_message = 9'000;
  steady.messages_per_second = 10;
  Digest thrifty = RoundTrips("pipe", 20'000);
  thrifty.cpu_nanos_per_message = 1'000;
  thrifty.messages_per_second = 100;
  Request request = Asking();
  EXPECT_EQ(Answer(request, {steady, thrifty}).recommendations(0).mechanism(), "unix_stream");
  request.set_priority(Request::CPU);
  EXPECT_EQ(Answer(request, {steady, thrifty}).recommendations(0).mechanism(), "pipe");
  request.set_priority(Request::THROUGHPUT);
  EXPECT_EQ(Answer(request, {steady, thrifty}).recommendations(0).mechanism(), "pipe");
}

TEST(RecommendTest, SaysWhatToMeasureUntilTheBestAre) {
  const Response unmeasured = Answer(Asking(100));
  EXPECT_EQ(unmeasured.measure_command(),
            "ipclab measure pipe posix_mq unix_stream ring --bytes 100 --pattern round_trip "
            "--compare");
  std::deque<Digest> digests;
  for (const char* id : {"pipe", "posix_mq", "unix_stream"}) {
    digests.push_back(RoundTrips(id, 1'000));
  }
  EXPECT_NE(Answer(Asking(100), digests).measure_command(), "") << "the ring is missing";
  digests.push_back(RoundTrips("ring", 1'000));
  EXPECT_EQ(Answer(Asking(100), digests).measure_command(), "");
}

TEST(RecommendTest, WhatSharesMemoryIsMeasuredBesideWhatDoesNot) {
  EXPECT_THAT(Answer(Asking(4 << 20)).measure_command(), HasSubstr("measure ring pipe "));
}

TEST(RecommendTest, OneWayLatencyIsMeasuredAtARate) {
  Request request = Asking(4);
  request.set_direction(Request::ONE_WAY);
  EXPECT_THAT(Answer(request).measure_command(),
              HasSubstr("--bytes 16 --pattern stream --rate 1000 --compare"));
  request.set_per_second(2e6);
  EXPECT_THAT(Answer(request).measure_command(), HasSubstr("--rate 2000000 "));
  request.set_topology(Request::MANY_TO_MANY);
  EXPECT_THAT(Answer(request).measure_command(),
              HasSubstr("--pattern fan_in --receivers 2 --rate 1000000 --compare"));
  request.set_priority(Request::THROUGHPUT);
  EXPECT_THAT(Answer(request).measure_command(), Not(HasSubstr("--rate")));
}

TEST(RecommendTest, NothingThatSuitsIsAnAnswerToo) {
  Request request = Asking(1'000'000);
  request.set_across_network(true);
  request.set_survives_crash(true);
  const Response response = Answer(request);
  EXPECT_THAT(response.recommendations(), IsEmpty());
  EXPECT_EQ(response.measure_command(), "");
  EXPECT_GT(response.rejected_size(), 0);
}

TEST(RecommendTest, AllThatIsWrongIsSaidAtOnce) {
  Request request;
  request.set_message_bytes(0);
  request.set_per_second(-1);
  request.set_direction(static_cast<Request::Direction>(9));
  request.set_topology(static_cast<Request::Topology>(9));
  request.set_priority(static_cast<Request::Priority>(9));
  const absl::Status status = Recommend(request, RecommendCatalogue(), {}, {}).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_THAT(WrongFields(status), UnorderedElementsAre("message_bytes", "per_second", "direction",
                                                        "topology", "priority"));
  for (const double rate :
       {std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    request = Asking();
    request.set_per_second(rate);
    EXPECT_THAT(WrongFields(Recommend(request, RecommendCatalogue(), {}, {}).status()),
                ElementsAre("per_second"));
  }
}

}  // namespace
}  // namespace ipclab
