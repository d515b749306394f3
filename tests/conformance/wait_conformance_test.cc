// Every mechanism carries the same under every way to wait, on one CPU as across two.

#include <string>
#include <tuple>
#include <vector>

#include "gtest/gtest.h"
#include "tests/conformance/every_mechanism.h"
#include "tests/support/test_crew.h"
#include "tests/support/test_zygote.h"

namespace ipclab {
namespace {

constexpr int64_t kMessages = 1000;
constexpr int64_t kBytes = 64;

using MechanismAndWait = std::tuple<const Mechanism*, v1::MeasureSpec::Wait>;

class WaitConformanceTest : public testing::TestWithParam<MechanismAndWait> {
 protected:
  void SetUp() override {
    const std::string reason = ReasonToSkip(Describe(mechanism_).mechanism());
    if (!reason.empty()) GTEST_SKIP() << reason;
  }

  // Between two; the others are the crowds' tests'.
  std::vector<v1::Pattern::Kind> Patterns() const {
    return PatternsOf(mechanism_, {v1::Pattern::ROUND_TRIP, v1::Pattern::STREAM});
  }

  // Runs the messages and expects every one of them whole, once, in order.
  void Carry(v1::Pattern::Kind pattern, bool same_cpu) {
    SCOPED_TRACE(v1::Pattern::Kind_Name(pattern) + (same_cpu ? " on one CPU" : ""));
    TestCrew crew(zygote_, {.mechanism = std::string(mechanism_.id),
                            .pattern = pattern,
                            .message_bytes = kBytes,
                            .verify_payload = true,
                            .same_cpu = same_cpu,
                            .names = names_.names(),
                            .wait = std::get<1>(GetParam())});
    ASSERT_TRUE(crew.Connect());
    crew.RunLeg(kMessages, /*warm_up=*/5);
    for (size_t worker = 0; worker < crew.size(); ++worker) {
      const WorkerPage& page = crew.page(worker);
      EXPECT_EQ(page.messages + page.lost, kMessages);
      EXPECT_EQ(page.duplicated + page.reordered + page.corrupted, 0);
      if (!mechanism_.facts.lossy) {
        EXPECT_EQ(page.lost, 0);
      }
    }
    for (const internal::Ended& ended : crew.Quit()) EXPECT_EQ(ended.exit_code(), 0);
    names_.Reclaim();
  }

  const Mechanism& mechanism_ = *std::get<0>(GetParam());
  LinkNames names_{mechanism_};
  TestZygote zygote_{IPCLAB_WORKER};
};

TEST_P(WaitConformanceTest, Carries1000MessagesWithTheirContents) {
  for (const auto pattern : Patterns()) Carry(pattern, /*same_cpu=*/false);
}

// Where spinning keeps the other one from its CPU: turns of a time slice each would take minutes.
TEST_P(WaitConformanceTest, Carries1000MessagesOnOneCpu) {
  for (const auto pattern : Patterns()) Carry(pattern, /*same_cpu=*/true);
}

std::string TestName(const testing::TestParamInfo<MechanismAndWait>& test) {
  return std::string(std::get<0>(test.param)->id) + "_" +
         v1::MeasureSpec::Wait_Name(std::get<1>(test.param));
}

INSTANTIATE_TEST_SUITE_P(Each, WaitConformanceTest,
                         testing::Combine(EveryMechanism(),
                                          testing::Values(v1::MeasureSpec::BLOCK,
                                                          v1::MeasureSpec::SPIN,
                                                          v1::MeasureSpec::SPIN_THEN_BLOCK)),
                         TestName);

}  // namespace
}  // namespace ipclab
