// Between the thread that explores and the groups of workers that make its runs: batches, one under
// way with each group and one waiting, each run with what the model came to.
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
  // program: as the mechanisms behind it decide. on_stop: ends the workers; any thread, at most
  // once.
  RunQueue(Program program, bool spins, std::function<void()> on_stop);

  absl::Status AwaitReady(absl::Duration limit) override;
  absl::Status Add(const Run& run) override;
  absl::Status Finish() override;
  void Stop() override;
  int64_t made() const override { return made_.load(std::memory_order_relaxed); }
  int groups() const override;
  bool spins() const override { return spins_; }

  // Strand.
  const Program& program() const { return program_; }
  // A group is at hand: from now on on_batch is called, on the exploring thread, when there is
  // something to take.
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
  const std::function<void()> on_stop_;
  std::atomic<int64_t> made_ = 0;
  // Steps of a batch: so many that it takes some milliseconds. Written on the strand.
  std::atomic<size_t> batch_steps_ = 4096;

  // The exploring thread's.
  BatchOfRuns filling_;
  int64_t added_ = 0;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::optional<BatchOfRuns> waiting_;
  int at_work_ = 0;  // batches
  bool stopped_ = false;
  absl::Status status_;
  std::vector<std::function<void()>> on_batch_;  // of each group that is at hand
};

}  // namespace ipclab
