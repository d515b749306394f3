#include "clients/cli/plot/pictures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "clients/cli/plot/labels.h"
#include "clients/cli/plot/page.h"

namespace ipclab::plot {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<std::string> Kinds(const std::vector<const Picture*>& pictures) {
  std::vector<std::string> kinds;
  for (const Picture* picture : pictures) kinds.emplace_back(picture->kind);
  return kinds;
}

// A thousand values, 1 us to 1 ms, evenly.
Item ThousandMicroseconds() {
  const auto histogram = std::make_unique<Histogram>();
  for (int i = 1; i <= 1000; ++i) histogram->Record(i * 1000);
  Item item;
  item.mechanism = "pipe";
  item.place = "a.json:1";
  item.p50 = 500'000;
  item.histogram = histogram->Snapshot();
  return item;
}

Results One(Item item) {
  Results results;
  results.items.push_back(std::move(item));
  LabelItems(results.items);
  return results;
}

TEST(PicturesNamedTest, InTheOrderOfThePageAndEachOnce) {
  EXPECT_THAT(Kinds(*PicturesNamed("heat,bars,heat")), ElementsAre("bars", "heat"));
  EXPECT_THAT(Kinds(*PicturesNamed("")), IsEmpty());
}

TEST(PicturesNamedTest, AnUnknownOneIsToldWithThoseThereAre) {
  EXPECT_EQ(PicturesNamed("heat,pie").status().message(),
            "--kind: \"pie\" is no picture: use bars, spectrum, ecdf, trials, series, heat, or "
            "several with commas");
}

TEST(ChoosePicturesTest, WithoutAWishAllThatTheItemsAreEnoughFor) {
  const auto chosen = ChoosePictures({}, One(ThousandMicroseconds()));
  EXPECT_THAT(Kinds(*chosen), ElementsAre("bars", "spectrum", "ecdf"));
}

TEST(ChoosePicturesTest, AWishThatCannotBeMetSaysWhatGivesIt) {
  const Results results = One(ThousandMicroseconds());
  EXPECT_EQ(ChoosePictures({&kHeat}, results).status().message(),
            "heat cannot be drawn: no item has slices of trials, which `ipclab measure --json` "
            "prints for trials of --duration 1s or more");
  EXPECT_EQ(ChoosePictures({&kTrials}, results).status().message(),
            "trials cannot be drawn: no item has results of single trials, which `ipclab measure "
            "--json --trials 10` prints");
  Item bare;
  bare.mechanism = "pipe";
  EXPECT_EQ(ChoosePictures({&kEcdf}, One(bare)).status().message(),
            "ecdf cannot be drawn: no item has a histogram of latencies, which `ipclab measure "
            "--json` prints for patterns that time messages");
  EXPECT_EQ(ChoosePictures({}, One(bare)).status().message(),
            "bars cannot be drawn: no item has a median latency or a rate, which `ipclab measure "
            "--json` prints for what was measured to its end");
}

TEST(ChoosePicturesTest, NothingMeasuredIsNothingToDraw) {
  EXPECT_EQ(ChoosePictures({}, {}).status().message(),
            "there is nothing to draw: no RESULT has a line; `ipclab measure --json` prints them");
  Results failed;
  failed.failures = {"a.json:1: no server"};
  EXPECT_EQ(ChoosePictures({&kBars}, failed).status().message(),
            "there is nothing to draw: what was to be measured failed: a.json:1: no server");
}

// The area of spectrum and ECDF is 652 pixels wide from 92 on.
TEST(SpectrumTest, KnownPercentilesAreAtTheirPlaces) {
  const Results results = One(ThousandMicroseconds());
  const Drawing drawing = kSpectrum.draw(ItemsFor(kSpectrum, results.items));
  // 1000 values: the axis ends at 99.9%, three nines; the last value is there, at the 1 ms that is
  // the upper end of the axis.
  EXPECT_THAT(drawing.content.str(), HasSubstr(">99.9%</text>"));
  EXPECT_THAT(drawing.content.str(),
              HasSubstr("<circle cx=\"744\" cy=\"54\" r=\"3\" class=\"f0\"><title>pipe: max 1.00 "
                        "ms</title>"));
  // 90% is a third of the way: there the line steps up to 901 us, 2.955 of 3 decades.
  EXPECT_THAT(drawing.content.str(), HasSubstr("L309.33 "));
}

TEST(EcdfTest, TheMedianIsHalfWayUp) {
  Item item = ThousandMicroseconds();
  item.histogram = {
      .count = 4,
      .min = 100,
      .max = 900,
      .buckets = {{HistogramLayout::IndexOf(100), 2}, {HistogramLayout::IndexOf(900), 2}}};
  const Results results = One(item);
  const Drawing drawing = kEcdf.draw(ItemsFor(kEcdf, results.items));
  // From 0 to 1 us in steps of 200 ns: 100 ns is a tenth of 652 pixels, 900 ns nine tenths; the
  // area is 320 high.
  const std::string text = drawing.content.str();
  const size_t path = text.find("<path d=\"M157.2 ");
  ASSERT_NE(path, std::string::npos) << text;
  double x = 0, bottom = 0, half = 0, right = 0, top = 0;
  ASSERT_EQ(std::sscanf(text.c_str() + path, "<path d=\"M%lf %lfL157.2 %lfL%lf %*fL%*f %lf", &x,
                        &bottom, &half, &right, &top),
            5);
  EXPECT_NEAR(bottom - half, 160, 0.1);
  EXPECT_NEAR(right, 92 + 0.9 * 652, 0.1);
  EXPECT_NEAR(bottom - top, 320, 0.1);
}

TEST(SeriesTest, AP99OfTooFewValuesIsAbsent) {
  Item item;
  item.mechanism = "pipe";
  item.results.resize(1);
  const auto histogram = std::make_unique<Histogram>();
  for (int i = 1; i <= 298; ++i) histogram->Record(1000 + i);
  item.results[0].slices = {{0, 1e8, histogram->Snapshot()}};
  const auto draws_p99 = [&item] {
    return absl::StrContains(kSeries.draw({&item}).content.str(), "\" class=\"line s1\"/>\n<path");
  };
  EXPECT_FALSE(draws_p99());
  histogram->Record(1500);
  item.results[0].slices = {{0, 1e8, histogram->Snapshot()}};
  EXPECT_TRUE(draws_p99());
}

// What the legend says of shades, from the darkest on.
std::vector<std::string> ShadesOf(const std::string& svg) {
  std::vector<std::string> shades;
  for (const absl::string_view line : absl::StrSplit(svg, '\n')) {
    const size_t end = line.rfind("</text>");
    const size_t begin = line.find('>') + 1;
    if (end == absl::string_view::npos || end < begin) continue;
    const absl::string_view text = line.substr(begin, end - begin);
    if (absl::StartsWith(text, "from ") || text == "fewer" || text == "1") {
      shades.emplace_back(text);
    }
  }
  return shades;
}

Item ASliceOf(const std::vector<int64_t>& counts) {
  const auto histogram = std::make_unique<Histogram>();
  int64_t value = 1000;
  for (const int64_t count : counts) {
    for (int64_t i = 0; i < count; ++i) histogram->Record(value);
    value *= 2;
  }
  Item item;
  item.mechanism = "pipe";
  item.results.resize(1);
  item.results[0].slices = {{0, 1e8, histogram->Snapshot()}};
  return item;
}

TEST(HeatTest, ShadesAreOfWholeMessagesAndEachIsSaidOnce) {
  const Item few = ASliceOf({1, 3, 2});
  EXPECT_THAT(ShadesOf(kHeat.draw({&few}).content.str()), ElementsAre("from 3", "from 2", "1"));
  const Item one = ASliceOf({1, 1});
  EXPECT_THAT(ShadesOf(kHeat.draw({&one}).content.str()), ElementsAre("1"));
  const Item many = ASliceOf({1, 512});
  EXPECT_THAT(ShadesOf(kHeat.draw({&many}).content.str()),
              ElementsAre("from 256", "from 128", "from 64", "from 32", "from 16", "from 8",
                          "from 4", "from 2", "1"));
}

TEST(SpectrumTest, CountsAreWholeAndLongNamesAreWrapped) {
  Item item = ASliceOf({95});
  item.histogram = item.results[0].slices[0].histogram;
  item.label = "shared_memory_ring 64 B, different cores, spin then block";
  const std::string text = kSpectrum.draw({&item}).content.str();
  EXPECT_THAT(text, AllOf(HasSubstr(">n = 95, max 1.00 us</text>"),
                          HasSubstr(">shared_memory_ring 64 B,</text>"),
                          HasSubstr(">different cores, spin then</text>"),
                          HasSubstr(">block</text>"), Not(HasSubstr("..."))));
}

TEST(TrialsTest, LeftOutOnesAreHollow) {
  Item item;
  item.mechanism = "pipe";
  item.results.resize(2);
  item.results[0].number = 1;
  item.results[0].p50 = 1000;
  item.results[1] = {.number = 2,
                     .used = false,
                     .why = "it <shifted>",
                     .p50 = 2000,
                     .messages_per_second = {},
                     .histogram = {},
                     .slices = {}};
  const std::string text = kTrials.draw({&item}).content.str();
  EXPECT_THAT(text, HasSubstr("class=\"f0 dot\"><title>trial 1: 1.00 us</title>"));
  EXPECT_THAT(text, HasSubstr("class=\"hollow s0\"><title>trial 2: 2.00 us, left out: it "
                              "&lt;shifted&gt;</title>"));
}

TEST(BarsTest, WithoutLatenciesItIsTheRate) {
  Item item;
  item.mechanism = "pipe";
  item.messages_per_second = 5e6;
  EXPECT_THAT(kBars.draw({&item}).content.str(),
              AllOf(HasSubstr(">messages per second</text>"), HasSubstr(">5.00 M/s</text>")));
}

Comparison To(const std::string& reference, const std::string& figure) {
  return {reference, figure, 0.987, Interval{0.9712, 1.0034}, "NO_DIFFERENCE_SHOWN"};
}

TEST(BarsTest, AVerdictNamesItsFigureAndTheBoundsOfTheRatioAndIsNotCut) {
  Item item;
  item.mechanism = "tcp";
  item.p50 = 5;
  for (const auto& [key, name] : {std::pair{"p99", "p99"},
                                  {"messagesPerSecond", "rate"},
                                  {"cpuNanosPerMessage", "CPU time"}}) {
    item.comparison = To("pipe 64 B", key);
    const std::string text = kBars.draw({&item}).content.str();
    EXPECT_THAT(text, HasSubstr(">0.987 x [0.971, 1.00]</text>"));
    EXPECT_THAT(text, HasSubstr(absl::StrCat(">", name, ": no difference shown</text>")));
  }
}

TEST(BarsTest, ALongNameOfARowIsWrapped) {
  Item item;
  item.label = "shared_memory_ring 64 B, spin then block, capacity 4096";
  item.p50 = 5;
  EXPECT_THAT(kBars.draw({&item}).content.str(),
              AllOf(HasSubstr(">shared_memory_ring 64 B, spin</text>"),
                    HasSubstr(">then block, capacity 4096</text>")));
}

TEST(BarsTest, ALongReferenceIsWrapped) {
  Item item;
  item.mechanism = "tcp";
  item.p50 = 5;
  item.comparison = To("shared_memory_ring 64 B, spin then block", "p50");
  EXPECT_THAT(kBars.draw({&item}).content.str(),
              AllOf(HasSubstr(">against shared_memory_ring 64</text>"),
                    HasSubstr(">B, spin then block</text>")));
}

TEST(PageTest, TextFromFilesCannotBreakOut) {
  Item item = ThousandMicroseconds();
  item.mechanism = "</text><script>alert(1)</script>";
  item.warnings = {"<b>"};
  item.host = Host{"</desc>", "\"&'", 2, false, "", ""};
  item.error = "<![CDATA[";
  const Results results = One(item);
  const std::string page = Page(results, {&kBars, &kSpectrum, &kEcdf});
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, Not(HasSubstr("<b>")));
  EXPECT_THAT(page, Not(HasSubstr("<![CDATA[")));
  EXPECT_THAT(page, HasSubstr("Linux &lt;/desc&gt;, &quot;&amp;&#39;"));
}

TEST(PageTest, ItemsThatAPictureCannotShowAreNamed) {
  Results results = One(ThousandMicroseconds());
  Item bare;
  bare.mechanism = "tcp";
  bare.p50 = 5;
  results.items.push_back(bare);
  LabelItems(results.items);
  EXPECT_THAT(Page(results, {&kSpectrum}), HasSubstr("Not here: tcp, without a histogram"));
}

TEST(PageTest, TheSameDataMakesTheSameBytes) {
  const Results results = One(ThousandMicroseconds());
  EXPECT_EQ(Page(results, {&kBars, &kSpectrum}), Page(results, {&kBars, &kSpectrum}));
}

}  // namespace
}  // namespace ipclab::plot
