// Between the thread that explores and the workers that make its runs: batches, one under way and
// one waiting, each run with what the model came to.
//
// RealRuns is for the thread that explores; the rest for the strand, where the workers are driven.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/program/program.h"
#include "common/program/schedule.h"
#include "server/explore/real_runs.h"

namespace ipclab {

struct BatchOfRuns {
  std::vector<Choose> steps;
  std::vector<uint32_t> ends;    // of each run
  std::vector<uint64_t> hashes;  // of the state that it leads to
  uint32_t pairs = 0;            // the first so many pairs are the same run twice
};

class RunQueue final : public RealRuns {
 public:
  struct Ears {
    // The workers are at hand, or why they are not; once, on the strand.
    std::function<void(const absl::Status&)> on_ready;
    // Ends the workers; any thread, at most once.
    std::function<void()> on_stop;
  };

  // program: as the mechanisms behind it decide.
  RunQueue(Program program, bool spins, Ears ears);

  absl::Status Add(const Run& run) override;
  absl::Status Finish() override;
  void Stop() override;
  int64_t made() const override { return made_.load(std::memory_order_relaxed); }
  int groups() const override { return 1; }
  bool spins() const override { return spins_; }

  // Strand.
  const Program& program() const { return program_; }
  // From now on on_batch is called, on the exploring thread, when there is something to take.
  void Open(std::function<void()> on_batch);
  // The next batch; Done once it was made, which took so long.
  std::optional<BatchOfRuns> Take();
  void Done(int64_t runs, absl::Duration took);
  // No batch will be made any more. The first cause counts.
  void Fail(const absl::Status& status);

 private:
  // Runs that are made twice, to see whether they do the same.
  static constexpr int kTwice = 16;

  void Append(const Run& run, uint64_t hash);
  bool IsFull() const;
  absl::Status Submit();

  const Program program_;
  const bool spins_;
  Ears ears_;
  std::atomic<int64_t> made_ = 0;

  // The exploring thread's.
  BatchOfRuns filling_;
  int64_t added_ = 0;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::optional<BatchOfRuns> waiting_;
  bool at_work_ = false;
  bool ready_ = false;
  bool stopped_ = false;
  absl::Status status_;
  std::function<void()> on_batch_;
  // Steps of a batch: so many that it takes some milliseconds.
  size_t batch_steps_ = 4096;
};

}  // namespace ipclab
