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

namespace ipclab {

class Slices {
 public:
  // A leg that counts begins.
  void BeginLeg();

  // Since the leg began so many messages arrived in so long, with these latencies.
  void Add(const HistogramSnapshot& latencies, int64_t messages, int64_t nanos);

  // The leg has ended, with this in all. What is left over makes the last slice longer where it is
  // too little for one of its own.
  void EndLeg(const HistogramSnapshot& latencies, int64_t messages, int64_t nanos);

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

  Piece Since(const HistogramSnapshot& latencies, int64_t messages, int64_t nanos) const;
  void Take(Piece piece);
  void HalveWhenFull();

  std::vector<Piece> pieces_;
  size_t leg_begin_ = 0;  // the leg's first piece
  Piece before_;          // all of the leg that is in pieces; it begins where the leg does
  int stride_ = 1;        // so many samples make a piece
  int samples_ = 0;       // since the newest piece
};

// What now holds and earlier, a former state of it, does not.
HistogramSnapshot Difference(const HistogramSnapshot& now, const HistogramSnapshot& earlier);

}  // namespace ipclab
