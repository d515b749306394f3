#include "clients/cli/json_line.h"

#include <gtest/gtest.h>

#include <limits>

#include "ipclab/v1/mechanism.pb.h"

namespace ipclab::cli {
namespace {

TEST(JsonLine, KeepsTheOrderOfItsKeys) {
  JsonLine inner;
  inner.Number("count", 3);
  JsonLine line;
  line.Text("z", "last").Number("a", 1).Object("m", inner).Texts("w", {"X", "Y"}).Null("n");
  EXPECT_EQ(line.str(), R"({"z":"last","a":1,"m":{"count":3},"w":["X","Y"],"n":null})");
}

TEST(JsonLine, EmptyThingsAreWellFormed) {
  EXPECT_EQ(JsonLine().str(), "{}");
  EXPECT_EQ(JsonLine().Texts("w", {}).str(), R"({"w":[]})");
}

TEST(JsonLine, RealsReadBackAsTheSameValue) {
  EXPECT_EQ(JsonLine().Real("r", 0.1).str(), R"({"r":0.1})");
  EXPECT_EQ(JsonLine().Real("r", 25641.0).str(), R"({"r":25641})");
}

TEST(JsonLine, WhatIsNoNumberIsNull) {
  EXPECT_EQ(JsonLine().Real("r", std::numeric_limits<double>::infinity()).str(), R"({"r":null})");
  EXPECT_EQ(JsonLine().Real("r", std::nullopt).str(), R"({"r":null})");
  EXPECT_EQ(JsonLine().Number("n", std::nullopt).str(), R"({"n":null})");
}

TEST(QuoteJson, EscapesWhatJsonForbids) {
  EXPECT_EQ(QuoteJson("a\"b\\c\nd\x01"), R"("a\"b\\c\nd\u0001")");
}

TEST(QuoteJson, KeepsUtf8AndReplacesWhatIsNot) {
  EXPECT_EQ(QuoteJson("\xc2\xb5 \xe2\x82\xac \xf0\x9f\x98\x80"),
            "\"\xc2\xb5 \xe2\x82\xac \xf0\x9f\x98\x80\"");
  EXPECT_EQ(QuoteJson("\xff"), "\"\xef\xbf\xbd\"");
  EXPECT_EQ(QuoteJson("\xc0\xaf"), "\"\xef\xbf\xbd\xef\xbf\xbd\"");  // overlong
  EXPECT_EQ(QuoteJson("\xe2\x82"), "\"\xef\xbf\xbd\xef\xbf\xbd\"");  // cut short
}

TEST(MessageJson, PrintsPrimitiveFieldsAlwaysAndLongIntegersAsText) {
  v1::Limit limit;
  limit.set_value(5'000'000'000);
  EXPECT_EQ(MessageJson(limit), R"({"name":"","value":"5000000000","changedBy":""})");
}

}  // namespace
}  // namespace ipclab::cli
