// The words of states as bytes, and each of them once.

#include "common/explore/state_store.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <vector>

#include "common/explore/packed_words.h"

namespace ipclab {
namespace {

using Words = std::vector<int64_t>;

std::vector<uint8_t> Packed(const Words& words) {
  std::vector<uint8_t> bytes(MostPackedBytes(words.size()));
  bytes.resize(static_cast<size_t>(PackWords(words.data(), words.size(), bytes.data()) -  //
                                   bytes.data()));
  return bytes;
}

Words Unpacked(const std::vector<uint8_t>& bytes, size_t count) {
  Words words(count, 77);
  EXPECT_EQ(UnpackWords(bytes.data(), words.data(), count), bytes.data() + bytes.size());
  return words;
}

TEST(PackedWordsTest, ComeBackAsTheyWere) {
  Words words;
  for (int bit = 0; bit < 64; ++bit) {
    const uint64_t power = uint64_t{1} << bit;
    for (const uint64_t word : {power, power - 1, 0 - power, ~power}) {
      words.push_back(static_cast<int64_t>(word));
    }
  }
  words.insert(words.end(), 200, 0);
  words.push_back(1);
  EXPECT_EQ(Unpacked(Packed(words), words.size()), words);
}

TEST(PackedWordsTest, RunsOfZerosOfEveryLengthComeBack) {
  for (size_t zeros = 0; zeros < 200; ++zeros) {
    Words words(zeros, 0);
    words.push_back(-1);
    EXPECT_EQ(Unpacked(Packed(words), words.size()), words);
  }
}

TEST(PackedWordsTest, SmallWordsTakeAByteAndZerosLess) {
  EXPECT_EQ(Packed({1, -1, 95, -96, 0}).size(), 5u);
  EXPECT_EQ(Packed(Words(50, 0)).size(), 1u);
  EXPECT_EQ(Packed({std::numeric_limits<int64_t>::min()}).size(), 9u);
}

TEST(StateStoreTest, NumbersEachOnceInOrderOfComing) {
  ByteBudget budget(1 << 20);
  StateStore store(3, budget);
  constexpr int64_t kRows = 5000;
  for (int round = 0; round < 2; ++round) {
    for (int64_t row = 0; row < kRows; ++row) {
      const int64_t words[] = {0, row * row, -row};
      const auto known = store.Add(words);
      ASSERT_TRUE(known.has_value());
      EXPECT_EQ(known->number, row);
      EXPECT_EQ(known->is_new, round == 0);
    }
  }
  EXPECT_EQ(store.size(), kRows);
}

TEST(StateStoreTest, RowsOfWhichOneBeginsLikeAnotherAreTwo) {
  ByteBudget budget(1 << 20);
  StateStore store(4, budget);
  const int64_t rows[][4] = {{0, 0, 0, 0}, {0, 0, 0, 1}, {0, 0, 1, 0}, {1, 0, 0, 0}, {0, 1, 0, 0}};
  for (const auto& row : rows) EXPECT_TRUE(store.Add(row)->is_new);
  for (const auto& row : rows) EXPECT_FALSE(store.Add(row)->is_new);
}

TEST(StateStoreTest, RefusesAtItsLimitAndStillKnowsWhatItHas) {
  ByteBudget budget(64 << 10);
  StateStore store(2, budget);
  int64_t row = 0;
  for (; row < 1'000'000; ++row) {
    const int64_t words[] = {row, 1};
    if (!store.Add(words)) break;
  }
  EXPECT_LT(row, 1'000'000);
  EXPECT_GT(row, 1'000);
  EXPECT_LE(budget.used(), 64 << 10);
  const int64_t first[] = {0, 1};
  const auto known = store.Add(first);
  ASSERT_TRUE(known.has_value());
  EXPECT_EQ(known->number, 0u);
  EXPECT_FALSE(known->is_new);
}

}  // namespace
}  // namespace ipclab
