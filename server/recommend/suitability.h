// Whether a mechanism can carry what is asked for at all, from its own record. Pure.
#pragma once

#include <string>
#include <vector>

#include "ipclab/v1/mechanism.pb.h"
#include "server/recommend/rules.h"

namespace ipclab {

// wanted has its defaults filled in.

// Why it cannot, in a sentence; empty when it can. What the host lacks is said only of one that
// would do otherwise.
std::string WhyNot(const v1::Mechanism& mechanism, const Wanted& wanted);

// What to mind with one that can, in a sentence each; what concerns the request most comes first.
std::vector<std::string> Cautions(const v1::Mechanism& mechanism, const Wanted& wanted);

// The patterns whose figures speak for such traffic, the best first.
std::vector<v1::Pattern::Kind> PatternsFor(const Wanted& wanted);

}  // namespace ipclab
