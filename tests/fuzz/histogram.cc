// Histograms of any values: merging two is recording all, and percentiles stay within the values.

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "common/histogram.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using ipclab::Histogram;
  static const auto pooled = std::make_unique<Histogram>();
  static const auto first = std::make_unique<Histogram>();
  static const auto second = std::make_unique<Histogram>();
  for (Histogram* const each : {pooled.get(), first.get(), second.get()}) each->Clear();
  for (size_t at = 0; at + sizeof(int64_t) <= size; at += sizeof(int64_t)) {
    int64_t value;
    std::memcpy(&value, data + at, sizeof value);
    pooled->Record(value);
    (at % 16 == 0 ? first : second)->Record(value);
  }
  auto merged = first->Snapshot();
  merged.Merge(second->Snapshot());
  if (merged != pooled->Snapshot()) std::abort();
  for (const double percent : {0.0, 50.0, 99.0, 99.99, 100.0}) {
    const int64_t value = merged.ValueAtPercentile(percent);
    if (merged.count > 0 && (value < merged.min || value > merged.max)) std::abort();
  }
  return 0;
}
