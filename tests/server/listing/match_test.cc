#include "server/listing/match.h"

#include <string>

#include "gtest/gtest.h"

namespace ipclab {
namespace {

// Created at 12:00, not ended.
v1::Experiment Sample() {
  v1::Experiment experiment;
  experiment.set_name("experiments/a");
  experiment.set_uid("7f0c");
  experiment.set_state(v1::Experiment::RUNNING);
  experiment.set_step(10);
  experiment.mutable_create_time()->set_seconds(1769860800);
  experiment.mutable_create_time()->set_nanos(1);
  experiment.mutable_spec()->mutable_labels()->insert({"team", "a"});
  experiment.mutable_spec()->mutable_measure()->set_mechanism("pipe");
  experiment.mutable_spec()->mutable_measure()->set_pattern(v1::Pattern::STREAM);
  return experiment;
}

bool Matches(const std::string& text, const v1::Experiment& experiment = Sample()) {
  const Filter filter = ParseFilter(text, ExperimentFilterFields());
  for (const FilterMistake& mistake : filter.mistakes) ADD_FAILURE() << mistake.message;
  return Matches(filter.comparisons, experiment);
}

TEST(MatchTest, NoComparisonMatchesEverything) { EXPECT_TRUE(Matches("")); }

TEST(MatchTest, EveryFieldMeansWhatItSays) {
  const std::pair<const char*, const char*> holds_and_not[] = {
      {"name = experiments/a", "name = experiments/b"},
      {"uid = '7f0c'", "uid = '7f0'"},
      {"state = RUNNING", "state = READY"},
      {"mechanism = pipe", "mechanism != pipe"},
      {"pattern = STREAM", "pattern = ROUND_TRIP"},
      {"labels.team = a", "labels.team = b"},
      {"step >= 10", "step > 10"},
      {"create_time > 2026-01-31T12:00:00Z", "create_time <= 2026-01-31T12:00:00Z"},
  };
  for (const auto& [holds, holds_not] : holds_and_not) {
    EXPECT_TRUE(Matches(holds)) << holds;
    EXPECT_FALSE(Matches(holds_not)) << holds_not;
  }
}

TEST(MatchTest, AllComparisonsMustHold) {
  EXPECT_TRUE(Matches("step > 5 AND step < 15"));
  EXPECT_FALSE(Matches("step > 5 AND step < 10"));
}

TEST(MatchTest, ALabelThatIsNotThereIsEmpty) {
  EXPECT_TRUE(Matches("labels.owner = ''"));
  EXPECT_TRUE(Matches("labels.owner != b"));
  EXPECT_FALSE(Matches("labels.owner != ''"));
}

TEST(MatchTest, AnEndThatHasNotComeIsNeitherBeforeNorAfterAnyTime) {
  for (const char* const op : {"=", "<", "<=", ">", ">="}) {
    EXPECT_FALSE(Matches(std::string("end_time ") + op + " 2026-01-31T12:00:00Z")) << op;
  }
  EXPECT_TRUE(Matches("end_time != 2026-01-31T12:00:00Z"));
  v1::Experiment ended = Sample();
  ended.mutable_end_time()->set_seconds(1769860800);
  EXPECT_TRUE(Matches("end_time = 2026-01-31T12:00:00Z", ended));
}

TEST(MatchTest, TheStateThatIsNeverReturnedIsNoChoice) {
  EXPECT_FALSE(ParseFilter("state = STATE_UNSPECIFIED", ExperimentFilterFields()).mistakes.empty());
}

}  // namespace
}  // namespace ipclab
