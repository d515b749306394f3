// How often each principal may do something: a token bucket per name, in bounded memory.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <string>

#include "absl/time/time.h"

namespace ipclab {

// Thread safe.
class RateLimit {
 public:
  // So many a second on average, and burst at once after a quiet time: both more than 0.
  RateLimit(double per_second, int burst);

  // Takes one for this name at this time: how long to wait until there will be one, and zero when
  // it was taken. Times must not go back much: a bucket does not lose what it has.
  absl::Duration Take(const std::string& name, absl::Time now);

  // Names that are remembered: those that took some lately.
  size_t size() const;

 private:
  struct Bucket {
    double tokens;
    absl::Time filled;  // when tokens was right
  };

  void Fill(Bucket& bucket, absl::Time now) const;
  void ForgetFull(absl::Time now);

  const double per_second_;
  const double burst_;
  mutable std::mutex mutex_;  // guards buckets_
  std::map<std::string, Bucket> buckets_;
};

}  // namespace ipclab
