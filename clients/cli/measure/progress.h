// The one line on standard error that shows how far `ipclab measure` is. Nothing at all is written
// where standard error is no terminal.
//
// How far that is counts by the time that each trial should take, so that short ones and long ones
// may come in any order.
//
// Not thread safe, but for SetState: the thread that draws is handed it for one trial.
#pragma once

#include <atomic>
#include <optional>
#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "clients/cli/terminal.h"
#include "ipclab/v1/experiment.pb.h"
#include "ipclab/v1/metrics.pb.h"

namespace ipclab::cli {

// What the line says.
struct ProgressView {
  double done = 0;    // of everything, 0 to 1
  std::string what;   // "pipe 64 B, trial 2/3"
  std::string state;  // shown instead of the rate when not empty
  double messages_per_second = 0;
  std::optional<absl::Duration> left;
};

// At most width columns; the least important parts go first.
std::string ProgressLine(const ProgressView& view, size_t width);

// How long a trial should take, roughly; of one that is not told its time, a second.
absl::Duration ExpectedTime(const v1::MeasureSpec& spec);

class Progress {
 public:
  explicit Progress(const Terminal& terminal) : terminal_(terminal) {}
  ~Progress() { Erase(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  bool shown() const { return terminal_.interactive; }

  // More is to be done than was said so far.
  void Expect(absl::Duration work) { expected_ += work; }

  // Names the trial that comes next.
  void BeginTrial(const std::string& what, const v1::MeasureSpec& spec);
  void EndTrial() { done_ += ExpectedTime(spec_); }

  // The experiment's state, from any thread; shown with the next figures.
  void SetState(v1::Experiment::State state) { state_.store(state); }

  // Draws with these figures of the current trial.
  void Draw(const v1::Metrics& metrics);

  // Takes the line away.
  void Erase();

 private:
  void Write(const std::string& text);

  const Terminal terminal_;
  const absl::Time start_ = absl::Now();
  absl::Duration expected_;
  absl::Duration done_;
  std::string what_;
  v1::MeasureSpec spec_;
  std::atomic<v1::Experiment::State> state_ = v1::Experiment::STATE_UNSPECIFIED;
  bool drawn_ = false;
};

}  // namespace ipclab::cli
