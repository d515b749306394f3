// The known answers are what HdrHistogram's own libraries write for the same values.

#include <zlib.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/export/hdr_encoding.h"
#include "server/export/hdr_log.h"
#include "tests/server/export/sample.h"

namespace ipclab {
namespace {

using testing::ElementsAre;
using testing::StartsWith;

constexpr char kAfterLength[] =
    "00000000"           // normalizing offset
    "00000003"           // significant digits
    "0000000000000001"   // lowest
    "0000034630b8a000"   // highest
    "3ff0000000000000";  // ratio

// The counts in hexadecimal, after a header that must be right.
std::string CountsOf(const Values& values) {
  const std::string hex = absl::BytesToHexString(EncodeHdr(HistogramOf(values)));
  const std::string counts = hex.substr(std::min<size_t>(80, hex.size()));
  EXPECT_EQ(hex, absl::StrCat("1c849313", absl::Hex(counts.size() / 2, absl::kZeroPad8),
                              kAfterLength, counts));
  return counts;
}

TEST(HdrEncodingTest, WritesWhatTheLibrariesWrite) {
  EXPECT_EQ(CountsOf({{0, 1}}), "02");
  EXPECT_EQ(CountsOf({{5, 3}, {7, 1}, {2048, 70}, {1'000'000, 300}, {3'600'000'000'000, 1}}),
            "0906"
            "0002"      // a single zero is a count of 0; the Python library writes a run of one, 01
            "ef1f8c01"  // 2040 zeros, 70
            "bf8e01d804d3db0202");
}

TEST(HdrEncodingTest, NumbersTakeNineBytesAtMost) {
  EXPECT_EQ(CountsOf({{0, 63}}), "7e");
  EXPECT_EQ(CountsOf({{0, 64}}), "8001");
  EXPECT_EQ(CountsOf({{0, int64_t{1} << 55}}),
            "8080808080808080"
            "01");
  EXPECT_EQ(CountsOf({{0, (int64_t{1} << 62)}}), "808080808080808080");
}

TEST(HdrEncodingTest, AnEmptyOneHasTheFirstIndex) { EXPECT_EQ(CountsOf({}), "00"); }

TEST(HdrEncodingTest, WhatIsNoHistogramIsLeftOut) {
  v1::Histogram broken = HistogramOf({{5, 3}});
  broken.add_indexes(4);  // not ascending
  broken.add_counts(1);
  broken.add_indexes(HistogramLayout::kCounts);
  broken.add_counts(1);
  broken.add_indexes(9);  // without a count
  EXPECT_EQ(EncodeHdr(broken), EncodeHdr(HistogramOf({{5, 3}})));
}

TEST(HdrEncodingTest, TheLogHasItDeflatedInBase64) {
  const v1::Histogram histogram = HistogramOf({{5, 3}, {1'000'000, 300}});
  const std::string text = EncodeHdrForLog(histogram);
  EXPECT_THAT(text, StartsWith("HISTFAAA"));
  std::string bytes;
  ASSERT_TRUE(absl::Base64Unescape(text, &bytes));
  EXPECT_EQ(absl::BytesToHexString(bytes.substr(0, 8)),
            absl::StrCat("1c849314", absl::Hex(bytes.size() - 8, absl::kZeroPad8)));
  std::string plain(1000, '\0');
  uLongf size = plain.size();
  ASSERT_EQ(uncompress(reinterpret_cast<Bytef*>(plain.data()), &size,
                       reinterpret_cast<const Bytef*>(bytes.data() + 8), bytes.size() - 8),
            Z_OK);
  EXPECT_EQ(plain.substr(0, size), EncodeHdr(histogram));
}

TEST(HdrLogTest, HasALineForEachKindAndSaysWhatIsAbsent) {
  v1::Experiment experiment = EndedSample();
  *experiment.mutable_result()->mutable_stepped_metrics() = experiment.result().metrics();
  const std::string payload =
      EncodeHdrForLog(experiment.result().metrics().latencies(0).histogram());
  const std::vector<std::string> lines = absl::StrSplit(ExportHdrLog(experiment), '\n');
  EXPECT_THAT(
      lines,
      ElementsAre(
          StartsWith("#[Logged with ipclab "), "#[Histogram log format version 1.3]",
          "#[experiments/x-1a2b3c4d: pipe STREAM 64 bytes, values in ns]",
          "#[StartTime: 1769860800.007 (seconds since epoch), 2026-01-31T12:00:00Z]",
          "#[BaseTime: 1769860800.007 (seconds since epoch)]",
          R"("StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram")",
          "Tag=send_call,0.000,0.250,1.000," + payload,
          "#[one_way: no figures, messages are smaller than 16 bytes, \"too small\"]",
          "Tag=stepped_send_call,0.000,0.250,1.000," + payload,
          "#[stepped_one_way: no figures, messages are smaller than 16 bytes, \"too small\"]", ""));
}

}  // namespace
}  // namespace ipclab
