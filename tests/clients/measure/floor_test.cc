#include "clients/cli/measure/floor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "clients/cli/measure/measure_selection.h"
#include "tests/clients/measure/trials.h"

namespace ipclab::cli {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;
using v1::Pattern;

class FloorTest : public testing::Test {
 protected:
  FloorTest() {
    flags_.mechanisms = {"pipe", "fifo"};
    for (const char* id : {"pipe", "fifo", "null"}) {
      v1::Mechanism& mechanism = mechanisms_.emplace_back();
      mechanism.set_id(id);
      mechanism.set_available(true);
      mechanism.add_patterns(Pattern::ROUND_TRIP);
      mechanism.add_patterns(Pattern::STREAM);
    }
    mechanisms_[0].add_patterns(Pattern::FAN_IN);
  }

  std::vector<PlannedItem> Floors() {
    const MeasurePlan plan = ReadMeasureFlags(flags_).value();
    return FloorOf(plan, Select(plan, mechanisms_).items, mechanisms_);
  }

  MeasureFlags flags_;
  std::vector<v1::Mechanism> mechanisms_;
};

TEST_F(FloorTest, EverySizeHasOneOfAFewShortTrials) {
  flags_.bytes = "64,4k";
  flags_.wait = "spin";
  flags_.placement = "0,1";
  const std::vector<PlannedItem> floors = Floors();
  ASSERT_THAT(floors, SizeIs(2));
  const v1::MeasureSpec& measure = floors[1].spec.measure();
  EXPECT_EQ(measure.mechanism(), "null");
  EXPECT_EQ(measure.message_bytes(), 4096);
  EXPECT_EQ(measure.wait(), v1::MeasureSpec::SPIN);
  EXPECT_EQ(measure.duration().nanos(), 100'000'000);
  EXPECT_THAT(floors[1].spec.placement().cpus(), testing::ElementsAre(0)) << "it has one worker";
  EXPECT_EQ(floors[1].quota.trials, 3);
}

TEST_F(FloorTest, WhereNullCannotCarryThePatternThereIsNone) {
  flags_.mechanisms = {"pipe"};
  flags_.pattern = "stream,fan_in";
  const std::vector<PlannedItem> floors = Floors();
  ASSERT_THAT(floors, SizeIs(1));
  EXPECT_EQ(floors[0].spec.measure().pattern(), Pattern::STREAM);
}

TEST_F(FloorTest, ThereIsNoneWhereNullIsMeasuredOrNobodyWantsIt) {
  flags_.no_floor = true;
  EXPECT_THAT(Floors(), IsEmpty());
  flags_.no_floor = false;
  flags_.mechanisms = {"pipe", "null"};
  EXPECT_THAT(Floors(), IsEmpty());
}

TEST(AddFloors, EachHasThatOfItsOwnSizeAndPattern) {
  std::vector<Measurement> measurements = {MeasuredAt("pipe", {900}), MeasuredAt("pipe", {900})};
  measurements[1].spec.set_message_bytes(4096);
  AddFloors({MeasuredAt("null", {20})}, measurements);
  EXPECT_EQ(measurements[0].floor_nanos, 20);
  EXPECT_EQ(measurements[1].floor_nanos, std::nullopt);
}

}  // namespace
}  // namespace ipclab::cli
