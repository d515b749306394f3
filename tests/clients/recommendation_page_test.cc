#include "clients/cli/recommendation_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace ipclab::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

v1::RecommendMechanismRequest Question() {
  v1::RecommendMechanismRequest request;
  request.set_message_bytes(64);
  return request;
}

v1::Recommendation& Add(v1::RecommendMechanismResponse& response, const std::string& mechanism) {
  v1::Recommendation& each = *response.add_recommendations();
  each.set_mechanism(mechanism);
  each.set_place_by_rules(response.recommendations_size());
  each.add_reasons(absl::StrCat("A reason for ", mechanism, "."));
  return each;
}

void AddFigures(v1::Recommendation& each, int64_t p50) {
  v1::MeasuredFigures& figures = *each.mutable_measured();
  figures.set_pattern(v1::Pattern::ROUND_TRIP);
  figures.set_message_bytes(64);
  figures.set_p50_nanos(p50);
  figures.set_messages_per_second(25'000);
  figures.set_cpu_nanos_per_message(7'600);
  figures.set_control_nanos(60);
  figures.set_circumstances("block, different_cores");
  figures.add_experiments("experiments/a");
}

// Seven that suit; the first and the last were measured.
v1::RecommendMechanismResponse Answer() {
  v1::RecommendMechanismResponse response;
  for (int i = 1; i <= 7; ++i) Add(response, absl::StrCat("way_", i));
  AddFigures(*response.mutable_recommendations(0), 2'000);
  AddFigures(*response.mutable_recommendations(6), 40'000);
  response.mutable_recommendations(0)->add_cautions("Mind the gap.");
  for (int i = 0; i < 9; ++i) {
    v1::RejectedMechanism& rejected = *response.add_rejected();
    rejected.set_mechanism(absl::StrCat("lock_", i));
    rejected.set_reason("It carries no messages.");
  }
  response.set_measure_command("ipclab measure way_2 way_3");
  return response;
}

std::string PageOf(const v1::RecommendMechanismResponse& response,
                   const RecommendationView& view = {}) {
  return RecommendationPage(Question(), response, view, {.width = 80});
}

TEST(RecommendationPage, SaysFirstWhatWasAsked) {
  EXPECT_EQ(PageOf(Answer()).find("Messages of 64 B, two ways, 1:1, related processes of one host; "
                                  "latency first.\n"),
            0u);
}

TEST(RecommendationPage, ShowsTheBestAndAllThatWasMeasured) {
  const std::string page = PageOf(Answer());
  EXPECT_THAT(page,
              HasSubstr("1  way_1             1   2.00 us         -  7.60 us  25.0 k    60 ns\n"));
  EXPECT_THAT(page, HasSubstr("2  way_2             2  not measured here\n"));
  EXPECT_THAT(page, HasSubstr("7  way_7             7   40.0 us"));
  EXPECT_THAT(page, Not(HasSubstr("6  way_6")));
  EXPECT_THAT(page, HasSubstr("These suit too, in order: way_6."));
  EXPECT_THAT(page, HasSubstr("Measured: round_trip of 64 B, block, different_cores. Medians over\n"
                              "  experiments: way_1 1, way_7 1.\n"));
}

TEST(RecommendationPage, ExplainsTheBest) {
  const std::string page = PageOf(Answer());
  EXPECT_THAT(page, HasSubstr("  way_1\n    - A reason for way_1.\n    ! Mind the gap.\n"));
  EXPECT_THAT(page, Not(HasSubstr("A reason for way_4")));
  EXPECT_THAT(PageOf(Answer(), {.all = true}), HasSubstr("A reason for way_7"));
}

TEST(RecommendationPage, FoldsWhatDoesNotSuitByItsReason) {
  EXPECT_THAT(PageOf(Answer()),
              HasSubstr("  - lock_0, lock_1, lock_2, lock_3, lock_4, lock_5 and 3 more: It carries "
                        "no\n    messages.\n"));
  EXPECT_THAT(PageOf(Answer(), {.all = true}), HasSubstr("lock_8"));
}

TEST(RecommendationPage, EndsWithWhatToMeasure) {
  EXPECT_THAT(PageOf(Answer()), HasSubstr("To compare them:\n  ipclab measure way_2 way_3\n"));
  EXPECT_THAT(PageOf(Answer(), {.private_server = true}), HasSubstr("Start ipclabd"));
  v1::RecommendMechanismResponse known = Answer();
  known.clear_measure_command();
  EXPECT_THAT(PageOf(known), Not(HasSubstr("ipclab measure")));
}

TEST(RecommendationPage, TellsDisagreements) {
  v1::RecommendMechanismResponse response = Answer();
  EXPECT_THAT(PageOf(response), Not(HasSubstr("disagrees")));
  response.add_disagreements("The rules put a before b.");
  EXPECT_THAT(PageOf(response), HasSubstr("where this host disagrees with the rules\n"
                                          "  - The rules put a before b.\n"));
}

TEST(RecommendationPage, TellsThatThePlatformWasInSeveralStates) {
  v1::RecommendMechanismResponse response = Answer();
  EXPECT_THAT(PageOf(response), Not(HasSubstr("Controls differ")));
  response.mutable_recommendations(6)->mutable_measured()->set_control_nanos(300);
  EXPECT_THAT(PageOf(response), HasSubstr("Controls differ"));
}

TEST(RecommendationPage, ALongCommandIsContinuedAsAShellWantsIt) {
  v1::RecommendMechanismResponse response = Answer();
  response.set_measure_command(
      "ipclab measure pipe posix_mq sysv_mq posix_shm_ring --bytes 64 "
      "--pattern round_trip --compare");
  EXPECT_THAT(PageOf(response),
              HasSubstr("  ipclab measure pipe posix_mq sysv_mq posix_shm_ring \\\n"
                        "    --bytes 64 --pattern round_trip --compare\n"));
}

TEST(RecommendationPage, SaysThatNothingSuits) {
  v1::RecommendMechanismResponse response = Answer();
  response.clear_recommendations();
  response.clear_measure_command();
  const std::string page = PageOf(response);
  EXPECT_THAT(page, HasSubstr("No mechanism of this host suits."));
  EXPECT_THAT(page, Not(HasSubstr("why\n")));
}

TEST(RecommendationPage, FitsATerminalOfEightyColumns) {
  v1::RecommendMechanismResponse response = Answer();
  response.mutable_recommendations(0)->set_mechanism("a_mechanism_with_a_name");
  response.mutable_recommendations(0)->add_reasons(
      "A long reason that goes on and on, for there is much to say of this one, until the line "
      "ends, and then some.");
  const std::string page = PageOf(response);
  for (const absl::string_view line : absl::StrSplit(page, '\n')) {
    EXPECT_LE(line.size(), 80u) << line;
  }
}

}  // namespace
}  // namespace ipclab::cli
