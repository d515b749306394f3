// The slices of an item's trials, one trial after the other. Pure.
#pragma once

#include <vector>

#include "clients/cli/plot/item.h"
#include "clients/cli/plot/scale.h"

namespace ipclab::plot {

// One or several slices of one trial; seconds from the start of the first trial, without what lay
// between trials.
struct Piece {
  double begin = 0;
  double end = 0;
  HistogramSnapshot histogram = {};
};

struct Stretch {
  const TrialResult* trial = nullptr;  // borrowed
  double begin = 0;
  double end = 0;
  std::vector<Piece> pieces = {};
};

struct Timeline {
  std::vector<Stretch> stretches;
  double seconds = 0;

  // Seconds that most pieces take, about: those at the ends of trials may be shorter or longer.
  double TypicalPiece() const;
};

// Slices are taken together where there would be more than most_pieces.
Timeline TimelineOf(const Item& item, size_t most_pieces);

// True when there is a slice with a value.
bool HasTimeline(const Item& item);

}  // namespace ipclab::plot
