#include "server/export/hdr_encoding.h"

#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cstdint>

#include "absl/strings/escaping.h"
#include "common/histogram.h"

namespace ipclab {
namespace {

// The upper half byte is the word size, which V2 does not use and its decoders expect as 1.
constexpr uint32_t kCookie = 0x1c849303 | 0x10;
constexpr uint32_t kCompressedCookie = 0x1c849304 | 0x10;
constexpr int32_t kSignificantDigits = 3;
constexpr int64_t kLowest = 1;

template <class Number>
void AppendBigEndian(std::string& out, Number number) {
  for (int shift = 8 * sizeof(Number) - 8; shift >= 0; shift -= 8) {
    out += static_cast<char>(number >> shift);
  }
}

// ZigZag LEB128 as HdrHistogram has it: at most 9 bytes, the ninth of which has eight bits.
void AppendNumber(std::string& out, int64_t number) {
  uint64_t rest = (static_cast<uint64_t>(number) << 1) ^ static_cast<uint64_t>(number >> 63);
  for (int bytes = 1; rest >= 0x80 && bytes < 9; ++bytes) {
    out += static_cast<char>(rest | 0x80);
    rest >>= 7;
  }
  out += static_cast<char>(rest);
}

// One zero is a count of 0, several are minus their number.
void AppendZeros(std::string& out, int64_t zeros) {
  if (zeros > 0) AppendNumber(out, zeros == 1 ? 0 : -zeros);
}

std::string EncodeCounts(const v1::Histogram& histogram) {
  std::string out;
  int next = 0;
  for (int i = 0; i < std::min(histogram.indexes_size(), histogram.counts_size()); ++i) {
    const int index = histogram.indexes(i);
    if (index < next || index >= HistogramLayout::kCounts) continue;
    AppendZeros(out, index - next);
    AppendNumber(out, histogram.counts(i));
    next = index + 1;
  }
  // The libraries write index 0 of an empty one.
  if (next == 0) AppendZeros(out, 1);
  return out;
}

}  // namespace

std::string EncodeHdr(const v1::Histogram& histogram) {
  const std::string counts = EncodeCounts(histogram);
  std::string out;
  AppendBigEndian(out, kCookie);
  AppendBigEndian(out, static_cast<uint32_t>(counts.size()));
  AppendBigEndian(out, uint32_t{0});
  AppendBigEndian(out, kSignificantDigits);
  AppendBigEndian(out, kLowest);
  AppendBigEndian(out, HistogramLayout::kHighest);
  AppendBigEndian(out, std::bit_cast<uint64_t>(1.0));
  return out + counts;
}

std::string EncodeHdrForLog(const v1::Histogram& histogram) {
  const std::string plain = EncodeHdr(histogram);
  uLongf size = compressBound(plain.size());
  std::string deflated(size, '\0');
  // It fails only for want of memory, which ends the server anyway, or of room, of which there is
  // enough.
  compress(reinterpret_cast<Bytef*>(deflated.data()), &size,
           reinterpret_cast<const Bytef*>(plain.data()), plain.size());
  deflated.resize(size);
  std::string out;
  AppendBigEndian(out, kCompressedCookie);
  AppendBigEndian(out, static_cast<uint32_t>(deflated.size()));
  return absl::Base64Escape(out + deflated);
}

}  // namespace ipclab
