#include "server/recommend/rules.h"

#include <string>

#include "absl/strings/match.h"
#include "gtest/gtest.h"

namespace ipclab {
namespace {

// A request that is nothing special, with its defaults filled in.
Wanted Usual() {
  Wanted wanted;
  wanted.set_message_bytes(64);
  wanted.set_direction(Wanted::TWO_WAY);
  wanted.set_topology(Wanted::ONE_TO_ONE);
  wanted.set_priority(Wanted::LATENCY);
  return wanted;
}

TEST(RulesTest, EachIsASentenceWithAWeight) {
  for (const Rule& rule : Rules()) {
    EXPECT_NE(rule.weight, 0) << rule.sentence;
    EXPECT_GT(rule.sentence.size(), 20u);
    EXPECT_EQ(rule.sentence.back(), '.') << rule.sentence;
    EXPECT_EQ(rule.weight < 0, rule.sentence.substr(0, 10) == "Against it") << rule.sentence;
  }
}

TEST(RulesTest, EachSpeaksOnSomeOccasionThatCanBe) {
  for (const Rule& rule : Rules()) {
    EXPECT_LE(rule.when.least_bytes, rule.when.most_bytes) << rule.sentence;
    Wanted wanted = Usual();
    wanted.set_message_bytes(rule.when.least_bytes);
    wanted.set_per_second(rule.when.least_per_second);
    if (rule.when.direction) wanted.set_direction(rule.when.direction);
    if (rule.when.topology) wanted.set_topology(rule.when.topology);
    if (rule.when.priority) wanted.set_priority(rule.when.priority);
    wanted.set_unrelated_processes(rule.when.unrelated == Whether::kYes);
    wanted.set_across_network(rule.when.network == Whether::kYes);
    wanted.set_survives_crash(rule.when.crash == Whether::kYes);
    EXPECT_TRUE(IsOccasion(rule.when, wanted)) << rule.sentence;
  }
}

TEST(RulesTest, SizesMeetWithoutAGap) {
  for (const int64_t bytes : {1, 1023, 1024, 1 << 20, (1 << 20) + 1, 1 << 30}) {
    int rules = 0;
    for (const Rule& rule : Rules()) {
      Wanted wanted = Usual();
      wanted.set_message_bytes(bytes);
      const bool of_size =
          rule.weight >= 20 && (absl::StartsWith(std::string(rule.sentence), "Below ") ||
                                absl::StartsWith(std::string(rule.sentence), "From 1 KiB") ||
                                absl::StartsWith(std::string(rule.sentence), "Above "));
      if (of_size && IsOccasion(rule.when, wanted)) ++rules;
    }
    EXPECT_GE(rules, 1) << bytes;
    EXPECT_LE(rules, 2) << bytes << ": FIFO and socket share theirs, nothing else does";
  }
}

TEST(RulesTest, AFactThatIsAskedForMustBeThere) {
  v1::Mechanism udp;
  udp.set_id("udp");
  udp.set_lossy(true);
  udp.set_scope(v1::Mechanism::NETWORK);
  EXPECT_TRUE(IsKind({}, udp)) << "nothing is asked for";
  EXPECT_TRUE(IsKind({.ids = {"tcp", "udp"}}, udp));
  EXPECT_FALSE(IsKind({.ids = {"tcp"}}, udp));
  EXPECT_TRUE(IsKind({.scope = v1::Mechanism::NETWORK, .lossy = Whether::kYes}, udp));
  EXPECT_FALSE(IsKind({.scope = v1::Mechanism::NETWORK, .lossy = Whether::kNo}, udp));
  EXPECT_FALSE(IsKind({.scope = v1::Mechanism::SAME_HOST}, udp));
}

}  // namespace
}  // namespace ipclab
