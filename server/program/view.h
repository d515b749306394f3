// How a program stands at a step and what a step did, in the words of the API. Pure: from the
// state, and from what the kernel told of the objects.
#pragma once

#include <cstdint>
#include <vector>

#include "common/baton.h"
#include "ipclab/v1/program.pb.h"
#include "server/program/course.h"
#include "server/program/program_plan.h"

namespace ipclab {

v1::SourceSpan ToProto(const SourceSpan& span);

v1::ProgramOperation OperationView(const Program& program, const MadeStep& made);

// Everything but what the kernel tells. objects: one per object of the program; empty where there
// are no mechanisms, as in a replay. It may be asked for at any step.
v1::ProgramView ViewOf(const Course& course, const std::vector<ObjectPlan>& objects);

// What the kernel told of each object last.
void AddKernelView(const Program& program, const BatonPage& page,
                   const std::vector<ObjectPlan>& objects, v1::ProgramView& view);

// What was found; absent of a program that goes on and of which no check has failed.
bool HasVerdict(const Course& course);
v1::ProgramVerdict VerdictOf(const Course& course);

}  // namespace ipclab
