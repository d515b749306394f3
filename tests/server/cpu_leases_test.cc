#include "server/cpu_leases.h"

#include <map>
#include <random>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ipclab {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Owner = CpuLeases::Owner;

TEST(CpuLeasesTest, OneOwnerPerCpu) {
  CpuLeases leases;
  EXPECT_TRUE(leases.Request(1, {0}, false));
  EXPECT_TRUE(leases.Request(2, {1}, false));
  EXPECT_FALSE(leases.Request(3, {1, 2}, false));
  EXPECT_EQ(leases.BlockerOf(3), 2u);
  EXPECT_EQ(leases.BlockerOf(1), 0u);
  EXPECT_EQ(leases.BlockerOf(99), 0u);
}

TEST(CpuLeasesTest, WhoWaitsGetsItsCpusInOrder) {
  CpuLeases leases;
  leases.Request(1, {0}, false);
  leases.Request(2, {0}, false);
  leases.Request(3, {0}, false);
  EXPECT_THAT(leases.Release(1), ElementsAre(2));
  EXPECT_EQ(leases.BlockerOf(3), 2u);
  EXPECT_THAT(leases.Release(2), ElementsAre(3));
  EXPECT_THAT(leases.Release(3), IsEmpty());
}

TEST(CpuLeasesTest, NobodyOvertakesOneThatWaitsForOneOfTheSameCpus) {
  CpuLeases leases;
  leases.Request(1, {0}, false);
  EXPECT_FALSE(leases.Request(2, {0, 1}, false));
  EXPECT_FALSE(leases.Request(3, {1}, false)) << "CPU 1 is free, but wanted by an earlier one";
  EXPECT_TRUE(leases.Request(4, {2}, false));
  EXPECT_THAT(leases.Release(1), ElementsAre(2));
  EXPECT_THAT(leases.Release(2), ElementsAre(3));
}

TEST(CpuLeasesTest, OneReleaseMayLetManyGo) {
  CpuLeases leases;
  leases.Request(1, {0, 1}, false);
  leases.Request(2, {1}, false);
  leases.Request(3, {0}, false);
  EXPECT_THAT(leases.Release(1), ElementsAre(2, 3));
}

TEST(CpuLeasesTest, SharingTakesTheConsentOfBoth) {
  CpuLeases leases;
  EXPECT_TRUE(leases.Request(1, {0}, true));
  EXPECT_TRUE(leases.Request(2, {0}, true));
  EXPECT_FALSE(leases.Request(3, {0}, false));
  EXPECT_FALSE(leases.Request(4, {0}, true)) << "the third was there before it";
  EXPECT_THAT(leases.Release(1), IsEmpty());
  EXPECT_THAT(leases.Release(2), ElementsAre(3));
  EXPECT_THAT(leases.Release(3), ElementsAre(4));
}

TEST(CpuLeasesTest, WhoLeavesTheLineMakesRoomForThoseBehind) {
  CpuLeases leases;
  leases.Request(1, {0}, false);
  leases.Request(2, {0, 1}, false);
  leases.Request(3, {1}, false);
  EXPECT_THAT(leases.Release(2), ElementsAre(3));
  EXPECT_THAT(leases.Release(99), IsEmpty());
}

// Random requests and releases beside a plain account of who came when and who holds what.
class Account {
 public:
  void Request(Owner owner, std::vector<int> cpus, bool shared) {
    const bool held = leases_.Request(owner, cpus, shared);
    claims_[owner] = {std::move(cpus), shared, held};
    Check();
  }

  void Release(Owner owner) {
    claims_.erase(owner);
    for (const Owner granted : leases_.Release(owner)) {
      ASSERT_FALSE(claims_.at(granted).held) << "granted twice";
      claims_.at(granted).held = true;
    }
    Check();
  }

  // In order of arrival: owners are numbered by it.
  const auto& claims() const { return claims_; }

  // 0 when nobody holds anything.
  Owner AnyHolder(std::mt19937& random) const {
    std::vector<Owner> holders;
    for (const auto& [owner, claim] : claims_) {
      if (claim.held) holders.push_back(owner);
    }
    return holders.empty() ? 0 : holders[random() % holders.size()];
  }

  struct Claim {
    std::vector<int> cpus;
    bool shared;
    bool held;
  };

 private:
  static bool Clash(const Claim& a, const Claim& b) {
    if (a.shared && b.shared) return false;
    for (const int cpu : a.cpus) {
      if (std::find(b.cpus.begin(), b.cpus.end(), cpu) != b.cpus.end()) return true;
    }
    return false;
  }

  void Check() const {
    for (const auto& [owner, claim] : claims_) {
      Owner clash = 0;
      for (const auto& [earlier, other] : claims_) {
        if (earlier >= owner) break;
        if (Clash(claim, other)) clash = earlier;
      }
      // Held as soon, and only when, nobody before it is in the way: so none share a CPU that do
      // not want to, nobody overtakes, and nobody waits for nothing.
      ASSERT_EQ(claim.held, clash == 0) << "owner " << owner << " and " << clash;
      ASSERT_EQ(leases_.BlockerOf(owner) != 0, !claim.held);
    }
  }

  CpuLeases leases_;
  std::map<Owner, Claim> claims_;
};

TEST(CpuLeasesTest, HoldsInEveryOrderOfEventsAndStarvesNobody) {
  for (unsigned seed = 0; seed < 200 && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    Account account;
    for (Owner owner = 1; owner <= 60; ++owner) {
      std::vector<int> cpus = {static_cast<int>(random() % 4)};
      if (random() % 2 == 0) cpus.push_back(static_cast<int>(random() % 4));
      account.Request(owner, cpus, random() % 3 == 0);
      if (random() % 2 == 0) account.Release(account.AnyHolder(random));
      if (random() % 8 == 0) account.Release(1 + random() % owner);  // perhaps one that waits
    }
    while (const Owner holder = account.AnyHolder(random)) account.Release(holder);
    EXPECT_THAT(account.claims(), IsEmpty()) << "some never got their CPUs";
  }
}

}  // namespace
}  // namespace ipclab
