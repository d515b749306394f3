// Programs that real workers step through, by several schedules, each beside the model.
#pragma once

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/program_crew.h"

namespace ipclab {

class ProgramStepsTest : public testing::Test {
 protected:
  static TestZygote& Zygote() {
    static TestZygote zygote(IPCLAB_WORKER);
    return zygote;
  }

  // What the workers say is that they are done, and both states are equal.
  static void ExpectDone(ProgramCrew& crew, const internal::FromWorker& said) {
    EXPECT_TRUE(said.has_leg_done()) << said.ShortDebugString();
    EXPECT_EQ(crew.Disagreement(), "");
  }

  // By several schedules to the end, each from step 0 again.
  static void StepAll(const ProgramCrew::Plan& plan) {
    ProgramCrew crew(Zygote(), plan);
    ASSERT_TRUE(crew.Connect()) << crew.complaint();
    ExpectDone(crew, crew.Steps(crew.PlanToEnd(0)));
    for (uint64_t seed = 1; seed <= 20 && !HasFailure(); ++seed) {
      ExpectDone(crew, crew.Rewind());
      const std::vector<Choose> whole = crew.PlanToEnd(seed);
      const auto half = whole.begin() + static_cast<std::ptrdiff_t>(whole.size() / 2);
      ExpectDone(crew, crew.Steps({whole.begin(), half}));
      // To where it is already, by undoing all of it.
      ExpectDone(crew, crew.Rewind({whole.begin(), half}));
      ExpectDone(crew, crew.Steps({half, whole.end()}));
    }
    EXPECT_THAT(crew.Quit(), testing::Each(0));
  }
};

}  // namespace ipclab
