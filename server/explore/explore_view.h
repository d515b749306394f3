// What an exploration found, in the words of the API. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/explore/explain.h"
#include "common/explore/search.h"
#include "common/program/program.h"
#include "common/program/schedule.h"
#include "google/protobuf/repeated_field.h"
#include "ipclab/v1/explore.pb.h"
#include "server/explore/explore_plan.h"

namespace ipclab {

// The steps up to the one with which the program fails; nullopt when it does not. steps can be
// made.
std::optional<std::vector<Choose>> UpToFailure(const Program& program,
                                               const std::vector<Choose>& steps);

// The check that fails with these steps, the last of which fails, with the values that it is seen
// by.
std::string CheckThatFails(const Program& program, const std::vector<Choose>& steps);

// Shrinks and explains; found: up to the step that fails. May take a while.
v1::ExploreFinding FindingOf(const Program& program, const std::vector<Choose>& found);

v1::ScheduleExplanation ToProto(const Program& program, const Explanation& explanation);

// As many outcomes as there is room for in one message. How many there is none for.
int64_t AddOutcomes(const ExplorePlan& plan, const Exploration& result,
                    google::protobuf::RepeatedPtrField<v1::ExploreOutcome>& outcomes);

// All but the finding, the times, and what REAL adds. longest: steps of the longest run.
v1::Exploration ToProto(const ExplorePlan& plan, const Exploration& result, int64_t longest);

}  // namespace ipclab
