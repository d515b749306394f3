// Plans of explorations of a text, as a test wants them: by the model, over ProgramMechanisms.
#pragma once

#include <string>

#include "gtest/gtest.h"
#include "server/explore/explore_plan.h"
#include "tests/server/program/program_catalogue.h"

namespace ipclab {

// 6 schedules, of which 4 lose an update; with n rounds each (4n)! / (2n)!^2 of them.
inline std::string LostUpdate(int rounds = 1) {
  const std::string n = std::to_string(rounds);
  return "shared counter = 0\nprocess P[2] { repeat " + n +
         " { counter = counter + 1 } }\nobserve counter\nfinally counter == 2 * " + n + "\n";
}

// Nobody writes what the other one waits for.
inline constexpr char kNeverFails[] =
    "shared x = 0\nshared y = 0\nprocess P { x = 1 }\nprocess Q { y = 1 }\n"
    "finally x == 1 && y == 1\n";

// Two that give way to each other, perhaps for ever.
inline constexpr char kCyclic[] =
    "shared turn = 0\nprocess P[2] { while turn != self { } \n turn = 1 - self }\n";

inline v1::ExploreProgramRequest ExploreText(const std::string& source,
                                             v1::ExploreProgramRequest::Mode mode) {
  v1::ExploreProgramRequest request;
  request.mutable_program()->set_source(source);
  request.set_mode(mode);
  request.set_engine(v1::ExploreProgramRequest::MODEL);
  return request;
}

// What a small server allows.
inline Limits ExploreTestLimits() {
  Limits limits;
  limits.max_explore_bytes = 64 << 20;
  return limits;
}

inline absl::StatusOr<ExplorePlan> Validated(const v1::ExploreProgramRequest& request) {
  // A plan borrows its records.
  static const Catalogue* const catalogue = new Catalogue(ProgramMechanisms());
  return ValidateExplore(request, *catalogue, ProgramShelf(), ExploreTestLimits(), /*lot=*/77);
}

inline ExplorePlan PlanOf(const v1::ExploreProgramRequest& request) {
  auto plan = Validated(request);
  EXPECT_TRUE(plan.ok()) << plan.status();
  return plan.ok() ? *std::move(plan) : ExplorePlan();
}

}  // namespace ipclab
