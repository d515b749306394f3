#include "server/explore/await_runs.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

namespace ipclab {
namespace {

using Runs = absl::StatusOr<std::shared_ptr<RealRuns>>;

// Shared by who waits and the reply, which may come when nobody waits any more.
class Awaited {
 public:
  void Take(Runs runs) {
    {
      const std::lock_guard lock(mutex_);
      if (!given_up_) {
        runs_ = std::move(runs);
        changed_.notify_all();
        return;
      }
    }
    if (runs.ok()) (*runs)->Stop();
  }

  Runs Await(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    if (changed_.wait(lock, stop, [this] { return runs_.has_value(); })) return *std::move(runs_);
    given_up_ = true;
    return absl::CancelledError("nobody waits for the workers any more");
  }

 private:
  std::mutex mutex_;  // guards what follows
  std::condition_variable_any changed_;
  std::optional<Runs> runs_;
  bool given_up_ = false;
};

}  // namespace

Runs AwaitRuns(const ExplorePlan& plan, const StartRuns& start_runs, const std::stop_token& stop) {
  const auto awaited = std::make_shared<Awaited>();
  start_runs(plan.request.program(), [awaited](Runs runs) { awaited->Take(std::move(runs)); });
  return awaited->Await(stop);
}

}  // namespace ipclab
