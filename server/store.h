// What survives the server: experiments, results with their histograms, answered requests, intents
// for IPC names and digests of what was measured, in SQLite (WAL) with a thread of its own.
//
// Opening and loading are blocking and happen before the server serves. After that Write hands a
// batch to the storage thread; batches are applied in order, each all or nothing and synced to disk
// (synchronous = FULL) before it is reported, and several waiting ones may share a sync.
//
// Threads: Write and instance() from any. What waits is bounded by the callers: each rpc waits for
// its own batch before it answers, and experiments are limited in number.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ipclab/internal/control.pb.h"
#include "ipclab/v1/experiment.pb.h"
#include "server/recommend/digest.h"

namespace ipclab {

// Of all requests ever written the newest this many are kept; fewer when experiments were deleted.
inline constexpr int kStoredRequests = 10'000;

// Likewise of digests: the newest of each key, and of all.
inline constexpr int kStoredDigestsOfAKey = 10;
inline constexpr int kStoredDigests = 2000;

// An answer that must be given again to the same request id.
struct StoredRequest {
  std::string request_id = {};
  std::string experiment = {};   // resource name; it must be there or in put_experiments
  std::string body_digest = {};  // another digest, another request
  std::string response = {};     // serialized
};

// Something the lab may have created and must remove.
struct StoredIntent {
  std::string experiment = {};  // its resource name
  internal::IpcName name = {};
};

// Everything that is to be changed together. Deletes come first, so that a name may be deleted and
// put anew in one batch; to delete what is not there is no error.
struct WriteBatch {
  // By resource name; result and requests go with it.
  std::vector<std::string> delete_experiments = {};

  // By kind and name.
  std::vector<StoredIntent> delete_intents = {};

  // Inserted or replaced. One without a result leaves a former result as it is.
  std::vector<v1::Experiment> put_experiments = {};

  // Inserted or replaced. They go with their experiments.
  std::vector<StoredRequest> put_requests = {};

  // Inserted or replaced.
  std::vector<StoredIntent> put_intents = {};

  // Inserted. They stay when their experiments go.
  std::vector<Digest> put_digests = {};
};

// Everything that was there at start.
struct StoreContents {
  std::vector<v1::Experiment> experiments;  // by create time, then as written; results included
  std::vector<StoredRequest> requests;
  std::vector<StoredIntent> intents;
  std::vector<Digest> digests;  // the oldest first
};

class Store {
 public:
  using Done = std::function<void(absl::Status)>;

  // Opens or creates the database file, mode 0600, brings its schema up to date and reads it.
  // ":memory:" keeps nothing. DATA_LOSS when the file is damaged: it is set aside under another
  // name, which the message says, and never silently replaced (the next Open starts afresh).
  // FAILED_PRECONDITION when it was written by a newer version.
  static absl::StatusOr<std::unique_ptr<Store>> Open(const std::string& path);

  // Writes what is still waiting, then closes. Every Done is called before it returns, so a Done
  // must not destroy the store.
  virtual ~Store() = default;

  // A value that never changes for this database: the instance tag, made at its creation.
  virtual const std::string& instance() const = 0;

  // What was there at Open. Once, before the first Write; FAILED_PRECONDITION the second time.
  virtual absl::StatusOr<StoreContents> Load() = 0;

  // Applies the batch and calls done on the storage thread: OK once it is on disk. A failed batch
  // changes nothing, and the next is tried as if nothing had happened: RESOURCE_EXHAUSTED when the
  // disk is full, otherwise as SqliteStatus in server/storage/sqlite.h. Never blocks.
  //
  // Dones are called in the order of Write, with no lock held. One must not block, since all that
  // waits would wait with it; it may call Write.
  virtual void Write(WriteBatch batch, Done done) = 0;
};

}  // namespace ipclab
