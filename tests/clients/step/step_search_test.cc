// What is said of a search. That it is made, against a real server: e2e.
#include "clients/cli/step/step_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ipclab::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

v1::Exploration Found(const std::string& items) {
  v1::Exploration exploration;
  exploration.set_complete(true);
  v1::ExploreFinding& finding = *exploration.mutable_finding();
  finding.set_schedule("lost_update racy @3f9a01c2 : " + items);
  finding.set_check("finally counter == 12: counter is 11");
  finding.set_preemptions(1);
  return exploration;
}

TEST(StepSearch, WhatItFoundIsOfferedWithItsKey) {
  const StepSearch::Outcome outcome = OutcomeOfSearch(Found("A! B2 A"));
  EXPECT_EQ(outcome.schedule, "lost_update racy @3f9a01c2 : A! B2 A");
  EXPECT_EQ(outcome.answer.text,
            "found A! B2 A (1 preemption): n goes along it, step by step. It fails by finally "
            "counter == 12: counter is 11");
}

TEST(StepSearch, ALongScheduleIsNotReadOut) {
  const std::string text = OutcomeOfSearch(Found(std::string(500, 'A'))).answer.text;
  EXPECT_THAT(text, AllOf(HasSubstr("found a long schedule"), HasSubstr("n goes along it"),
                          Not(HasSubstr("AAAA"))));
}

TEST(StepSearch, ThatItFoundNoneIsSaidWithWhatThatProves) {
  v1::Exploration exploration;
  exploration.set_complete(true);
  exploration.set_verdict("No schedule with at most 3 preemptions fails.");
  const StepSearch::Outcome complete = OutcomeOfSearch(exploration);
  EXPECT_EQ(complete.schedule, "");
  EXPECT_THAT(complete.answer.text, HasSubstr("No schedule with at most 3 preemptions fails."));
  EXPECT_EQ(complete.answer.tone, Tone::kGood);
  exploration.set_complete(false);
  EXPECT_EQ(OutcomeOfSearch(exploration).answer.tone, Tone::kWarning);
}

}  // namespace
}  // namespace ipclab::cli
