// What this host has measured of traffic like the one asked for, out of the digests. Pure.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "ipclab/v1/mechanism.pb.h"
#include "ipclab/v1/system.pb.h"
#include "server/recommend/digest.h"
#include "server/recommend/rules.h"

namespace ipclab {

struct Measured {
  // Of each mechanism the figures that are nearest to what was asked for: medians over experiments
  // that were alike.
  std::map<std::string, v1::MeasuredFigures> figures;

  // Those whose figures were taken alike (pattern, size, circumstances, and a control that differs
  // by no more than 25%), so that they may be compared.
  std::set<std::string> comparable;

  // What each experiment behind these took of what counts: see CostOf in figure_text.h.
  std::map<std::string, std::vector<double>> costs;

  // Of the others those that only the platform keeps apart: their control is another one.
  std::set<std::string> shifted;
};

// Sizes and rates count up to four times off. What was measured on another kind of host, or under
// another kernel, does not count. suits tells whether a mechanism matters.
Measured Gather(const std::deque<Digest>& digests, const v1::Environment& here,
                const Wanted& wanted, const std::function<bool(const std::string&)>& suits);

// True where what is asked for must be measured with messages that are due at a rate. One that
// sends as fast as it can fills every buffer on the way, and its latency is that of the queue.
bool NeedsRate(const Wanted& wanted);

}  // namespace ipclab
