#include "server/security/rate_limit.h"

#include <algorithm>

namespace ipclab {
namespace {

// More names than tokens can be in use at once come only from lists of tokens that change often.
constexpr size_t kMaxBuckets = 1024;

}  // namespace

RateLimit::RateLimit(double per_second, int burst)
    : per_second_(per_second), burst_(static_cast<double>(burst)) {}

absl::Duration RateLimit::Take(const std::string& name, absl::Time now) {
  const std::lock_guard lock(mutex_);
  if (buckets_.size() >= kMaxBuckets && !buckets_.contains(name)) ForgetFull(now);
  Bucket& bucket = buckets_.try_emplace(name, Bucket{burst_, now}).first->second;
  Fill(bucket, now);
  if (bucket.tokens >= 1) {
    bucket.tokens -= 1;
    return absl::ZeroDuration();
  }
  return absl::Seconds((1 - bucket.tokens) / per_second_);
}

size_t RateLimit::size() const {
  const std::lock_guard lock(mutex_);
  return buckets_.size();
}

void RateLimit::Fill(Bucket& bucket, absl::Time now) const {
  // A clock that was set back must not keep a bucket from filling until it has caught up.
  const double seconds = std::max(0.0, absl::ToDoubleSeconds(now - bucket.filled));
  bucket.tokens = std::min(burst_, bucket.tokens + seconds * per_second_);
  bucket.filled = now;
}

// A full bucket is as good as none. Where none is full, the fullest goes: its owner gains the
// least.
void RateLimit::ForgetFull(absl::Time now) {
  for (auto& [name, bucket] : buckets_) Fill(bucket, now);
  std::erase_if(buckets_, [&](const auto& each) { return each.second.tokens >= burst_; });
  if (buckets_.size() < kMaxBuckets) return;
  buckets_.erase(std::max_element(buckets_.begin(), buckets_.end(), [](auto& a, auto& b) {
    return a.second.tokens < b.second.tokens;
  }));
}

}  // namespace ipclab
