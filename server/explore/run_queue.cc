#include "server/explore/run_queue.h"

#include <algorithm>
#include <utility>

#include "common/program/state.h"
#include "common/run_batch.h"

namespace ipclab {
namespace {

// Long enough that handing it over does not count, short enough that nobody waits for its end.
constexpr absl::Duration kBatchTime = absl::Milliseconds(10);

}  // namespace

RunQueue::RunQueue(Program program, bool spins, Ears ears)
    : program_(std::move(program)), spins_(spins), ears_(std::move(ears)) {}

absl::Status RunQueue::Add(const Run& run) {
  if (run.steps.empty()) return absl::OkStatus();
  const uint64_t hash = HashOf(program_, run.state);
  Append(run, hash);
  if (added_++ < kTwice) {
    Append(run, hash);
    ++filling_.pairs;
  }
  return IsFull() ? Submit() : absl::OkStatus();
}

void RunQueue::Append(const Run& run, uint64_t hash) {
  filling_.steps.insert(filling_.steps.end(), run.steps.begin(), run.steps.end());
  filling_.ends.push_back(static_cast<uint32_t>(filling_.steps.size()));
  filling_.hashes.push_back(hash);
}

// With room for one more run, twice.
bool RunQueue::IsFull() const {
  size_t limit;
  {
    std::lock_guard lock(mutex_);
    limit = batch_steps_;
  }
  return filling_.steps.size() >= limit || filling_.ends.size() + 2 > RunBatch::kMaxRuns;
}

absl::Status RunQueue::Submit() {
  std::function<void()> on_batch;
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !waiting_ || !status_.ok(); });
    if (!status_.ok()) return status_;
    waiting_ = std::exchange(filling_, {});
    on_batch = on_batch_;
  }
  if (on_batch) on_batch();
  return absl::OkStatus();
}

absl::Status RunQueue::Finish() {
  if (!filling_.ends.empty()) {
    if (absl::Status status = Submit(); !status.ok()) return status;
  }
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return (!waiting_ && !at_work_) || !status_.ok(); });
  return status_;
}

void RunQueue::Stop() {
  {
    std::lock_guard lock(mutex_);
    if (std::exchange(stopped_, true)) return;
  }
  Fail(absl::CancelledError("the exploration was stopped"));
  ears_.on_stop();
}

void RunQueue::Open(std::function<void()> on_batch) {
  {
    std::lock_guard lock(mutex_);
    on_batch_ = std::move(on_batch);
    if (std::exchange(ready_, true)) return;
  }
  ears_.on_ready(absl::OkStatus());
}

std::optional<BatchOfRuns> RunQueue::Take() {
  std::lock_guard lock(mutex_);
  if (at_work_ || !waiting_) return std::nullopt;
  at_work_ = true;
  changed_.notify_all();
  return std::exchange(waiting_, std::nullopt);
}

void RunQueue::Done(int64_t runs, absl::Duration took) {
  made_.fetch_add(runs, std::memory_order_relaxed);
  std::lock_guard lock(mutex_);
  at_work_ = false;
  const size_t steps = batch_steps_;
  if (took < kBatchTime / 2) batch_steps_ = std::min<size_t>(steps * 2, RunBatch::kMaxSteps / 4);
  if (took > kBatchTime * 2) batch_steps_ = std::max<size_t>(steps / 2, 64);
  changed_.notify_all();
}

void RunQueue::Fail(const absl::Status& status) {
  bool was_ready;
  {
    std::lock_guard lock(mutex_);
    if (status_.ok()) status_ = status;
    was_ready = std::exchange(ready_, true);
    on_batch_ = nullptr;
    changed_.notify_all();
  }
  if (!was_ready) ears_.on_ready(status);
}

}  // namespace ipclab
