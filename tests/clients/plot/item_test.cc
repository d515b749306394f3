// Names of items and what is said below the pictures.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "clients/cli/plot/circumstances.h"
#include "clients/cli/plot/labels.h"

namespace ipclab::plot {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::Field;
using ::testing::HasSubstr;

Item ItemOf(const std::string& mechanism, int64_t bytes = 64) {
  Item item;
  item.place = "folder/a.json:1";
  item.mechanism = mechanism;
  item.message_bytes = bytes;
  item.pattern = "ROUND_TRIP";
  item.placement = "SAME_CPU";
  item.wait = "BLOCK";
  item.latency_kind = "ROUND_TRIP";
  item.trials = 3;
  item.p50 = 5;
  item.count = 1000;
  item.host = Host{"6.1.0", "EPYC", 2, true, "KVM", ""};
  return item;
}

std::vector<std::string> Labels(std::vector<Item> items) {
  LabelItems(items);
  std::vector<std::string> labels;
  for (const Item& item : items) labels.push_back(item.label);
  return labels;
}

std::vector<Circumstance> Said(std::vector<Item> items) {
  LabelItems(items);
  return CircumstancesOf({.items = std::move(items), .failures = {}});
}

TEST(LabelsTest, NameAndSizeAreEnoughWhereTheRestIsTheSame) {
  EXPECT_THAT(Labels({ItemOf("pipe"), ItemOf("tcp", 4096)}), ElementsAre("pipe 64 B", "tcp 4 KiB"));
}

TEST(LabelsTest, WhatDiffersIsSaid) {
  Item spins = ItemOf("pipe");
  spins.wait = "SPIN_THEN_BLOCK";
  EXPECT_THAT(Labels({ItemOf("pipe"), spins}),
              ElementsAre("pipe 64 B, block", "pipe 64 B, spin then block"));
}

TEST(LabelsTest, TheSameOfTwoFilesIsToldApartByTheseAndOfOneFileByNumbers) {
  Item other = ItemOf("pipe");
  other.place = "b.json:1";
  EXPECT_THAT(Labels({ItemOf("pipe"), other}),
              ElementsAre("pipe 64 B (a.json)", "pipe 64 B (b.json)"));
  EXPECT_THAT(Labels({ItemOf("pipe"), ItemOf("pipe")}),
              ElementsAre("pipe 64 B (a.json) #1", "pipe 64 B (a.json) #2"));
}

TEST(LabelsTest, OptionsOfOneMechanismThatDifferAreSaid) {
  Item wide = ItemOf("pipe");
  wide.options = {{"capacity", "4096"}, {"packets", "true"}};
  Item packets = ItemOf("pipe");
  packets.options = {{"packets", "true"}};
  Item tcp = ItemOf("tcp");
  tcp.options = {{"no_delay", "true"}};
  EXPECT_THAT(Labels({wide, packets, tcp}),
              ElementsAre("pipe 64 B, capacity 4096", "pipe 64 B", "tcp 64 B"));
  EXPECT_THAT(Said({wide, packets, tcp}),
              Contains(Circumstance{"Options",
                                    "capacity 4096, packets true (pipe 64 B, capacity 4096); "
                                    "packets true (pipe 64 B); no_delay true (tcp 64 B)"}));
}

TEST(LabelsTest, HostsOfDifferentClassesAreSaidByFileOrByClass) {
  Item here = ItemOf("pipe");
  here.host->host_class = "7f31";
  Item there = ItemOf("tcp");
  there.host->host_class = "a002";
  EXPECT_THAT(Labels({here, there}), ElementsAre("pipe 64 B, host 7f31", "tcp 64 B, host a002"));
  there.place = "b.json:1";
  EXPECT_THAT(Labels({here, there}), ElementsAre("pipe 64 B, a.json", "tcp 64 B, b.json"));
  EXPECT_THAT(Said({here, there}),
              Contains(Field(&Circumstance::text, HasSubstr("class 7f31 (pipe 64 B, a.json)"))));
  EXPECT_THAT(Said({here, there}),
              Contains(AllOf(Field(&Circumstance::warns, true),
                             Field(&Circumstance::text, HasSubstr("hosts of different classes")))));
}

TEST(LabelsTest, LongTextsAreCutAtACharacter) {
  EXPECT_EQ(FitText("short", 12, 100), "short");
  EXPECT_EQ(FitText("\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4", 10, 30),
            "\xc3\xa4\xc3\xa4...");
}

TEST(CircumstancesTest, WhatIsTheSameIsSaidOnce) {
  const auto said = Said({ItemOf("pipe"), ItemOf("tcp")});
  EXPECT_EQ(said[0], (Circumstance{"Measured",
                                   "pattern round trip, 64 B; placement same cpu; wait block; 3 "
                                   "trials; n = 1.00 k"}));
  EXPECT_EQ(said[1], (Circumstance{"Host", "Linux 6.1.0, EPYC, 2 CPUs, virtual machine (KVM)"}));
}

TEST(CircumstancesTest, WhatDiffersIsSaidWithWhoseItIs) {
  Item other = ItemOf("tcp");
  other.placement = "DIFFERENT_CORES";
  EXPECT_THAT(Said({ItemOf("pipe"), other})[0].text,
              HasSubstr("placement same cpu (pipe 64 B, same cpu); different cores (tcp 64 B, "
                        "different cores)"));
}

TEST(CircumstancesTest, WarningsNameTheirItems) {
  Item noisy = ItemOf("tcp");
  noisy.warnings = {"NOISY", "SAME_CPU"};
  Item quiet = ItemOf("pipe");
  quiet.warnings = {"SAME_CPU"};
  const auto said = Said({noisy, quiet});
  EXPECT_THAT(said, Contains(Circumstance{"Warning", "NOISY: tcp 64 B", true}));
  EXPECT_THAT(said, Contains(Circumstance{"Warning", "SAME_CPU: all items", true}));
}

TEST(CircumstancesTest, TwoHostsAreAWarning) {
  Item other = ItemOf("tcp");
  other.host->kernel = "5.15";
  EXPECT_THAT(Said({ItemOf("pipe"), other}),
              Contains(AllOf(Field(&Circumstance::name, Eq("Warning")),
                             Field(&Circumstance::text, HasSubstr("not measured on one host")))));
}

TEST(CircumstancesTest, TrialsThatAreLeftOutAreCounted) {
  Item item = ItemOf("pipe");
  item.results.resize(4);
  item.results[2].used = false;
  EXPECT_THAT(Said({item})[0].text, HasSubstr("; 3 trials and 1 left out; "));
}

TEST(CircumstancesTest, FailuresAreToldAndNothingElseOfThem) {
  Item failed = ItemOf("tcp");
  failed.p50 = std::nullopt;
  failed.placement = "POLICY_UNSPECIFIED";
  failed.host = std::nullopt;
  failed.count = failed.trials = 0;
  failed.error = "killed by signal 9";
  EXPECT_THAT(Said({ItemOf("pipe"), failed}),
              ElementsAre(Said({ItemOf("pipe")})[0], Said({ItemOf("pipe")})[1],
                          Circumstance{"Failed", "tcp 64 B: killed by signal 9", true}));
}

}  // namespace
}  // namespace ipclab::plot
