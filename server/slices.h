// A run in pieces of equal length, each with what arrived in it: how the figures moved while they
// were taken. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "common/histogram.h"
#include "common/stats/steadiness.h"
#include "ipclab/v1/experiment.pb.h"
#include "server/figures.h"

namespace ipclab {

class Slices {
 public:
  // A leg that counts begins.
  void BeginLeg();

  // So much since the leg began.
  void Add(const Arrivals& arrivals);

  // The leg has ended, with this in all. What is left over makes the last slice longer where it is
  // too little for one of its own.
  void EndLeg(const Arrivals& arrivals);

  // How much the run moved, by its latencies or by the time per message.
  std::optional<stats::Drift> DriftOf(bool by_latency) const;

  void AddTo(v1::Result& result) const;

  size_t size() const { return pieces_.size(); }

 private:
  struct Piece {
    int64_t begin_nanos = 0;
    int64_t nanos = 0;
    int64_t messages = 0;
    HistogramSnapshot latencies;

    void Append(const Piece& next);
  };

  // What came after before_.
  Piece Since(const Arrivals& arrivals) const;
  void Take(Piece piece);
  bool IsFull() const;
  void HalveWhenFull();

  std::vector<Piece> pieces_;
  size_t leg_begin_ = 0;  // the leg's first piece
  Piece before_;          // all of the leg that is in pieces; it begins where the leg does
  int stride_ = 1;        // of this leg: so many samples make a piece
  int samples_ = 0;       // since the newest piece
};

// What now holds and earlier, a former state of it, does not.
HistogramSnapshot Difference(const HistogramSnapshot& now, const HistogramSnapshot& earlier);

}  // namespace ipclab
