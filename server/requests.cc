#include "server/requests.h"

#include <openssl/sha.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "server/errors.h"

namespace ipclab {
namespace {

// Maps in an order of their own: the same request always gives the same bytes.
std::string Deterministic(const google::protobuf::MessageLite& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream output(&stream);
    output.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&output);
  }
  return bytes;
}

}  // namespace

std::string Requests::DigestOf(const google::protobuf::Message& request) {
  const std::string bytes =
      absl::StrCat(request.GetDescriptor()->full_name(), "\n", Deterministic(request));
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

void Requests::Restore(const std::vector<StoredRequest>& requests) {
  for (const StoredRequest& request : requests) {
    Entry& entry = entries_[request.request_id];
    entry.digest = request.body_digest;
    entry.experiment = request.experiment;
    entry.answer = request.response;
    Remember(request.request_id, entry);
  }
}

void Requests::Remember(const std::string& request_id, Entry& entry) {
  entry.number = next_number_++;
  answered_.emplace_back(entry.number, request_id);
  while (answered_.size() > size_t{kStoredRequests}) {
    const auto [number, id] = std::move(answered_.front());
    answered_.pop_front();
    const auto oldest = entries_.find(id);
    if (oldest != entries_.end() && oldest->second.number == number) entries_.erase(oldest);
  }
}

bool Requests::Join(const std::string& request_id, const std::string& digest, const Reply& reply) {
  const auto [found, is_new] = entries_.try_emplace(request_id);
  Entry& entry = found->second;
  if (is_new) {
    entry.digest = digest;
    return false;
  }
  if (entry.digest != digest) {
    reply(InvalidRequest({{"request_id",
                           "was used for another request; send a new UUID with each request, and "
                           "the same one only to repeat it"}}));
  } else if (entry.answer) {
    reply(*entry.answer);
  } else {
    entry.waiting.push_back(reply);
  }
  return true;
}

void Requests::Answer(const std::string& request_id, const std::string& experiment,
                      const absl::StatusOr<std::string>& answer) {
  const auto found = entries_.find(request_id);
  if (found == entries_.end()) return;
  const std::vector<Reply> waiting = std::exchange(found->second.waiting, {});
  if (answer.ok()) {
    found->second.experiment = experiment;
    found->second.answer = *answer;
    Remember(request_id, found->second);
  } else {
    entries_.erase(found);
  }
  for (const Reply& reply : waiting) reply(answer);
}

void Requests::Forget(const std::string& experiment) {
  std::erase_if(entries_, [&](const auto& each) { return each.second.experiment == experiment; });
}

}  // namespace ipclab
