#include "clients/cli/plot/read_results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/cli/plot/labels.h"
#include "tests/support/temporary_folder.h"

namespace ipclab::plot {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

std::string Error(const std::string& line) {
  Results results;
  return std::string(ReadLine("r.json:7", line, results).message());
}

Item Only(const std::string& line) {
  Results results;
  const absl::Status status = ReadLine("r.json:1", line, results);
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(results.items.size(), 1);
  return results.items.empty() ? Item{} : results.items.front();
}

TEST(ReadLineTest, ReadsWhatAPictureIsDrawnOf) {
  const Item item = Only(
      R"({"mechanism":"pipe","messageBytes":64,"pattern":"ROUND_TRIP","trials":2,
          "latencyKind":"ROUND_TRIP","latencyNanos":{"count":10,"p50":3900,"p99":null},
          "cpuNanosPerMessage":11.5,"seed":"123","intervals":{"p50":[3800,4000]},
          "environment":{"kernel":"6.1","cpuModel":"C","cpus":2,"virtualMachine":true,"hostClass":"7f31"},
          "options":{"capacity":4096,"packets":true,"mode":"a"},
          "warnings":["SAME_CPU"],
          "comparison":{"to":"tcp 64 B","figure":"p99","ratio":0.5,"ratioInterval":[0.4,0.6],
                        "verdict":"FASTER"},
          "trialResults":[{"trial":3,"used":false,"why":"it shifted","p50":4000,
            "slices":[{"beginNanos":0,"lengthNanos":100000000,
                       "histogram":{"indexes":[5,2000],"counts":[1,2]}}]}]})");
  EXPECT_EQ(item.mechanism, "pipe");
  EXPECT_EQ(item.message_bytes, 64);
  EXPECT_EQ(item.p50, 3900);
  EXPECT_EQ(item.p99, std::nullopt);
  EXPECT_EQ(item.cpu_nanos_per_message, 11.5);
  EXPECT_EQ(item.seed, "123");
  EXPECT_EQ(item.intervals, (Intervals{{"p50", {3800, 4000}}}));
  EXPECT_EQ(item.host, (Host{"6.1", "C", 2, true, "", "7f31"}));
  EXPECT_EQ(item.options, (std::map<std::string, std::string>{
                              {"capacity", "4096"}, {"mode", "a"}, {"packets", "true"}}));
  EXPECT_THAT(item.warnings, ElementsAre("SAME_CPU"));
  EXPECT_EQ(item.comparison, (Comparison{"tcp 64 B", "p99", 0.5, Interval{0.4, 0.6}, "FASTER"}));
  ASSERT_EQ(item.results.size(), 1);
  const TrialResult& trial = item.results.front();
  EXPECT_EQ(trial.number, 3);
  EXPECT_FALSE(trial.used);
  EXPECT_EQ(trial.why, "it shifted");
  ASSERT_EQ(trial.slices.size(), 1);
  EXPECT_EQ(trial.slices[0].histogram.count, 3);
  EXPECT_EQ(trial.slices[0].histogram.min, 5);
  EXPECT_EQ(trial.slices[0].histogram.max, 2000);
}

TEST(ReadLineTest, WhatIsAbsentOrNullIsAbsent) {
  const Item item = Only(R"({"mechanism":"pipe","messageBytes":null,"trialResults":null})");
  EXPECT_EQ(item.message_bytes, std::nullopt);
  EXPECT_EQ(item.host, std::nullopt);
  EXPECT_EQ(item.histogram.count, 0);
  EXPECT_THAT(item.results, IsEmpty());
}

TEST(ReadLineTest, NumbersMayBeTextsAsProtoJsonWritesThem) {
  EXPECT_EQ(Only(R"({"mechanism":"pipe","messageBytes":"4096"})").message_bytes, 4096);
}

TEST(ReadLineTest, FieldsOfOtherVersionsArePassedOver) {
  EXPECT_EQ(Only(R"({"mechanism":"pipe","later":{"a":[1]}})").mechanism, "pipe");
}

TEST(ReadLineTest, TrialsThatCountArePooledWhereTheItemHasNoHistogram) {
  const Item item = Only(
      R"({"mechanism":"pipe","trialResults":[
          {"used":true,"histogram":{"indexes":[10],"counts":[4]}},
          {"used":false,"histogram":{"indexes":[11],"counts":[1]}},
          {"histogram":{"indexes":[12],"counts":[5]}}]})");
  EXPECT_EQ(item.histogram.count, 9);
  EXPECT_EQ(item.histogram.max, 12);
}

TEST(ReadLineTest, ALineThatOnlyTellsAFailureIsKeptAsOne) {
  Results results;
  ASSERT_TRUE(ReadLine("r:1", R"({"error":{"message":"no server"}})", results).ok());
  EXPECT_THAT(results.items, IsEmpty());
  EXPECT_THAT(results.failures, ElementsAre("r:1: no server"));
}

TEST(ReadLineTest, EmptyLinesAreNothing) {
  Results results;
  EXPECT_TRUE(ReadLine("r:1", "  \r", results).ok());
  EXPECT_THAT(results.items, IsEmpty());
}

TEST(ReadLineTest, AKneeIsNoItem) {
  Results results;
  EXPECT_TRUE(ReadLine("r:1", R"({"knee":{"mechanism":"pipe","p99":5}})", results).ok());
  EXPECT_THAT(results.items, IsEmpty());
  EXPECT_EQ(Error(R"({"knee":5})"), "r.json:7: knee is no object");
}

TEST(ReadLineTest, ErrorsSayWhereAndWhat) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"not json",
       "this line is no JSON object; RESULT is a file of what `ipclab measure --json` "
       "printed"},
      {"[1]",
       "this line is no JSON object; RESULT is a file of what `ipclab measure --json` "
       "printed"},
      {"{}",
       "this object has no \"mechanism\"; RESULT is a file of what `ipclab measure --json` "
       "printed"},
      {R"({"mechanism":5})", "mechanism is no text"},
      {R"({"mechanism":"a","warnings":"x"})", "warnings is no list"},
      {R"({"mechanism":"a","warnings":[1]})", "warnings is no list of texts"},
      {R"({"mechanism":"a","latencyNanos":{"p50":"x"}})", "latencyNanos.p50 is no number"},
      {R"({"mechanism":"a","latencyNanos":{"p50":1e300}})",
       "latencyNanos.p50 is too great a number"},
      {R"({"mechanism":"a","latencyNanos":[]})", "latencyNanos is no object"},
      {R"({"mechanism":"a","latencyNanos":{"p50":-1}})", "latencyNanos.p50 is below 0"},
      {R"({"mechanism":"a","latencyNanos":{"p999":-1}})", "latencyNanos.p999 is below 0"},
      {R"({"mechanism":"a","trialResults":[{"p50":-1}]})", "trialResults[0].p50 is below 0"},
      {R"({"mechanism":"a","options":{"b":[]}})", "options.b is neither a text nor a number"},
      {R"({"mechanism":"a","trials":-1})", "trials is no count"},
      {R"({"mechanism":"a","trials":1.5})", "trials is no count"},
      {R"({"mechanism":"a","trialResults":[1]})", "trialResults[0] is no object"},
      {R"({"mechanism":"a","trialResults":[{"used":1}]})",
       "trialResults[0].used is neither true nor false"},
      {R"({"mechanism":"a","intervals":{"p50":[2,1]}})",
       "intervals.p50 is no interval [low, high]"},
      {R"({"mechanism":"a","comparison":{"ratioInterval":[1]}})",
       "comparison.ratioInterval is no interval [low, high]"},
      {R"({"mechanism":"a","histogram":{"indexes":[1],"counts":[]}})",
       "histogram.counts are not as many as indexes"},
      {R"({"mechanism":"a","histogram":{"indexes":[2,2],"counts":[1,1]}})",
       "histogram.indexes are not those of a histogram's buckets"},
      {R"({"mechanism":"a","histogram":{"indexes":[99999999],"counts":[1]}})",
       "histogram.indexes are not those of a histogram's buckets"},
      {R"({"mechanism":"a","histogram":{"indexes":[1,2],"counts":[1e15,1]}})",
       "histogram.counts are too many"},
      {R"({"mechanism":"a","trialResults":[{"slices":[{"beginNanos":0}]}]})",
       "trialResults[0].slices[0].lengthNanos is no length"},
      {R"({"mechanism":"a","trialResults":[{"slices":[{"beginNanos":-1,"lengthNanos":1}]}]})",
       "trialResults[0].slices[0].beginNanos is before the trial"},
  };
  for (const auto& [line, error] : cases) {
    EXPECT_EQ(Error(line), absl::StrCat("r.json:7: ", error)) << line;
  }
}

TEST(ReadResultsTest, ErrorsNameTheLineOfTheFile) {
  const TemporaryFolder folder;
  folder.Write("a", "{\"mechanism\":\"pipe\"}\n\n{\"mechanism\":\"tcp\"}\n");
  folder.Write("b", "{\"mechanism\":\"pipe\"}\n\n{");
  const auto read = ReadResults({folder / "a"});
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(read->items.size(), 2);
  EXPECT_EQ(read->items[1].place, absl::StrCat(folder / "a", ":3"));
  EXPECT_THAT(std::string(ReadResults({folder / "a", folder / "b"}).status().message()),
              StartsWith(absl::StrCat(folder / "b", ":3: this line is no JSON object")));
}

// As `ipclab measure pipe --knee --json` prints them.
TEST(ReadResultsTest, ItemsOfASweepAreToldApartByTheirRates) {
  const TemporaryFolder folder;
  folder.Write(
      "knee",
      R"({"mechanism":"pipe","messageBytes":64,"latencyNanos":{"p50":9000},"load":{"perSecond":5000,"arrivals":"POISSON"}}
{"mechanism":"pipe","messageBytes":64,"latencyNanos":{"p50":9100},"load":{"perSecond":12345.678,"arrivals":"POISSON"}}
{"knee":{"mechanism":"pipe","messageBytes":64,"capacityPerSecond":20000,"offeredPerSecond":null}}
)");
  auto read = ReadResults({folder / "knee"});
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(read->items.size(), 2);
  LabelItems(read->items);
  EXPECT_EQ(read->items[0].label, "pipe 64 B, 5 k/s");
  EXPECT_EQ(read->items[1].label, "pipe 64 B, 12.35 k/s");
}

TEST(ReadResultsTest, FilesThatCannotBeReadAreNamed) {
  const TemporaryFolder folder;
  EXPECT_THAT(std::string(ReadResults({folder / "none"}).status().message()),
              AllOf(HasSubstr(folder / "none"), HasSubstr("No such file")));
  EXPECT_THAT(std::string(ReadResults({folder.path()}).status().message()),
              AllOf(HasSubstr(folder.path()), HasSubstr("Is a directory")));
}

}  // namespace
}  // namespace ipclab::plot
