// What the tests of the store share: waiting for Dones, and batches made by number whose traces can
// be checked after a crash.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "server/store.h"

namespace ipclab {

// Collects what Dones report. Must outlive the store that calls them.
class Reports {
 public:
  Store::Done Next() {
    return [this](absl::Status status) {
      const std::lock_guard lock(mutex_);
      statuses_.push_back(std::move(status));
      // Under the lock: once it is free the waiter may destroy this.
      changed_.notify_all();
    };
  }

  // Waits until count came; fewer after a minute.
  std::vector<absl::Status> Await(size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, std::chrono::system_clock::now() + std::chrono::minutes(1),
                        [&] { return statuses_.size() >= count; });
    return statuses_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<absl::Status> statuses_;  // guarded by mutex_
};

// Writes one batch and waits for it.
inline absl::Status WriteNow(Store& store, WriteBatch batch) {
  Reports reports;
  store.Write(std::move(batch), reports.Next());
  const std::vector<absl::Status> statuses = reports.Await(1);
  return statuses.empty() ? absl::DeadlineExceededError("no Done came") : statuses[0];
}

inline v1::Experiment MakeExperiment(const std::string& id, int64_t create_seconds = 0) {
  v1::Experiment experiment;
  experiment.set_name("experiments/" + id);
  experiment.set_uid("uid-of-" + id);
  experiment.set_state(v1::Experiment::READY);
  experiment.mutable_create_time()->set_seconds(create_seconds);
  return experiment;
}

// A result whose figures depend on the seed.
inline v1::Result MakeResult(int64_t seed) {
  v1::Result result;
  result.set_control_before_nanos(seed);
  v1::Latency& latency = *result.mutable_metrics()->add_latencies();
  latency.set_kind(v1::Latency::ROUND_TRIP);
  for (int i = 0; i < 300; ++i) {
    latency.mutable_histogram()->add_indexes(i * 7);
    latency.mutable_histogram()->add_counts(seed + int64_t{i} * i);
  }
  return result;
}

inline StoredIntent MakeIntent(const std::string& experiment, const std::string& name) {
  StoredIntent intent;
  intent.experiment = experiment;
  intent.name.set_kind(internal::IpcName::POSIX_SHM);
  intent.name.set_name(name);
  return intent;
}

inline const std::string kCounter = "counter";

// The number-th batch (from 1) leaves traces in every table and moves the counter to number, so
// that CountBatches can tell from what is there that it was applied wholly, or not at all.
inline WriteBatch NumberedBatch(int64_t number) {
  WriteBatch batch;
  const std::string id = std::to_string(number);
  v1::Experiment counter = MakeExperiment(kCounter);
  counter.set_step(number);
  batch.put_experiments.push_back(counter);
  for (const std::string& side : {"a" + id, "b" + id}) {
    v1::Experiment experiment = MakeExperiment(side, number);
    *experiment.mutable_result() = MakeResult(number);
    batch.put_experiments.push_back(experiment);
  }
  batch.put_requests.push_back({.request_id = "request-" + id,
                                .experiment = "experiments/a" + id,
                                .body_digest = "digest-" + id,
                                .response = "response-" + id});
  batch.put_intents.push_back(MakeIntent("experiments/a" + id, "/name-" + id));
  if (number > 1) {
    const std::string before = std::to_string(number - 1);
    batch.delete_experiments.push_back("experiments/b" + before);
    batch.delete_intents.push_back(MakeIntent("experiments/a" + before, "/name-" + before));
  }
  return batch;
}

// How many numbered batches the contents hold; -1 when one of them is there in part.
inline int64_t CountBatches(const StoreContents& contents) {
  if (contents.experiments.empty()) {
    return contents.requests.empty() && contents.intents.empty() ? 0 : -1;
  }
  const v1::Experiment& counter = contents.experiments[0];
  const int64_t count = counter.step();
  const std::string last = std::to_string(count);
  // The counter, a1 ... aN and bN, in the order of their times.
  if (counter.name() != "experiments/" + kCounter || count < 1) return -1;
  if (contents.experiments.size() != static_cast<size_t>(count) + 2) return -1;
  if (contents.requests.size() != static_cast<size_t>(count)) return -1;
  if (contents.intents.size() != 1 || contents.intents[0].name.name() != "/name-" + last) return -1;
  for (int64_t number = 1; number <= count; ++number) {
    const std::string id = std::to_string(number);
    const v1::Experiment& experiment = contents.experiments[static_cast<size_t>(number)];
    if (experiment.name() != "experiments/a" + id) return -1;
    if (experiment.result().SerializeAsString() != MakeResult(number).SerializeAsString())
      return -1;
    const StoredRequest& request = contents.requests[static_cast<size_t>(number) - 1];
    if (request.request_id != "request-" + id || request.response != "response-" + id) return -1;
  }
  return contents.experiments.back().name() == "experiments/b" + last ? count : -1;
}

}  // namespace ipclab
