#include "worker/message.h"

#include <vector>

#include "gtest/gtest.h"

namespace ipclab {
namespace {

TEST(MessageFormatTest, CarriesSequenceAndLastMarkInEightBytes) {
  const MessageFormat format(64, /*pattern_stamps=*/false);
  std::vector<std::byte> message(64);
  format.WriteHeader(message, 0x0123456789abcdef, true);
  EXPECT_EQ(message[0], std::byte{0xdf});  // little-endian, shifted by the mark
  EXPECT_EQ(format.ReadHeader(message).sequence, 0x0123456789abcdefu);
  EXPECT_TRUE(format.ReadHeader(message).last);
  EXPECT_EQ(format.Payload(message).size(), 56u);
}

TEST(MessageFormatTest, CutsTheSequenceToShortMessagesAndKeepsTheMark) {
  for (const size_t bytes : {1u, 2u, 3u, 7u}) {
    const MessageFormat format(bytes, /*pattern_stamps=*/true);
    std::vector<std::byte> message(bytes);
    format.WriteHeader(message, ~uint64_t{0} - 4, true);
    const int bits = static_cast<int>(bytes) * 8 - 1;
    EXPECT_EQ(format.sequence_bits(), bits);
    EXPECT_EQ(format.ReadHeader(message).sequence,
              (~uint64_t{0} - 4) & ((uint64_t{1} << bits) - 1));
    EXPECT_TRUE(format.ReadHeader(message).last);
    EXPECT_TRUE(format.Payload(message).empty());
  }
}

TEST(MessageFormatTest, StampsOnlyWhereThePatternWantsItAndTheMessageHoldsIt) {
  EXPECT_FALSE(MessageFormat(15, true).stamped());
  EXPECT_FALSE(MessageFormat(16, false).stamped());
  const MessageFormat format(17, true);
  ASSERT_TRUE(format.stamped());
  std::vector<std::byte> message(17);
  format.WriteHeader(message, 7, false);
  format.WriteStamp(message, 0xfedcba9876543210);
  EXPECT_EQ(format.ReadStamp(message), 0xfedcba9876543210u);
  EXPECT_EQ(format.ReadHeader(message).sequence, 7u);
  EXPECT_EQ(format.Payload(message).size(), 1u);
}

}  // namespace
}  // namespace ipclab
