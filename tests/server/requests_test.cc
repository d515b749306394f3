#include "server/requests.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ipclab/v1/experiment_service.pb.h"
#include "tests/server/error_details.h"

namespace ipclab {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kId = "123e4567-e89b-12d3-a456-426614174000";

class RequestsTest : public ::testing::Test {
 protected:
  // True when it was seen before.
  bool Join(const std::string& id, const std::string& digest) {
    return requests_.Join(id, digest, [this](absl::StatusOr<std::string> answer) {
      replies_.push_back(answer.ok() ? *answer : ReasonOf(answer.status()));
    });
  }
  void Answer(const std::string& answer) { requests_.Answer(kId, "experiments/a", answer); }

  Requests requests_;
  std::vector<std::string> replies_;
};

TEST_F(RequestsTest, TheFirstIsCarriedOut) {
  EXPECT_FALSE(Join(kId, "d"));
  EXPECT_THAT(replies_, IsEmpty());
}

TEST_F(RequestsTest, RepeatedOnesWaitForTheAnswerOfTheFirst) {
  Join(kId, "d");
  EXPECT_TRUE(Join(kId, "d"));
  EXPECT_TRUE(Join(kId, "d"));
  EXPECT_THAT(replies_, IsEmpty());
  Answer("all is well");
  EXPECT_THAT(replies_, ElementsAre("all is well", "all is well"));
}

TEST_F(RequestsTest, ARepeatedOneGetsTheAnswerOfTheFirst) {
  Join(kId, "d");
  Answer("all is well");
  EXPECT_TRUE(Join(kId, "d"));
  EXPECT_THAT(replies_, ElementsAre("all is well"));
}

TEST_F(RequestsTest, AnotherBodyUnderTheSameIdIsRefused) {
  Join(kId, "d");
  EXPECT_TRUE(Join(kId, "other"));
  Answer("all is well");
  EXPECT_TRUE(Join(kId, "other"));
  EXPECT_THAT(replies_, ElementsAre("BAD_REQUEST", "BAD_REQUEST"));
}

TEST_F(RequestsTest, AnErrorGoesToAllAndIsForgotten) {
  Join(kId, "d");
  Join(kId, "d");
  requests_.Answer(kId, "experiments/a", absl::InternalError("disk"));
  EXPECT_EQ(replies_.size(), 1u);
  EXPECT_FALSE(Join(kId, "other")) << "it may be tried again, and mended";
}

TEST_F(RequestsTest, AReplyMayAskAgain) {
  Join(kId, "d");
  requests_.Join(kId, "d", [this](const absl::StatusOr<std::string>&) { Join(kId, "d"); });
  Answer("all is well");
  EXPECT_THAT(replies_, ElementsAre("all is well"));
}

TEST_F(RequestsTest, WhatWasDeletedMayBeMadeAgain) {
  Join(kId, "d");
  Answer("all is well");
  requests_.Forget("experiments/b");
  EXPECT_TRUE(Join(kId, "d"));
  requests_.Forget("experiments/a");
  EXPECT_FALSE(Join(kId, "d"));
}

TEST_F(RequestsTest, AnswersOutliveARestart) {
  requests_.Restore({{.request_id = kId,
                      .experiment = "experiments/a",
                      .body_digest = "d",
                      .response = "all is well"}});
  EXPECT_TRUE(Join(kId, "d"));
  EXPECT_THAT(replies_, ElementsAre("all is well"));
  requests_.Forget("experiments/a");
  EXPECT_FALSE(Join(kId, "d"));
}

TEST_F(RequestsTest, TheNewestAnswersAreKeptAsInTheStore) {
  for (int i = 0; i <= kStoredRequests; ++i) {
    const std::string id = std::to_string(i);
    ASSERT_FALSE(Join(id, "d"));
    requests_.Answer(id, "experiments/a", id);
  }
  EXPECT_TRUE(Join("1", "d"));
  EXPECT_THAT(replies_, ElementsAre("1"));
  EXPECT_FALSE(Join("0", "d")) << "the oldest gave way";
}

TEST_F(RequestsTest, AnAnswerToNobodyIsIgnored) {
  Answer("all is well");
  EXPECT_FALSE(Join(kId, "d"));
}

v1::CreateExperimentRequest WithLabels(const std::vector<int>& keys) {
  v1::CreateExperimentRequest request;
  for (const int key : keys) {
    (*request.mutable_spec()->mutable_labels())[std::to_string(key)] = "v";
  }
  return request;
}

TEST(RequestDigestTest, DoesNotDependOnTheOrderOfMaps) {
  std::vector<int> keys(50);
  for (size_t i = 0; i < keys.size(); ++i) keys[i] = static_cast<int>(i);
  const std::string digest = Requests::DigestOf(WithLabels(keys));
  EXPECT_EQ(Requests::DigestOf(WithLabels({keys.rbegin(), keys.rend()})), digest);
  keys.pop_back();
  EXPECT_NE(Requests::DigestOf(WithLabels(keys)), digest);
}

TEST(RequestDigestTest, DependsOnEveryFieldAndOnTheRpc) {
  v1::CreateExperimentRequest request = WithLabels({1});
  const std::string digest = Requests::DigestOf(request);
  request.set_experiment_id("a");
  EXPECT_NE(Requests::DigestOf(request), digest);
  EXPECT_NE(Requests::DigestOf(v1::GetExperimentRequest()),
            Requests::DigestOf(v1::DeleteExperimentRequest()));
}

TEST(RequestReplyTest, ParsesTheAnswer) {
  v1::Experiment experiment;
  experiment.set_name("experiments/a");
  std::vector<std::string> names;
  const Requests::Reply reply =
      Requests::Parsed<v1::Experiment>([&names](absl::StatusOr<v1::Experiment> answer) {
        names.push_back(answer.ok() ? answer->name() : "damaged");
      });
  reply(experiment.SerializeAsString());
  reply(std::string("\xff\xff"));
  EXPECT_THAT(names, ElementsAre("experiments/a", "damaged"));
}

}  // namespace
}  // namespace ipclab
