#include "clients/cli/experiment_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ipclab::cli {
namespace {

using ::testing::ElementsAre;

TEST(ExperimentName, IsTakenShortOrWhole) {
  EXPECT_EQ(ExperimentName("x-1"), "experiments/x-1");
  EXPECT_EQ(ExperimentName("experiments/x-1"), "experiments/x-1");
  EXPECT_EQ(ExperimentName(""), "experiments/") << "the server says what is wrong with it";
}

TEST(ExperimentName, IsShownShort) {
  EXPECT_EQ(ExperimentId("experiments/x-1"), "x-1");
  EXPECT_EQ(ExperimentId("x-1"), "x-1");
}

TEST(ExperimentNames, HasEachOnceHoweverItWasTyped) {
  EXPECT_THAT(ExperimentNames({"b", "a", "experiments/b"}),
              ElementsAre("experiments/b", "experiments/a"));
}

}  // namespace
}  // namespace ipclab::cli
