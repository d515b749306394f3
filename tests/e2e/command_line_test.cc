// The command line as scripts use it: a real ipclab against a real server, or its private one.

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/command_line.h"
#include "tests/support/lab_server.h"

namespace ipclab {
namespace {

using ::testing::HasSubstr;

std::vector<std::string> Short(std::vector<std::string> mechanisms) {
  mechanisms.insert(mechanisms.begin(), "measure");
  for (const char* word : {"--trials", "2", "--messages", "500", "--json"}) {
    mechanisms.emplace_back(word);
  }
  return mechanisms;
}

TEST(CommandLineTest, AMeasureLineHasThePromisedKeysInOrder) {
  const LabServer server;
  const Ran ran = Ipclab(server, Short({"pipe", "--bytes", "64"}));
  ASSERT_EQ(ran.exit_code, 0) << ran.complaints;
  ASSERT_EQ(ran.lines.size(), 1u);
  size_t at = 0;
  for (const char* key : {"mechanism",
                          "messageBytes",
                          "pattern",
                          "placement",
                          "wait",
                          "trials",
                          "latencyNanos",
                          "count",
                          "min",
                          "p50",
                          "p90",
                          "p99",
                          "p999",
                          "max",
                          "messagesPerSecond",
                          "bytesPerSecond",
                          "cpuNanosPerMessage",
                          "lost",
                          "controlNanos",
                          "warnings",
                          "environment"}) {
    const size_t found = ran.lines[0].find("\"" + std::string(key) + "\":", at);
    ASSERT_NE(found, std::string::npos) << key << " in " << ran.lines[0];
    at = found;
  }
  const auto object = Json(ran.lines[0]);
  EXPECT_EQ(object.fields().at("mechanism").string_value(), "pipe");
  EXPECT_EQ(object.fields().at("pattern").string_value(), "ROUND_TRIP");
  EXPECT_EQ(object.fields().at("wait").string_value(), "BLOCK");
  const auto& latency = object.fields().at("latencyNanos").struct_value().fields();
  EXPECT_EQ(latency.at("count").number_value(), 1000);
  EXPECT_GT(latency.at("p50").number_value(), 0);
  EXPECT_EQ(server.client().Info()->experiments(), 0) << "it deletes what it created";
}

TEST(CommandLineTest, OneLineForEachMechanismAndSize) {
  const LabServer server;
  const Ran ran = Ipclab(
      server, Short({"pipe", "null", "--bytes", "64,4096", "--pattern", "stream", "--verify"}));
  ASSERT_EQ(ran.exit_code, 0) << ran.complaints;
  ASSERT_EQ(ran.lines.size(), 4u);
  for (const std::string& line : ran.lines) {
    EXPECT_EQ(Json(line).fields().at("pattern").string_value(), "STREAM");
    EXPECT_EQ(Json(line).fields().at("lost").number_value(), 0);
  }
}

TEST(CommandLineTest, SizesDoubleInARangeAndWaysToWaitAreAList) {
  const LabServer server;
  const Ran ran =
      Ipclab(server, Short({"pipe", "--bytes", "64..256", "--wait", "block,spin,spin_then_block"}));
  ASSERT_EQ(ran.exit_code, 0) << ran.complaints;
  std::vector<std::string> seen;
  for (const std::string& line : ran.lines) {
    const auto object = Json(line);
    seen.push_back(absl::StrCat(object.fields().at("messageBytes").number_value(), " ",
                                object.fields().at("wait").string_value()));
  }
  EXPECT_THAT(seen, ::testing::ElementsAre("64 BLOCK", "64 SPIN", "64 SPIN_THEN_BLOCK", "128 BLOCK",
                                           "128 SPIN", "128 SPIN_THEN_BLOCK", "256 BLOCK",
                                           "256 SPIN", "256 SPIN_THEN_BLOCK"));
}

// Available or not, each mechanism is accounted for, and nothing fails.
TEST(CommandLineTest, AllIsEveryMechanismInThePatternThatItCarriesFirst) {
  const LabServer server;
  const Ran listed = Ipclab(server, {"mechanisms", "--json"});
  const Ran ran = Ipclab(server, {"measure", "--all", "--trials", "1", "--messages", "200",
                                  "--warm-up", "10", "--json"});
  EXPECT_EQ(ran.exit_code, 0) << ran.complaints;
  std::map<std::string, std::vector<std::string>> patterns;
  for (const std::string& line : ran.lines) {
    const auto measured = Json(line);
    patterns[measured.fields().at("mechanism").string_value()].push_back(
        measured.fields().at("pattern").string_value());
  }
  for (const std::string& line : listed.lines) {
    const auto mechanism = Json(line);
    const std::string id = mechanism.fields().at("id").string_value();
    if (mechanism.fields().at("available").bool_value()) {
      const auto& carried = mechanism.fields().at("patterns").list_value();
      EXPECT_THAT(patterns[id], ::testing::ElementsAre(carried.values(0).string_value())) << id;
    } else {
      EXPECT_THAT(patterns[id], ::testing::IsEmpty()) << id;
      EXPECT_THAT(ran.complaints, HasSubstr("left out " + id + ": "));
    }
  }
  EXPECT_EQ(server.client().Info()->experiments(), 0);
}

TEST(CommandLineTest, WhatAnOptionLetsBeLostIsAFigureAndNoFailure) {
  const LabServer server;
  const Ran ran = Ipclab(
      server, {"measure", "broadcast_ring", "--pattern", "broadcast", "--receivers", "2",
               "--option", "lagging=drop_oldest", "--option", "slots=2", "--wait", "spin",
               "--placement", "same_cpu", "--messages", "100000", "--trials", "1", "--json"});
  EXPECT_EQ(ran.exit_code, 0) << ran.complaints;
  ASSERT_EQ(ran.lines.size(), 1u);
  EXPECT_GT(Json(ran.lines[0]).fields().at("lost").number_value(), 0);
}

TEST(CommandLineTest, AnOpenLoopSaysWhatWasOffered) {
  const LabServer server;
  const Ran ran = Ipclab(server, {"measure", "pipe", "--pattern", "fan_in", "--senders", "3",
                                  "--rate", "2k", "--arrivals", "poisson", "--seed", "7",
                                  "--messages", "100", "--trials", "1", "--json"});
  EXPECT_EQ(ran.exit_code, 0) << ran.complaints;
  ASSERT_EQ(ran.lines.size(), 1u);
  const auto measured = Json(ran.lines[0]);
  EXPECT_EQ(measured.fields().at("latencyKind").string_value(), "ONE_WAY");
  EXPECT_EQ(measured.fields().at("senders").number_value(), 3);
  const auto& load = measured.fields().at("load").struct_value();
  EXPECT_EQ(load.fields().at("perSecond").number_value(), 2000);
  EXPECT_EQ(load.fields().at("seed").number_value(), 7);
}

TEST(CommandLineTest, ComparedItemsHaveAVerdictAndTheirTrials) {
  const LabServer server;
  const Ran ran = Ipclab(server, {"measure", "pipe", "unix_stream", "--compare", "--trials", "5",
                                  "--messages", "300", "--seed", "7", "--json"});
  EXPECT_EQ(ran.exit_code, 0) << ran.complaints;
  ASSERT_EQ(ran.lines.size(), 2u);
  EXPECT_EQ(Field(ran.lines[0], "seed"), "7");
  EXPECT_FALSE(Json(ran.lines[0]).fields().contains("comparison"));
  const auto compared = Json(ran.lines[1]);
  const auto& comparison = compared.fields().at("comparison").struct_value();
  EXPECT_EQ(comparison.fields().at("to").string_value(), "pipe 64 B");
  EXPECT_GT(comparison.fields().at("ratio").number_value(), 0);
  EXPECT_THAT(comparison.fields().at("verdict").string_value(),
              ::testing::Not(::testing::IsEmpty()));
  EXPECT_GT(compared.fields().at("floorNanos").number_value(), 0);
  const auto& trials = compared.fields().at("trialResults").list_value();
  ASSERT_GE(trials.values_size(), 5);
  EXPECT_EQ(trials.values(0).struct_value().fields().at("count").number_value(), 300);
}

TEST(CommandLineTest, ASweepEndsWithItsKnee) {
  const LabServer server;
  const Ran ran = Ipclab(
      server, {"measure", "pipe", "--knee", "--trials", "1", "--duration", "100ms", "--json"});
  EXPECT_EQ(ran.exit_code, 0) << ran.complaints;
  ASSERT_EQ(ran.lines.size(), 13u);
  EXPECT_FALSE(Json(ran.lines[0]).fields().contains("load")) << "as many as go";
  const auto first = Json(ran.lines[1]);
  EXPECT_GT(first.fields().at("load").struct_value().fields().at("perSecond").number_value(), 0);
  const auto last = Json(ran.lines.back());
  const auto& knee = last.fields().at("knee").struct_value();
  EXPECT_GT(knee.fields().at("capacityPerSecond").number_value(), 0);
  EXPECT_TRUE(knee.fields().contains("offeredPerSecond"));
}

TEST(CommandLineTest, WhatGoesWithNothingThatIsMeasuredIsUsage) {
  const LabServer server;
  for (const std::vector<std::string>& wrong :
       {std::vector<std::string>{"--workers", "3"}, {"--by", "rate"}, {"--senders", "65"}}) {
    std::vector<std::string> words = {"measure", "pipe"};
    words.insert(words.end(), wrong.begin(), wrong.end());
    const Ran ran = Ipclab(server, words);
    EXPECT_EQ(ran.exit_code, 2) << wrong[0];
    EXPECT_THAT(ran.complaints, HasSubstr(wrong[0]));
    EXPECT_TRUE(ran.lines.empty());
  }
}

TEST(CommandLineTest, WithoutAServerItStartsOneOfItsOwnAndEndsIt) {
  LabServer server;
  ASSERT_EQ(server.Terminate(), 0);
  const Ran ran = Ipclab(server, Short({"pipe"}), /*with_server=*/false);
  EXPECT_EQ(ran.exit_code, 0) << ran.complaints;
  EXPECT_EQ(ran.lines.size(), 1u);
  EXPECT_TRUE(server.Processes().empty());
}

TEST(CommandLineTest, EveryViolationIsNamedAndTheServersNoIsThree) {
  const LabServer server;
  const Ran ran = Ipclab(server, {"measure", "pip", "--bytes", "100M", "--messages", "10"});
  EXPECT_EQ(ran.exit_code, 3) << ran.complaints;
  std::string all = ran.complaints;
  for (const std::string& line : ran.lines) all += line + "\n";
  EXPECT_THAT(all, HasSubstr("did you mean \"pipe\"?"));
  EXPECT_THAT(all, HasSubstr("this server takes at most"));
}

TEST(CommandLineTest, UsageIsTwoAndNobodyThereIsFour) {
  const LabServer server;
  EXPECT_EQ(Ipclab(server, {"measure", "--trails", "3"}).exit_code, 2);
  const Ran ran =
      Ipclab(server, {"info", "--server", "unix:" + server.folder() + "/nobody"}, false);
  EXPECT_EQ(ran.exit_code, 4);
  EXPECT_THAT(ran.complaints, HasSubstr("is ipclabd running?"));
}

TEST(CommandLineTest, InfoAndMechanismsSpeakTheApisJson) {
  const LabServer server;
  const Ran info = Ipclab(server, {"info", "--json"});
  ASSERT_EQ(info.lines.size(), 1u) << info.complaints;
  EXPECT_EQ(Json(info.lines[0]).fields().at("pid").number_value(), server.pid());
  const Ran mechanisms = Ipclab(server, {"mechanisms", "--json"});
  ASSERT_GT(mechanisms.lines.size(), 1u) << mechanisms.complaints;
  const auto pipe = Json(mechanisms.lines[0]);
  EXPECT_EQ(pipe.fields().at("id").string_value(), "pipe");
  EXPECT_EQ(pipe.fields().at("family").string_value(), "STREAM");
  EXPECT_TRUE(pipe.fields().at("available").bool_value());
  EXPECT_EQ(pipe.fields().at("unavailableReason").string_value(), "");
}

}  // namespace
}  // namespace ipclab
