#include "server/listing/order.h"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ipclab {
namespace {

using E = v1::Experiment;

E Make(const std::string& name, E::State state, int64_t step, int created, int ended = 0) {
  E experiment;
  experiment.set_name(name);
  experiment.set_state(state);
  experiment.set_step(step);
  experiment.mutable_create_time()->set_seconds(created);
  experiment.mutable_update_time()->set_seconds(created + step);
  if (ended != 0) experiment.mutable_end_time()->set_seconds(ended);
  return experiment;
}

// The names in this order, of four experiments.
std::string Sorted(const std::string& order_by) {
  const auto order = ExperimentOrder::Parse(order_by);
  if (!order.ok()) return std::string(order.status().message());
  const std::vector<E> all = {Make("a", E::READY, 7, 3), Make("b", E::SUCCEEDED, 5, 1, 9),
                              Make("c", E::READY, 5, 2), Make("d", E::FAILED, 5, 2, 8)};
  std::vector<Place> places;
  for (const E& each : all) places.push_back(order->PlaceOf(each));
  std::sort(places.begin(), places.end(),
            [&](const Place& left, const Place& right) { return order->Before(left, right); });
  std::string names;
  for (const Place& place : places) names += place.name;
  return names;
}

TEST(OrderTest, TheNewestComeFirstUnlessAskedOtherwise) {
  EXPECT_EQ(Sorted(""), "acdb");
  EXPECT_EQ(Sorted(""), Sorted("create_time desc"));
}

TEST(OrderTest, EveryFieldSortsUpAndDown) {
  EXPECT_EQ(Sorted("name"), "abcd");
  EXPECT_EQ(Sorted("name desc"), "dcba");
  EXPECT_EQ(Sorted("state"), "acbd");
  EXPECT_EQ(Sorted("state desc"), "dbac");
  EXPECT_EQ(Sorted("create_time"), "bcda");
  EXPECT_EQ(Sorted("update_time"), "bcda");
  EXPECT_EQ(Sorted("step"), "bcda");
  EXPECT_EQ(Sorted("step desc"), "abcd");
}

TEST(OrderTest, WhatHasNotEndedComesAfterAllThatHas) {
  EXPECT_EQ(Sorted("end_time"), "dbac");
  EXPECT_EQ(Sorted("end_time desc"), "acbd");
}

TEST(OrderTest, FurtherFieldsDecideBetweenEqualOnes) {
  EXPECT_EQ(Sorted("step, create_time desc"), "cdba");
  EXPECT_EQ(Sorted(" step ,\tcreate_time  desc , name desc"), "dcba");
  EXPECT_EQ(Sorted("name, step desc"), "abcd");
}

TEST(OrderTest, EveryMistakeSaysWhatWouldBeRight) {
  const std::string known = "there are name, state, create_time, update_time, end_time, step";
  EXPECT_EQ(Sorted("colour"), "has no field \"colour\"; " + known);
  EXPECT_EQ(Sorted("Name"), "has no field \"Name\"; " + known);
  EXPECT_EQ(Sorted("name,"),
            "has \"\" where a field is wanted, with desc behind it or not; " + known);
  EXPECT_THAT(Sorted("name asc"), testing::StartsWith("has \"name asc\" where a field is wanted"));
  EXPECT_THAT(Sorted("name desc x"), testing::StartsWith("has \"name desc x\" where a field"));
  EXPECT_THAT(Sorted("name;step"), testing::StartsWith("has no field \"name;step\""));
  EXPECT_EQ(Sorted("step, step desc"), "has step twice; once is enough");
  EXPECT_EQ(Sorted("name, name"), "has name twice; once is enough");
}

TEST(OrderTest, APlaceSurvivesItsText) {
  constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
  const auto order = ExperimentOrder::Parse("step desc, create_time");
  for (const int64_t step : {kLeast, int64_t{-1}, int64_t{0}, -(kLeast + 1)}) {
    const Place place = order->PlaceOf(Make("experiments/a", E::READY, step, 0));
    const auto again = order->Decode(ExperimentOrder::Encode(place));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->keys, place.keys);
    EXPECT_EQ(again->name, place.name);
  }
}

TEST(OrderTest, ATextThatIsNoPlaceOfThisOrderIsNone) {
  const auto order = ExperimentOrder::Parse("step desc, create_time");
  for (const char* const text : {"", ";", "1,2;", "1;a", "1,2,3;a", "1,x;a", "a", "1,2"}) {
    EXPECT_FALSE(order->Decode(text)) << text;
  }
  EXPECT_TRUE(order->Decode("1,2;a"));
}

}  // namespace
}  // namespace ipclab
