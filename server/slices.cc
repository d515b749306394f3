#include "server/slices.h"

#include <algorithm>
#include <array>
#include <utility>

#include "server/durations.h"

namespace ipclab {
namespace {

constexpr size_t kMostSlices = 600;
// So that a result stays a message that every client takes: a bucket is three to five bytes of it.
constexpr size_t kMostSliceBuckets = 100'000;
// So few are not made fewer, however wide they are.
constexpr size_t kFewestSlices = 20;
// Of slices that say something: fewer have no trend.
constexpr size_t kFewestTenths = 5;

}  // namespace

void Slices::Piece::Append(const Piece& next) {
  nanos += next.nanos;
  messages += next.messages;
  latencies.Merge(next.latencies);
}

void Slices::BeginLeg() {
  const int64_t begin = pieces_.empty() ? 0 : pieces_.back().begin_nanos + pieces_.back().nanos;
  leg_begin_ = pieces_.size();
  before_ = {.begin_nanos = begin, .nanos = 0, .messages = 0, .latencies = {}};
  stride_ = 1;
  samples_ = 0;
}

void Slices::Add(const Arrivals& arrivals) {
  if (arrivals.nanos <= before_.nanos || ++samples_ < stride_) return;
  samples_ = 0;
  Take(Since(arrivals));
}

void Slices::EndLeg(const Arrivals& arrivals) {
  if (arrivals.nanos <= before_.nanos) return;
  Piece rest = Since(arrivals);
  const bool has_sibling = pieces_.size() > leg_begin_;
  if (!has_sibling || rest.nanos >= pieces_.back().nanos / 2) return Take(std::move(rest));
  pieces_.back().Append(rest);
}

std::optional<stats::Drift> Slices::DriftOf(bool by_latency) const {
  if (pieces_.size() < kFewestTenths) return std::nullopt;
  std::array<Piece, 10> tenths;
  const int64_t all = pieces_.back().begin_nanos + pieces_.back().nanos;
  for (const Piece& piece : pieces_) {
    const double middle = static_cast<double>(piece.begin_nanos) + 0.5 * double(piece.nanos);
    const auto tenth = static_cast<size_t>(middle / static_cast<double>(all) * 10);
    tenths[std::min<size_t>(tenth, 9)].Append(piece);
  }
  std::vector<double> figures;
  for (const Piece& tenth : tenths) {
    if (tenth.messages == 0 || (by_latency && tenth.latencies.count == 0)) continue;
    figures.push_back(by_latency
                          ? static_cast<double>(tenth.latencies.ValueAtPercentile(50))
                          : static_cast<double>(tenth.nanos) / static_cast<double>(tenth.messages));
  }
  if (figures.size() < kFewestTenths) return std::nullopt;
  return stats::DriftOf(figures);
}

void Slices::AddTo(v1::Result& result) const {
  for (const Piece& piece : pieces_) {
    v1::Slice& slice = *result.add_slices();
    *slice.mutable_begin() = ToProto(absl::Nanoseconds(piece.begin_nanos));
    *slice.mutable_length() = ToProto(absl::Nanoseconds(piece.nanos));
    slice.set_messages(piece.messages);
    for (const auto& bucket : piece.latencies.buckets) {
      slice.mutable_histogram()->add_indexes(bucket.index);
      slice.mutable_histogram()->add_counts(bucket.count);
    }
  }
}

Slices::Piece Slices::Since(const Arrivals& arrivals) const {
  return {.begin_nanos = before_.begin_nanos + before_.nanos,
          .nanos = arrivals.nanos - before_.nanos,
          .messages = arrivals.messages - before_.messages,
          .latencies = Difference(arrivals.latencies, before_.latencies)};
}

void Slices::Take(Piece piece) {
  before_.Append(piece);
  pieces_.push_back(std::move(piece));
  HalveWhenFull();
}

bool Slices::IsFull() const {
  if (pieces_.size() > kMostSlices) return true;
  size_t buckets = 0;
  for (const Piece& piece : pieces_) buckets += piece.latencies.buckets.size();
  return buckets > kMostSliceBuckets && pieces_.size() > kFewestSlices;
}

// Two by two, but for the first of the newest leg, whose border stays.
void Slices::HalveWhenFull() {
  if (!IsFull()) return;
  std::vector<Piece> halved;
  size_t leg_begin = leg_begin_;
  for (size_t i = 0; i < pieces_.size(); ++i) {
    if (i == leg_begin_) leg_begin = halved.size();
    halved.push_back(std::move(pieces_[i]));
    if (i + 1 < pieces_.size() && i + 1 != leg_begin_) halved.back().Append(pieces_[++i]);
  }
  pieces_ = std::move(halved);
  leg_begin_ = leg_begin;
  stride_ *= 2;
}

HistogramSnapshot Difference(const HistogramSnapshot& now, const HistogramSnapshot& earlier) {
  HistogramSnapshot difference;
  auto before = earlier.buckets.begin();
  for (const auto& bucket : now.buckets) {
    while (before != earlier.buckets.end() && before->index < bucket.index) ++before;
    const bool had = before != earlier.buckets.end() && before->index == bucket.index;
    const int64_t count = bucket.count - (had ? before->count : 0);
    if (count <= 0) continue;
    difference.buckets.push_back({.index = bucket.index, .count = count});
    difference.count += count;
  }
  if (difference.buckets.empty()) return difference;
  const int64_t lowest = HistogramLayout::LowestAt(difference.buckets.front().index);
  const int64_t highest = HistogramLayout::HighestAt(difference.buckets.back().index);
  difference.min = std::max(lowest, now.min);
  difference.max = std::min(highest, now.max);
  return difference;
}

}  // namespace ipclab
