// Which workers of a program use which object, as their code says. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/program/program.h"
#include "server/program/program_plan.h"

namespace ipclab {

// The workers, as bits, whose code may send into a channel or receive from it; whether any of them
// says which type it wants.
struct ChannelUse {
  uint32_t senders = 0;
  uint32_t receivers = 0;
  bool by_type = false;
};
// One per object; of what is no channel it is empty.
std::vector<ChannelUse> ChannelUses(const Program& program);

// True for what has a kernel object behind it.
bool HasMechanism(ObjectKind kind);

// One per object that has a mechanism, in the objects' order. Where nobody sends into a channel, or
// nobody receives from it, the first worker has that end all the same.
std::vector<ObjectLinkPlan> LinksOf(const Program& program);

// "it has 65 objects with a kernel object behind them, at most 64 ..."; empty when that can be.
std::string TooManyLinks(const std::vector<ObjectLinkPlan>& links);

}  // namespace ipclab
