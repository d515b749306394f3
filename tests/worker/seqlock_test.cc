#include "worker/ring/seqlock.h"
#include "tests/support/nap.h"

#include <atomic>
#include <thread>

#include "gtest/gtest.h"
#include "tests/worker/shared_ring.h"
#include "worker/mechanism.h"

namespace ipclab {
namespace {

constexpr size_t kValueWords = 512;  // a page: long enough to be caught in the middle of it
constexpr size_t kValueBytes = kValueWords * sizeof(uint64_t);

class OneSeqlock : public testing::Test {
 protected:
  void Make(uint32_t readers = 1) {
    layout_.readers = readers;
    layout_.Format(memory_.data());
  }
  SeqlockWriter Writer() { return layout_.MakeWriter(memory_.data()); }
  SeqlockReader Reader() { return layout_.MakeReader(memory_.data()); }

  SeqlockLayout layout_ = {.message_bytes = kValueBytes};
  const SharedMemory memory_{layout_.bytes()};
  Words value_{kValueWords};
};

// Writes values in bursts without a pause, in which readers are torn, and waits between them until
// each reader has got one, until all have seen enough.
void WriteBursts(SeqlockWriter writer, std::span<std::atomic<uint64_t>> got,
                 std::atomic<bool>& enough) {
  Words value(kValueWords);
  uint64_t number = 0;
  while (!enough) {
    std::vector<uint64_t> before;
    for (const auto& count : got) before.push_back(count);
    for (int i = 0; i < 100; ++i) {
      writer.TrySend(value.Filled(++number));
      writer.Notify();
    }
    for (size_t reader = 0; reader < got.size(); ++reader) {
      while (got[reader] == before[reader] && !enough) Nap();
    }
  }
  writer.Close();
}

// Reads until there were torn reads and many whole ones. False when one was torn unnoticed or old.
bool ReadTillTorn(SeqlockReader& reader, std::atomic<uint64_t>& got) {
  Words value(kValueWords);
  uint64_t newest = 0;
  while (reader.torn() < 3 || got < 200) {
    if (ReceiveOn(reader, value.bytes()) != IoStatus::kOk) return false;
    if (!value.IsWhole() || value.value() <= newest) return false;
    newest = value.value();
    ++got;
  }
  return true;
}

TEST_F(OneSeqlock, ThrowsTornReadsAwayAndCountsThemAmongThreads) {
  constexpr size_t kReaders = 2;
  Make(kReaders);
  std::array<std::atomic<uint64_t>, kReaders> got = {};
  std::atomic<bool> enough = false;
  std::atomic<int> done = 0;
  std::jthread writer([&] { WriteBursts(Writer(), got, enough); });
  std::vector<std::jthread> readers;
  for (std::atomic<uint64_t>& count : got) {
    readers.emplace_back([&] {
      SeqlockReader reader = Reader();
      EXPECT_TRUE(ReadTillTorn(reader, count));
      Words rest(kValueWords);
      if (++done == kReaders) enough = true;
      // Goes on, so that the writer goes on for the other one.
      while (ReceiveOn(reader, rest.bytes()) == IoStatus::kOk) ++count;
    });
  }
}

TEST_F(OneSeqlock, ThrowsTornReadsAwayAmongProcesses) {
  Make();
  struct Common {
    std::atomic<uint64_t> got;
    std::atomic<bool> enough;
  };
  const SharedMemory memory(sizeof(Common));
  auto& common = *static_cast<Common*>(memory.data());
  ExpectTrueInChildren({[&] {
                          WriteBursts(Writer(), {&common.got, 1}, common.enough);
                          return true;
                        },
                        [&] {
                          SeqlockReader reader = Reader();
                          const bool good = ReadTillTorn(reader, common.got);
                          common.enough = true;
                          return good;
                        }});
}

TEST_F(OneSeqlock, NeverLetsTheWriterWaitAndShowsTheLastValueOnce) {
  Make();
  SeqlockWriter writer = Writer();
  SeqlockReader reader = Reader();
  for (uint64_t number = 1; number <= 10'000; ++number) {
    ASSERT_EQ(writer.TrySend(value_.Filled(number)), IoStatus::kOk);
  }
  EXPECT_EQ(reader.Depth(), 1);
  EXPECT_EQ(reader.TryReceive(value_.bytes()), IoStatus::kOk);
  EXPECT_EQ(value_.value(), 10'000u);
  EXPECT_EQ(reader.Depth(), 0);
  EXPECT_EQ(reader.TryReceive(value_.bytes()), IoStatus::kWouldBlock);
}

TEST_F(OneSeqlock, ShowsEveryReaderTheSameValue) {
  Make(/*readers=*/2);
  SeqlockReader first = Reader();
  SeqlockReader second = Reader();
  Writer().TrySend(value_.Filled(7));
  for (SeqlockReader* const reader : {&first, &second}) {
    value_.Filled(0);
    ASSERT_EQ(reader->TryReceive(value_.bytes()), IoStatus::kOk);
    EXPECT_EQ(value_.value(), 7u);
  }
}

TEST_F(OneSeqlock, ShowsNothingOfAValueThatIsBeingWritten) {
  Make();
  SeqlockWriter writer = Writer();
  SeqlockReader reader = Reader();
  writer.TrySend(value_.Filled(1));
  writer.Begin();
  EXPECT_EQ(reader.TryReceive(value_.bytes()), IoStatus::kWouldBlock);
  writer.End();
  EXPECT_EQ(reader.TryReceive(value_.bytes()), IoStatus::kOk);
}

TEST_F(OneSeqlock, EndsForReadersAfterTheLastValueAndForTheWriterWithItsLastReader) {
  Make(/*readers=*/2);
  SeqlockWriter writer = Writer();
  SeqlockReader reader = Reader();
  Reader().Close();
  EXPECT_EQ(writer.TrySend(value_.Filled(1)), IoStatus::kOk);
  writer.Close();
  EXPECT_EQ(reader.TryReceive(value_.bytes()), IoStatus::kOk);
  EXPECT_EQ(reader.TryReceive(value_.bytes()), IoStatus::kPeerClosed);
  reader.Close();
  EXPECT_EQ(writer.TrySend(value_.Filled(2)), IoStatus::kPeerClosed);
}

TEST(AtomicWordsTest, CarryEverySizeAndTouchNothingElse) {
  for (size_t bytes = 1; bytes <= 33; ++bytes) {
    std::vector<AtomicWord> words(WordsFor(bytes));
    std::vector<std::byte> in(bytes);
    for (size_t i = 0; i < bytes; ++i) in[i] = static_cast<std::byte>(i + 1);
    StoreWords(words.data(), in);
    std::vector<std::byte> out(bytes + 1, std::byte{0xee});
    LoadWords(std::span(out).first(bytes), words.data());
    EXPECT_TRUE(std::equal(in.begin(), in.end(), out.begin())) << bytes;
    EXPECT_EQ(out.back(), std::byte{0xee}) << bytes;
  }
}

class SeqlockChannelTest : public testing::Test {
 protected:
  void SetUp() override {
    const Mechanism& seqlock = *FindMechanism(AllMechanisms(), "seqlock");
    ChannelSpec spec;
    spec.message_bytes = kValueBytes;
    spec.sends = true;
    auto hosted = seqlock.host(spec);
    ASSERT_TRUE(hosted.ok()) << hosted.status();
    spec.sends = false;
    auto joined = seqlock.join(spec, std::move(hosted->offer));
    ASSERT_TRUE(joined.ok()) << joined.status();
    writer_ = std::move(hosted->channel);
    reader_ = *std::move(joined);
  }

  std::unique_ptr<Channel> writer_;
  std::unique_ptr<Channel> reader_;
  Words value_{kValueWords};
};

TEST_F(SeqlockChannelTest, ReceiveGivesUpWhereNothingNewComes) {
  ASSERT_EQ(writer_->Send(value_.Filled(1)), IoStatus::kOk);
  EXPECT_EQ(reader_->Receive(value_.bytes()), IoStatus::kOk);
  EXPECT_EQ(reader_->Receive(value_.bytes()), IoStatus::kWouldBlock);
}

TEST_F(SeqlockChannelTest, AValueWakesAReaderThatSleeps) {
  std::jthread sleeper([this] {
    Words value(kValueWords);
    IoStatus status;
    while ((status = reader_->Receive(value.bytes())) == IoStatus::kWouldBlock) {
    }
    EXPECT_EQ(status, IoStatus::kOk);
    EXPECT_EQ(value.value(), 5u);
  });
  EXPECT_EQ(writer_->Send(value_.Filled(5)), IoStatus::kOk);
}

}  // namespace
}  // namespace ipclab
