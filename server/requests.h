// What was answered to which request id: a request that comes again is not carried out again.
//
// Strand only. What is remembered here is also in the store, from where it comes back at a restart.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "ipclab/v1/experiment_service.pb.h"
#include "server/store.h"

namespace ipclab {

class Requests {
 public:
  using Reply = std::function<void(absl::StatusOr<v1::Experiment>)>;

  // The digest of a request without its id: two requests with one id must have the same.
  static std::string DigestOf(v1::CreateExperimentRequest request);

  void Restore(const std::vector<StoredRequest>& requests);

  // True when the request was seen before, and its reply was taken care of: with the answer of the
  // first, now or as soon as that is committed, or INVALID_ARGUMENT when the digests differ.
  // Otherwise it is remembered as begun.
  bool Join(const std::string& request_id, const std::string& digest, const Reply& reply);

  // The answer to a request that was begun. An error forgets it: it may be tried again.
  void Answer(const std::string& request_id, const absl::StatusOr<v1::Experiment>& answer);

  // Forgets those of a deleted experiment.
  void Forget(const std::string& experiment);

 private:
  struct Entry {
    std::string digest;
    std::string experiment;
    std::optional<v1::Experiment> answer;  // none yet: begun
    std::vector<Reply> waiting;
  };

  std::unordered_map<std::string, Entry> entries_;
};

}  // namespace ipclab
