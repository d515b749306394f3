#include "server/recommend/digest_shelf.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace ipclab {

void DigestShelf::Restore(const StoreContents& contents, const Catalogue& catalogue) {
  std::set<std::string> kept;
  for (const Digest& digest : contents.digests) kept.insert(digest.experiment);
  for (const v1::Experiment& experiment : contents.experiments) {
    if (kept.count(experiment.name()) > 0) continue;
    if (auto digest = DigestOf(experiment, catalogue)) Add(*std::move(digest));
  }
  for (const Digest& digest : contents.digests) Add(digest);
}

void DigestShelf::Keep(const v1::Experiment& experiment, const Catalogue& catalogue,
                       WriteBatch& batch) {
  auto digest = DigestOf(experiment, catalogue);
  if (!digest) return;
  batch.put_digests.push_back(*digest);
  Add(*std::move(digest));
}

void DigestShelf::Add(Digest digest) {
  const auto same = [&digest](const Digest& each) { return each.SameKey(digest); };
  if (std::count_if(digests_.begin(), digests_.end(), same) >= kStoredDigestsOfAKey) {
    digests_.erase(std::find_if(digests_.begin(), digests_.end(), same));
  }
  digests_.push_back(std::move(digest));
  if (digests_.size() > kStoredDigests) digests_.pop_front();
}

}  // namespace ipclab
