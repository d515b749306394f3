#include "common/counter_agreement.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <time.h>

#include <cerrno>
#include <vector>

#include "common/topology.h"

namespace ipclab {
namespace {

constexpr uint64_t kMillisecond = 1'000'000;
// Long enough for both ends to run at once on the busiest machine.
constexpr uint64_t kPatient = 20'000 * kMillisecond;

// A counter in nanoseconds, the same on all CPUs.
uint64_t ReadGood() {
  timespec now;
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1000 * kMillisecond +
         static_cast<uint64_t>(now.tv_nsec);
}

// Before anything here could have changed it.
const std::vector<int> cpus_before_pairs = AllowedCpus();

int last_cpu = 0;

uint64_t ReadAheadOnTheLastCpu() {
  return ReadGood() + (::sched_getcpu() == last_cpu ? 50 * kMillisecond : 0);
}

uint64_t ReadBehindOnTheLastCpu() {
  return ReadGood() - (::sched_getcpu() == last_cpu ? 50 * kMillisecond : 0);
}

class CounterAgreementTest : public testing::Test {
 protected:
  void SetUp() override {
    if (cpus_.size() < 2) GTEST_SKIP() << "one CPU has nothing to disagree with";
    last_cpu = cpus_.back();
  }

  const std::vector<int>& cpus_ = cpus_before_pairs;
};

TEST_F(CounterAgreementTest, CountersThatAreOneAgree) {
  EXPECT_TRUE(CountersAgree(cpus_, ReadGood, kMillisecond, kPatient));
}

TEST_F(CounterAgreementTest, ACounterThatIsAheadIsFound) {
  EXPECT_FALSE(CountersAgree(cpus_, ReadAheadOnTheLastCpu, kMillisecond, kPatient));
}

TEST_F(CounterAgreementTest, ACounterThatIsBehindIsFound) {
  EXPECT_FALSE(CountersAgree(cpus_, ReadBehindOnTheLastCpu, kMillisecond, kPatient));
}

TEST_F(CounterAgreementTest, ADifferenceWithinTheToleranceIsNone) {
  EXPECT_TRUE(CountersAgree(cpus_, ReadAheadOnTheLastCpu, 60 * kMillisecond, kPatient));
}

TEST_F(CounterAgreementTest, GivesUpWhatCannotBeShown) {
  // No exchange takes no time.
  EXPECT_FALSE(CountersAgree(cpus_, ReadGood, 0, kMillisecond));
}

TEST_F(CounterAgreementTest, ACpuThatIsNotOursDoesNotCountAsAgreeing) {
  const int nobodys = 60'000;
  EXPECT_FALSE(CountersAgree({cpus_.front(), nobodys}, ReadGood, kMillisecond, kMillisecond));
  EXPECT_FALSE(CountersAgree({nobodys, cpus_.front()}, ReadGood, kMillisecond, kMillisecond));
}

TEST_F(CounterAgreementTest, LeavesAffinityAndChildrenAsTheyWere) {
  CountersAgree(cpus_, ReadGood, kMillisecond, kPatient);
  CountersAgree({cpus_.front(), 60'000}, ReadGood, kMillisecond, kMillisecond);
  EXPECT_EQ(AllowedCpus(), cpus_);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST(CounterAgreementOfOneTest, ASingleCpuAgreesWithItself) {
  EXPECT_TRUE(CountersAgree({AllowedCpus().front()}, ReadGood, 0, 0));
}

}  // namespace
}  // namespace ipclab
