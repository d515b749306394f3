// The mechanisms behind the objects of a program in a request, against the catalogue.
#pragma once

#include <vector>

#include "ipclab/v1/program.pb.h"
#include "server/catalogue.h"
#include "server/complaints.h"
#include "server/program/program_plan.h"

namespace ipclab {

// The kind as the API has it.
v1::ProgramObject::Kind KindOf(ObjectKind kind);

// "mutex".
std::string KindWord(ObjectKind kind);

// The mechanism of an object that nobody said anything else for; empty of what is the lab's own.
std::string DefaultMechanism(const ProgramObject& object);

// True when the mechanism can stand behind such an object.
bool Carries(const v1::Mechanism& mechanism, ObjectKind kind);

// Complains of every mechanism that there is not, that cannot be used here, or that cannot carry
// its object as the program uses it; fills in what spec leaves open. Sets objects and links of the
// plan, whose program is there, and what the mechanisms decide about its objects.
void CheckMechanisms(v1::ProgramSpec& spec, const Catalogue& catalogue, ProgramPlan& plan,
                     Complaints& complaints);

}  // namespace ipclab
