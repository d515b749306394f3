#include "clients/cli/measure/measure_selection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ipclab::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using v1::MeasureSpec;
using v1::Pattern;

class SelectionTest : public testing::Test {
 protected:
  v1::Mechanism& Add(const std::string& id, const std::vector<Pattern::Kind>& patterns) {
    v1::Mechanism& mechanism = mechanisms_.emplace_back();
    mechanism.set_id(id);
    mechanism.set_available(true);
    for (const Pattern::Kind pattern : patterns) mechanism.add_patterns(pattern);
    return mechanism;
  }
  v1::Mechanism& AddPipe(const std::string& id = "pipe") {
    return Add(id, {Pattern::ROUND_TRIP, Pattern::STREAM, Pattern::FAN_IN});
  }
  v1::Mechanism& AddMutex() { return Add("mutex", {Pattern::CONTENTION}); }

  void Measure(const std::vector<std::string>& mechanisms) {
    flags_.mechanisms = mechanisms;
    flags_.all = mechanisms.empty();
  }

  MeasurePlan Plan() { return ReadMeasureFlags(flags_).value(); }
  Selection Selected() { return Select(Plan(), mechanisms_); }
  absl::Status Used() { return CheckUse(Plan(), Selected(), mechanisms_); }
  // The spec of the item.
  MeasureSpec Spec(size_t item) {
    const MeasureItem chosen = Selected().items.at(item);
    return SpecOf(Plan(), chosen, FindMechanism(mechanisms_, chosen.mechanism)).measure();
  }

  MeasureFlags flags_;
  std::vector<v1::Mechanism> mechanisms_;
};

TEST_F(SelectionTest, EachMechanismComesWithAllItsSizes) {
  Measure({"pipe", "null"});
  flags_.bytes = "64,4k";
  EXPECT_THAT(Selected().items, ElementsAre(MeasureItem{"pipe", 64}, MeasureItem{"pipe", 4096},
                                            MeasureItem{"null", 64}, MeasureItem{"null", 4096}));
}

TEST_F(SelectionTest, PatternsAndWaitsAreWithinASize) {
  Measure({"pipe"});
  flags_.pattern = "round_trip,stream";
  flags_.wait = "block,spin";
  EXPECT_THAT(Selected().items,
              ElementsAre(MeasureItem{"pipe", 64, Pattern::ROUND_TRIP, MeasureSpec::BLOCK},
                          MeasureItem{"pipe", 64, Pattern::ROUND_TRIP, MeasureSpec::SPIN},
                          MeasureItem{"pipe", 64, Pattern::STREAM, MeasureSpec::BLOCK},
                          MeasureItem{"pipe", 64, Pattern::STREAM, MeasureSpec::SPIN}));
  EXPECT_EQ(ItemText(Plan(), Selected().items.back()), "pipe 64 B, stream, spin");
  EXPECT_EQ(Spec(3).pattern(), Pattern::STREAM);
  EXPECT_EQ(Spec(3).wait(), MeasureSpec::SPIN);
}

TEST_F(SelectionTest, WithoutAPatternItIsRoundTripsOrTheFirstThatTheMechanismCarries) {
  Add("odd", {Pattern::STREAM, Pattern::ROUND_TRIP});
  AddMutex();
  Add("eventfd", {Pattern::HAND_OFF, Pattern::NOTIFY});
  Measure({"odd", "mutex", "eventfd", "nobody_knows"});
  EXPECT_THAT(Selected().items, ElementsAre(MeasureItem{"odd", 64, Pattern::ROUND_TRIP},
                                            MeasureItem{"mutex", 0, Pattern::CONTENTION},
                                            MeasureItem{"eventfd", 0, Pattern::HAND_OFF},
                                            MeasureItem{"nobody_knows", 64, Pattern::ROUND_TRIP}));
}

TEST_F(SelectionTest, WhatCarriesNoMessagesIsMeasuredOnceWhateverTheSizes) {
  AddMutex();
  Measure({"mutex"});
  flags_.bytes = "64,4k";
  EXPECT_THAT(Selected().items, ElementsAre(MeasureItem{"mutex", 0, Pattern::CONTENTION}));
  EXPECT_EQ(ItemText(Plan(), Selected().items[0]), "mutex, contention");
}

TEST_F(SelectionTest, AllIsEveryAvailableMechanismInItsOwnPattern) {
  AddPipe();
  AddMutex();
  Add("missing", {Pattern::ROUND_TRIP}).set_available(false);
  mechanisms_.back().set_unavailable_reason("load it");
  Measure({});
  EXPECT_THAT(Selected().items,
              ElementsAre(MeasureItem{"pipe", 64}, MeasureItem{"mutex", 0, Pattern::CONTENTION}));
  EXPECT_THAT(Selected().left_out, ElementsAre(LeftOut{"missing", "load it"}));
}

TEST_F(SelectionTest, OfAllWhatDoesNotCarryThePatternIsLeftOut) {
  AddPipe();
  AddMutex();
  Measure({});
  flags_.pattern = "stream";
  EXPECT_THAT(Selected().items, ElementsAre(MeasureItem{"pipe", 64, Pattern::STREAM}));
  EXPECT_THAT(Selected().left_out, ElementsAre(LeftOut{"mutex", "it does not carry this pattern"}));
}

TEST_F(SelectionTest, OfAllSizesAboveALimitAreLeftOutWithWhatRaisesIt) {
  flags_.bytes = "64..256";
  AddPipe("small").set_max_message_bytes(64);
  mechanisms_.back().set_max_message_changed_by("fs.small");
  Measure({});
  EXPECT_THAT(Selected().items, ElementsAre(MeasureItem{"small", 64}));
  EXPECT_THAT(Selected().left_out,
              ElementsAre(LeftOut{
                  "small", "no 128 B, 256 B: it takes 64 B at most here; raise it with fs.small"}));
}

TEST_F(SelectionTest, OfAllSharedObjectsTakeNeitherTheSmallestNorTheLargest) {
  flags_.bytes = "4,64,8k";
  flags_.pattern = "fan_in";
  AddPipe("mailbox").set_sharing(v1::Mechanism::MANY_TO_MANY);
  mechanisms_.back().set_max_shared_message_bytes(4096);
  Measure({});
  EXPECT_THAT(Selected().items, ElementsAre(MeasureItem{"mailbox", 64, Pattern::FAN_IN}));
  EXPECT_THAT(Selected().left_out,
              ElementsAre(LeftOut{"mailbox",
                                  "no 4 B: it takes 8 B at least where many share one "
                                  "object"},
                          LeftOut{"mailbox", "no 8 KiB: it takes 4 KiB at most here"}));
}

TEST_F(SelectionTest, OfAllWhatCanOnlyBlockIsNotAskedToSpin) {
  AddPipe().set_only_blocks(true);
  Measure({});
  flags_.wait = "block,spin";
  EXPECT_THAT(Selected().items, ElementsAre(MeasureItem{"pipe", 64}));
  EXPECT_THAT(Selected().left_out, ElementsAre(LeftOut{"pipe", "it can only wait by block"}));
}

TEST_F(SelectionTest, WhatOnlySomePatternsTakeGoesToThoseOnly) {
  AddPipe();
  AddMutex();
  Measure({"pipe", "mutex"});
  flags_.workers = 3;
  flags_.critical_section = "1us";
  flags_.rate = "1k";
  ASSERT_TRUE(Used().ok()) << Used();
  EXPECT_EQ(Spec(0).workers(), 0);
  EXPECT_FALSE(Spec(0).has_critical_section());
  EXPECT_TRUE(Spec(0).has_load());
  EXPECT_EQ(Spec(1).workers(), 3);
  EXPECT_TRUE(Spec(1).has_critical_section());
  EXPECT_FALSE(Spec(1).has_load());
}

TEST_F(SelectionTest, WhatFitsToNothingThatIsMeasuredIsRefused) {
  AddPipe();
  Measure({"pipe"});
  flags_.senders = 3;
  EXPECT_EQ(std::string(Used().message()),
            "--senders: goes with fan_in, and none of these is measured");
  flags_.pattern = "stream,fan_in";
  EXPECT_TRUE(Used().ok()) << Used();
  EXPECT_EQ(Spec(0).senders(), 0);
  EXPECT_EQ(Spec(1).senders(), 3);
}

TEST_F(SelectionTest, OfSeveralMechanismsAnOptionGoesToThoseThatHaveIt) {
  AddPipe().add_options()->set_name("capacity");
  AddPipe("fifo");
  flags_.options = {"capacity=4096"};
  Measure({"pipe", "fifo"});
  ASSERT_TRUE(Used().ok()) << Used();
  EXPECT_EQ(Spec(0).options().at("capacity"), "4096");
  EXPECT_THAT(Spec(1).options(), IsEmpty());
  EXPECT_THAT(Selected().left_out,
              ElementsAre(LeftOut{"option capacity", "there is none in fifo"}));
  flags_.options = {"colour=red"};
  EXPECT_THAT(std::string(Used().message()), HasSubstr("has the option colour"));
}

TEST_F(SelectionTest, OfOneMechanismTheServerKnowsItsOptions) {
  AddPipe();
  flags_.options = {"colour=red"};
  Measure({"pipe"});
  EXPECT_TRUE(Used().ok()) << Used();
  EXPECT_EQ(Spec(0).options().at("colour"), "red");
  EXPECT_THAT(Selected().left_out, IsEmpty());
}

}  // namespace
}  // namespace ipclab::cli
