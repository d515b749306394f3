// What the record of every mechanism must say, whether this host has it or not.

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/conformance/every_mechanism.h"

namespace ipclab {
namespace {

using google::protobuf::FieldDescriptor;
using testing::Contains;
using testing::Each;
using testing::Not;

class RecordConformanceTest : public testing::TestWithParam<const Mechanism*> {
 protected:
  const Mechanism& mechanism_ = *GetParam();
  const v1::Mechanism open_ = Describe(mechanism_).mechanism();
};

TEST_P(RecordConformanceTest, SaysWhatItIs) {
  EXPECT_EQ(open_.id(), mechanism_.id);
  EXPECT_FALSE(open_.summary().empty());
  EXPECT_FALSE(open_.ordering().empty());
  EXPECT_FALSE(open_.access().empty());
  const auto& fields = *open_.GetDescriptor();
  for (int i = 0; i < fields.field_count(); ++i) {
    const FieldDescriptor& field = *fields.field(i);
    if (field.is_repeated() || field.cpp_type() != FieldDescriptor::CPPTYPE_ENUM) continue;
    if (field.name() == "discipline") continue;  // of what carries channels of programs alone
    EXPECT_NE(open_.GetReflection()->GetEnumValue(open_, &field), 0) << field.name();
  }
}

TEST_P(RecordConformanceTest, CarriesTheObjectsOfProgramsThatItHasTheFunctionsFor) {
  const auto carries = [&](v1::ProgramObject::Kind kind) {
    return std::ranges::count(open_.carries(), kind) > 0;
  };
  EXPECT_EQ(carries(v1::ProgramObject::CELLS), mechanism_.host_memory != nullptr);
  EXPECT_EQ(carries(v1::ProgramObject::CELLS), mechanism_.join_memory != nullptr);
  EXPECT_EQ(carries(v1::ProgramObject::SEMAPHORE), mechanism_.host_semaphore != nullptr);
  EXPECT_EQ(carries(v1::ProgramObject::SEMAPHORE), mechanism_.join_semaphore != nullptr);
  const bool is_lock = carries(v1::ProgramObject::MUTEX) || carries(v1::ProgramObject::RWLOCK);
  EXPECT_EQ(is_lock, mechanism_.host_lock != nullptr);
  EXPECT_EQ(carries(v1::ProgramObject::CHANNEL),
            open_.discipline() != v1::Mechanism::DISCIPLINE_UNSPECIFIED);
  EXPECT_EQ(open_.carries_size() > 0,
            open_.program_view().empty() != open_.program_view_absent().empty());
}

TEST_P(RecordConformanceTest, WarnsAndTellsWhereToLook) {
  EXPECT_GT(open_.hazards_size(), 0);
  EXPECT_THAT(open_.hazards(), Each(Not("")));
  EXPECT_THAT(open_.kernel_views(), Each(Not("")));
  // One worker that is both ends uses no object that could be seen.
  EXPECT_EQ(open_.kernel_views().empty(), mechanism_.loopback);
}

TEST_P(RecordConformanceTest, ListsThePatternsThatItHasTheFunctionsFor) {
  const bool excludes = std::ranges::count(mechanism_.patterns, v1::Pattern::CONTENTION) > 0;
  const auto others = std::ranges::count_if(mechanism_.patterns, [](v1::Pattern::Kind pattern) {
    return pattern != v1::Pattern::CONTENTION;
  });
  EXPECT_GT(open_.patterns_size(), 0);
  EXPECT_THAT(open_.patterns(), Not(Contains(v1::Pattern::KIND_UNSPECIFIED)));
  EXPECT_EQ(mechanism_.host_lock != nullptr, excludes);
  EXPECT_EQ(mechanism_.join_lock != nullptr, excludes);
  EXPECT_EQ(mechanism_.host != nullptr, others > 0);
  EXPECT_EQ(mechanism_.join != nullptr, others > 0 && !mechanism_.loopback);
}

TEST_P(RecordConformanceTest, OfALockExcludesManyAndCarriesNothing) {
  if (mechanism_.host_lock == nullptr) return;
  EXPECT_EQ(open_.family(), v1::Mechanism::SYNC);
  EXPECT_EQ(open_.direction(), v1::Mechanism::NO_DATA);
  EXPECT_EQ(open_.sharing(), v1::Mechanism::MANY_TO_MANY);
}

TEST_P(RecordConformanceTest, DescribesOptionsWhoseDefaultsAreAllowed) {
  for (const v1::Option& option : open_.options()) {
    SCOPED_TRACE(option.name());
    EXPECT_FALSE(option.description().empty());
    const std::string& otherwise = option.default_value();
    if (option.type() == v1::Option::INTEGER) {
      int64_t value = 0;
      ASSERT_TRUE(absl::SimpleAtoi(otherwise, &value)) << otherwise;
      EXPECT_LE(option.minimum(), value);
      EXPECT_GE(option.maximum(), value);
    } else {
      EXPECT_THAT(ValuesOf(option), Contains(otherwise));
    }
  }
}

TEST_P(RecordConformanceTest, LosesMessagesAlwaysOrWithAnOptionThatItHasOrNever) {
  if (open_.lossy_with().empty() || !open_.available()) return;
  EXPECT_FALSE(open_.lossy());
  std::vector<std::string> choices;
  for (const Choices& choice : EachChoice(open_)) {
    choices.push_back(choice.begin()->first + "=" + choice.begin()->second);
  }
  EXPECT_THAT(choices, Contains(open_.lossy_with())) << "nor is it the default";
}

INSTANTIATE_TEST_SUITE_P(Each, RecordConformanceTest, testing::ValuesIn(AllMechanisms()),
                         MechanismName);

}  // namespace
}  // namespace ipclab
