// The order of mechanisms that suit: by the rules, then by what this host has measured. Pure.
#pragma once

#include <string>
#include <vector>

#include "ipclab/v1/mechanism.pb.h"
#include "server/recommend/measured.h"
#include "server/recommend/rules.h"

namespace ipclab {

struct Ranked {
  const v1::Mechanism* mechanism;  // borrowed
  int score = 0;                   // the sum of the rules' weights
  int place_by_rules = 0;          // from 1
  std::vector<std::string> reasons = {};
};

// By score; of equal scores in the order that they come in. Their reasons are the rules' sentences,
// the weightiest first.
std::vector<Ranked> RankByRules(const std::vector<const v1::Mechanism*>& mechanisms,
                                const Wanted& wanted);

// Moves each mechanism that was measured up to where the first one stands that it beats: by more
// than kDifference, and in nine of ten pairs of experiments. Among those that were not measured
// nothing changes. Who is moved or stays for its
// figures has them as its first reason.
void OrderByFigures(std::vector<Ranked>& ranked, const Measured& measured, const Wanted& wanted);

// What does better than the rules say, in a sentence each: beside the one that they trust most of
// all that it beats. The most striking first, three at most. Where the rules make no difference
// there is nothing to disagree with.
std::vector<std::string> Disagreements(const std::vector<Ranked>& ranked, const Measured& measured,
                                       const Wanted& wanted);

// Figures that are nearer than this are as good as equal.
inline constexpr double kDifference = 1.05;

}  // namespace ipclab
