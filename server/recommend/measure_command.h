// The command line that would put figures of this host behind an answer. Pure.
#pragma once

#include <string>
#include <vector>

#include "server/recommend/measured.h"
#include "server/recommend/ranking.h"
#include "server/recommend/rules.h"

namespace ipclab {

// Measures alike the three that come first by the rules and, when all of these share memory or none
// does, the first of the other kind: there the rules are wrong most often. Empty when all of them
// may be compared already, and when nothing suits. ranked is in the order of the rules.
std::string MeasureCommand(const std::vector<Ranked>& ranked, const Measured& measured,
                           const Wanted& wanted);

}  // namespace ipclab
