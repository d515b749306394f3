#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/bench/peers/peer.h"

namespace ipclab::bench {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(Peers, CanBePlacedEachOnTwoCpus) {
  for (const Peer& peer : Peers()) {
    if (peer.server.empty()) {
      EXPECT_GE(peer.threads, 2u) << peer.measures << ": two ends are to be pinned";
      EXPECT_THAT(peer.command, Not(Contains("{port}"))) << peer.measures;
    } else {
      EXPECT_THAT(peer.command, Contains("{port}")) << peer.measures;
      EXPECT_THAT(peer.server, Contains("{port}")) << peer.measures;
    }
  }
}

TEST(Peers, SayWhatTheyMeasureAndWhereTheyComeFrom) {
  ASSERT_THAT(Peers(), Not(IsEmpty()));
  for (const Peer& peer : Peers()) {
    EXPECT_STRNE(peer.package, "") << peer.name;
    EXPECT_STRNE(peer.measures, "") << peer.name;
    EXPECT_NE(peer.parse, nullptr) << peer.name;
  }
}

}  // namespace
}  // namespace ipclab::bench
