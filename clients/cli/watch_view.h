// What `ipclab watch` shows on a terminal: a value that takes in events and figures, and draws
// itself as a few lines. Not thread safe.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "clients/cli/sparkline.h"
#include "clients/cli/terminal.h"
#include "ipclab/v1/experiment_service.pb.h"
#include "ipclab/v1/metrics.pb.h"

namespace ipclab::cli {

class WatchView {
 public:
  explicit WatchView(Glyphs glyphs) : glyphs_(glyphs) {}

  void Take(const v1::ExperimentEvent& event);
  void Take(const v1::Metrics& metrics, absl::Time now);

  // Shown until the next event; empty takes it away.
  void SetLost(const std::string& why) { lost_ = why; }

  // The experiment as the events so far make it.
  const v1::Experiment& experiment() const { return experiment_; }

  // Lines of at most the terminal's width, less one column.
  std::vector<std::string> Lines(const Terminal& terminal, absl::Time now) const;

 private:
  std::string Title(const Terminal& terminal) const;
  std::string StepLine() const;
  std::string RateLine(size_t width) const;
  std::string LatencyLine() const;

  const Glyphs glyphs_;
  v1::Experiment experiment_;
  std::optional<v1::Metrics> metrics_;
  absl::Time metrics_time_;
  std::vector<double> rates_;         // messages per second between two snapshots, the last ones
  std::deque<std::string> happened_;  // the last few events
  std::string lost_;
};

}  // namespace ipclab::cli
