#include "clients/cli/plot/timeline.h"

#include <algorithm>

namespace ipclab::plot {
namespace {

constexpr double kNanosPerSecond = 1e9;

size_t SliceCount(const Item& item) {
  size_t count = 0;
  for (const TrialResult& trial : item.results) count += trial.slices.size();
  return count;
}

Stretch StretchOf(const TrialResult& trial, double begin, size_t together) {
  Stretch stretch = {.trial = &trial, .begin = begin, .end = begin};
  for (size_t i = 0; i < trial.slices.size(); ++i) {
    const Slice& slice = trial.slices[i];
    const double from = begin + slice.begin_nanos / kNanosPerSecond;
    if (i % together == 0) stretch.pieces.push_back({.begin = from});
    Piece& piece = stretch.pieces.back();
    piece.end = from + slice.length_nanos / kNanosPerSecond;
    piece.histogram.Merge(slice.histogram);
    stretch.end = std::max(stretch.end, piece.end);
  }
  return stretch;
}

}  // namespace

double Timeline::TypicalPiece() const {
  std::vector<double> lengths;
  for (const Stretch& stretch : stretches) {
    for (const Piece& piece : stretch.pieces) lengths.push_back(piece.end - piece.begin);
  }
  if (lengths.empty()) return 0;
  const auto middle = lengths.begin() + static_cast<int64_t>(lengths.size() / 2);
  std::nth_element(lengths.begin(), middle, lengths.end());
  return *middle;
}

Timeline TimelineOf(const Item& item, size_t most_pieces) {
  const size_t together = (SliceCount(item) + most_pieces - 1) / most_pieces;
  Timeline timeline;
  for (const TrialResult& trial : item.results) {
    if (trial.slices.empty()) continue;
    timeline.stretches.push_back(StretchOf(trial, timeline.seconds, std::max<size_t>(1, together)));
    timeline.seconds = timeline.stretches.back().end;
  }
  return timeline;
}

bool HasTimeline(const Item& item) {
  for (const TrialResult& trial : item.results) {
    for (const Slice& slice : trial.slices) {
      if (slice.histogram.count > 0) return true;
    }
  }
  return false;
}

}  // namespace ipclab::plot
