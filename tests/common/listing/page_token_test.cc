#include "common/listing/page_token.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ipclab {
namespace {

using testing::HasSubstr;

std::string ErrorOf(const std::string& token, const std::string& scope) {
  const auto position = DecodePageToken(token, scope);
  if (position.ok()) return "decoded";
  EXPECT_TRUE(absl::IsInvalidArgument(position.status()));
  return std::string(position.status().message());
}

TEST(PageTokenTest, GivesBackThePosition) {
  for (const std::string& position : {std::string(), std::string("experiments/a"),
                                      std::string("\0\xff\n", 3), std::string(3000, 'x')}) {
    const auto decoded = DecodePageToken(EncodePageToken("scope", position), "scope");
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    EXPECT_EQ(*decoded, position);
  }
}

TEST(PageTokenTest, StaysAsItIsAcrossVersionsAndHosts) {
  EXPECT_EQ(EncodePageToken("", "a"), "ASUjIoTknPLLYawprrEgVRrU");
}

TEST(PageTokenTest, IsSafeInUrls) {
  for (int i = 0; i < 256; ++i) {
    const std::string token = EncodePageToken("", std::string(3, static_cast<char>(i)));
    EXPECT_EQ(token.find_first_of("+/= \n"), std::string::npos) << token;
  }
}

TEST(PageTokenTest, OfAnotherListIsRefusedWithAdvice) {
  EXPECT_THAT(ErrorOf(EncodePageToken("state = READY", "a"), "state = RUNNING"),
              HasSubstr("belongs to another list; repeat the request"));
}

TEST(PageTokenTest, ForeignTextIsRefusedWithAdvice) {
  for (const char* const text : {"", "1", "no token", "AAAA", "%%%", "ASUjIoTknPLLYawprrEgVRr"}) {
    EXPECT_THAT(ErrorOf(text, ""), HasSubstr("is not a token of this list; take next_page_token"));
  }
}

TEST(PageTokenTest, OneChangedCharacterIsNoticed) {
  const std::string token = EncodePageToken("scope", "experiments/a");
  for (size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_THAT(ErrorOf(changed, "scope"), HasSubstr("is not a token"));
    EXPECT_THAT(ErrorOf(token.substr(0, i), "scope"), HasSubstr("is not a token"));
  }
  EXPECT_THAT(ErrorOf(token + " ", "scope"), HasSubstr("is not a token"));
  EXPECT_THAT(ErrorOf(token + "=", "scope"), HasSubstr("is not a token"));
}

}  // namespace
}  // namespace ipclab
