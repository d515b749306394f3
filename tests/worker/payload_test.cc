#include "worker/payload.h"

#include <vector>

#include "gtest/gtest.h"

namespace ipclab {
namespace {

TEST(PayloadTest, MatchesWhatItFilledAtEveryLength) {
  for (size_t bytes = 0; bytes < 40; ++bytes) {
    std::vector<std::byte> payload(bytes);
    FillPayload(payload, 12);
    EXPECT_TRUE(PayloadMatches(payload, 12)) << bytes;
  }
}

TEST(PayloadTest, NoticesEverySingleWrongByte) {
  std::vector<std::byte> payload(37);
  FillPayload(payload, 5);
  for (std::byte& byte : payload) {
    byte ^= std::byte{1};
    EXPECT_FALSE(PayloadMatches(payload, 5));
    byte ^= std::byte{1};
  }
  EXPECT_TRUE(PayloadMatches(payload, 5));
}

TEST(PayloadTest, NoticesThePayloadOfAnotherMessageEvenInOneByte) {
  int equal = 0;
  for (uint64_t sequence = 0; sequence < 256; ++sequence) {
    std::vector<std::byte> payload(1);
    FillPayload(payload, sequence);
    equal += PayloadMatches(payload, sequence + 1);
  }
  EXPECT_LT(equal, 8);
}

TEST(PayloadTest, NoticesAShift) {
  std::vector<std::byte> payload(64);
  FillPayload(payload, 9);
  EXPECT_FALSE(PayloadMatches(std::span(payload).subspan(8), 9));
}

}  // namespace
}  // namespace ipclab
