// What was answered to which request id: a request that comes again is not carried out again.
//
// Strand only. What is remembered here is also in the store, from where it comes back at a restart.
// Answers are kept as bytes: the digest says which rpc they belong to. Of all answers the newest
// kStoredRequests are kept, here as there.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "server/store.h"

namespace ipclab {

class Requests {
 public:
  // Takes a serialized answer.
  using Reply = std::function<void(absl::StatusOr<std::string>)>;

  // A Reply that parses the answer.
  template <class Answer>
  static Reply Parsed(std::function<void(absl::StatusOr<Answer>)> reply) {
    return [reply = std::move(reply)](absl::StatusOr<std::string> bytes) {
      if (!bytes.ok()) return reply(bytes.status());
      Answer answer;
      if (answer.ParseFromString(*bytes)) return reply(std::move(answer));
      reply(absl::DataLossError("the answer that was kept for this request id is damaged"));
    };
  }

  // The digest of a request, its id included: two requests with one id must have the same.
  static std::string DigestOf(const google::protobuf::Message& request);

  void Restore(const std::vector<StoredRequest>& requests);

  // True when the request was seen before, and its reply was taken care of: with the answer of the
  // first, now or as soon as that is committed, or INVALID_ARGUMENT when the digests differ.
  // Otherwise it is remembered as begun.
  bool Join(const std::string& request_id, const std::string& digest, const Reply& reply);

  // The answer to a request that was begun, about this experiment. An error forgets it: it may be
  // tried again.
  void Answer(const std::string& request_id, const std::string& experiment,
              const absl::StatusOr<std::string>& answer);

  // Forgets those of a deleted experiment.
  void Forget(const std::string& experiment);

 private:
  struct Entry {
    std::string digest;
    std::string experiment;
    std::optional<std::string> answer;  // none yet: begun
    uint64_t number = 0;                // of the answer
    std::vector<Reply> waiting;
  };

  void Remember(const std::string& request_id, Entry& entry);

  std::unordered_map<std::string, Entry> entries_;
  std::deque<std::pair<uint64_t, std::string>> answered_;  // oldest first, some forgotten since
  uint64_t next_number_ = 1;
};

}  // namespace ipclab
