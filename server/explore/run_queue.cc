#include "server/explore/run_queue.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/program/state.h"
#include "common/run_batch.h"
#include "server/errors.h"

namespace ipclab {
namespace {

// Long enough that handing it over does not count, short enough that nobody waits for its end.
constexpr absl::Duration kBatchTime = absl::Milliseconds(10);

}  // namespace

RunQueue::RunQueue(Program program, bool spins, std::function<void()> on_stop)
    : program_(std::move(program)), spins_(spins), on_stop_(std::move(on_stop)) {}

absl::Status RunQueue::AwaitReady(absl::Duration limit) {
  std::unique_lock lock(mutex_);
  const bool in_time = changed_.wait_for(lock, absl::ToChronoNanoseconds(limit),
                                         [&] { return !on_batch_.empty() || !status_.ok(); });
  if (in_time) return status_;
  return QuotaExceeded("cpus",
                       absl::StrCat("for ", absl::FormatDuration(limit),
                                    " others had the CPUs that its workers need; wait for what "
                                    "runs there to end, or explore by the MODEL"),
                       absl::Seconds(1));
}

int RunQueue::groups() const {
  std::lock_guard lock(mutex_);
  return static_cast<int>(on_batch_.size());
}

absl::Status RunQueue::Add(const Run& run) {
  const size_t steps = run.steps.size();
  if (steps == 0) return absl::OkStatus();
  if (steps > RunBatch::kMaxSteps) {
    return QuotaExceeded(
        "steps",
        absl::StrCat("a schedule of ", steps,
                     " steps is more than workers are given at once, which is ",
                     RunBatch::kMaxSteps, "; explore a smaller program, or this one by the MODEL"),
        absl::Seconds(1));
  }
  const bool twice = added_++ < kTwice && 2 * steps <= RunBatch::kMaxSteps;
  if (filling_.steps.size() + (twice ? 2 : 1) * steps > RunBatch::kMaxSteps) {
    if (absl::Status status = Submit(); !status.ok()) return status;
  }
  const uint64_t hash = HashOf(program_, run.state);
  Append(run, hash);
  // Those that are made twice come first.
  if (twice && 2 * filling_.pairs + 1 == filling_.ends.size()) {
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

// Or there may be no room for one more run, twice.
bool RunQueue::IsFull() const {
  const size_t limit = batch_steps_.load(std::memory_order_relaxed);
  return filling_.steps.size() >= limit || filling_.ends.size() + 2 > RunBatch::kMaxRuns;
}

absl::Status RunQueue::Submit() {
  std::vector<std::function<void()>> on_batch;
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !waiting_ || !status_.ok(); });
    if (!status_.ok()) return status_;
    waiting_ = std::exchange(filling_, {});
    on_batch = on_batch_;
  }
  for (const auto& call : on_batch) call();
  return absl::OkStatus();
}

absl::Status RunQueue::Finish() {
  if (!filling_.ends.empty()) {
    if (absl::Status status = Submit(); !status.ok()) return status;
  }
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return (!waiting_ && at_work_ == 0) || !status_.ok(); });
  return status_;
}

void RunQueue::Stop() {
  {
    std::lock_guard lock(mutex_);
    if (std::exchange(stopped_, true)) return;
  }
  Fail(absl::CancelledError("the exploration was stopped"));
  on_stop_();
}

void RunQueue::Open(std::function<void()> on_batch) {
  std::lock_guard lock(mutex_);
  on_batch_.push_back(std::move(on_batch));
  changed_.notify_all();
}

std::optional<BatchOfRuns> RunQueue::Take() {
  std::lock_guard lock(mutex_);
  if (!waiting_ || !status_.ok()) return std::nullopt;
  ++at_work_;
  changed_.notify_all();
  return std::exchange(waiting_, std::nullopt);
}

void RunQueue::Done(int64_t runs, absl::Duration took) {
  made_.fetch_add(runs, std::memory_order_relaxed);
  std::lock_guard lock(mutex_);
  --at_work_;
  const size_t steps = batch_steps_;
  if (took < kBatchTime / 2) batch_steps_ = std::min<size_t>(steps * 2, RunBatch::kMaxSteps / 4);
  if (took > kBatchTime * 2) batch_steps_ = std::max<size_t>(steps / 2, 64);
  changed_.notify_all();
}

void RunQueue::Fail(const absl::Status& status) {
  std::lock_guard lock(mutex_);
  if (status_.ok()) status_ = status;
  changed_.notify_all();
}

}  // namespace ipclab
