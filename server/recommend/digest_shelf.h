// What this server has measured, newest last: digests that outlive their experiments, a bounded
// number of each kind. Strand only.
#pragma once

#include <deque>

#include "server/catalogue.h"
#include "server/recommend/digest.h"
#include "server/store.h"

namespace ipclab {

class DigestShelf {
 public:
  // Takes over what the store has kept. Experiments that ended before the store kept digests are
  // taken in as older than all of it.
  void Restore(const StoreContents& contents, const Catalogue& catalogue);

  // Takes in what an experiment that has ended measured, if that is worth it, and adds it to what
  // is committed with its end.
  void Keep(const v1::Experiment& experiment, const Catalogue& catalogue, WriteBatch& batch);

  const std::deque<Digest>& digests() const { return digests_; }

 private:
  // Drops the oldest of the same key, or of all, where there would be too many.
  void Add(Digest digest);

  std::deque<Digest> digests_;
};

}  // namespace ipclab
