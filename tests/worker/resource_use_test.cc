#include "worker/resource_use.h"

#include "gtest/gtest.h"

namespace ipclab {
namespace {

TEST(ResourceUseTest, TheDelayIsTheSecondNumberOfSchedstat) {
  EXPECT_EQ(RunDelayIn("3537425 1234 17\n"), 1234);
  EXPECT_EQ(RunDelayIn("0 9000000000 1\n"), 9'000'000'000);
  EXPECT_EQ(RunDelayIn(""), 0);
  EXPECT_EQ(RunDelayIn("no such thing"), 0);
}

TEST(ResourceUseTest, NothingThatIsReadGoesBack) {
  ResourceMeter meter;
  const ResourceUse first = meter.Read();
  const ResourceUse use = meter.Read() - first;
  for (const int64_t count :
       {use.user_nanos, use.system_nanos, use.voluntary_switches, use.involuntary_switches,
        use.minor_faults, use.major_faults, use.run_delay_nanos}) {
    EXPECT_GE(count, 0);
  }
}

}  // namespace
}  // namespace ipclab
