#include "clients/cli/recommend_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ipclab::cli {
namespace {

using ::testing::HasSubstr;
using Request = v1::RecommendMechanismRequest;

TEST(ReadRecommendFlags, UnlessToldOtherwiseSmallRequestsAndAnswersOfTwo) {
  const auto request = ReadRecommendFlags({});
  ASSERT_TRUE(request.ok()) << request.status();
  EXPECT_EQ(request->message_bytes(), 64);
  EXPECT_EQ(request->per_second(), 0);
  EXPECT_EQ(request->direction(), Request::TWO_WAY);
  EXPECT_EQ(request->topology(), Request::ONE_TO_ONE);
  EXPECT_EQ(request->priority(), Request::LATENCY);
  EXPECT_FALSE(request->unrelated_processes() || request->across_network() ||
               request->keeps_records() || request->survives_crash());
}

TEST(ReadRecommendFlags, EveryFlagHasItsField) {
  const auto request = ReadRecommendFlags({.bytes = "4k",
                                           .pattern = "n:m",
                                           .rate = "50k",
                                           .first = "cpu",
                                           .one_way = true,
                                           .unrelated = true,
                                           .network = true,
                                           .records = true,
                                           .survives_crash = true});
  ASSERT_TRUE(request.ok()) << request.status();
  EXPECT_EQ(request->message_bytes(), 4096);
  EXPECT_EQ(request->per_second(), 50'000);
  EXPECT_EQ(request->direction(), Request::ONE_WAY);
  EXPECT_EQ(request->topology(), Request::MANY_TO_MANY);
  EXPECT_EQ(request->priority(), Request::CPU);
  EXPECT_TRUE(request->unrelated_processes() && request->across_network() &&
              request->keeps_records() && request->survives_crash());
}

TEST(ReadRecommendFlags, WhatMakesNoSenseIsNamedByItsFlag) {
  const auto wrong = [](const RecommendFlags& flags) {
    return std::string(ReadRecommendFlags(flags).status().message());
  };
  EXPECT_THAT(wrong({.bytes = "0"}), HasSubstr("--bytes"));
  EXPECT_THAT(wrong({.bytes = "64,128"}), HasSubstr("--bytes"));
  EXPECT_THAT(wrong({.pattern = "1"}), HasSubstr("--pattern"));
  EXPECT_THAT(wrong({.rate = "-1"}), HasSubstr("--rate"));
  EXPECT_THAT(wrong({.first = "speed"}), HasSubstr("--first"));
}

}  // namespace
}  // namespace ipclab::cli
