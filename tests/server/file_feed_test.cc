#include "server/feeds/file_feed.h"

#include <algorithm>
#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "tests/server/fake_outlet.h"
#include "tests/server/patience.h"

namespace ipclab {
namespace {

constexpr size_t kPiece = 65536;

// Bytes that show when a piece is missing or out of its place.
std::string Bytes(size_t size) {
  std::string bytes(size, '\0');
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 31 + i / 251);
  return bytes;
}

class FileFeedTest : public testing::Test {
 protected:
  void Send(const std::string& data) {
    OnStrand(loop_, [&] { SendFile(loop_, {"x.csv", "text/csv", data}, outlet_); });
  }
  void Settle() {
    OnStrand(loop_, [] {});
  }

  EventLoop loop_;
  std::shared_ptr<FakeOutlet<v1::ExportExperimentResponse>> outlet_ =
      std::make_shared<FakeOutlet<v1::ExportExperimentResponse>>();
};

TEST_F(FileFeedTest, SendsEveryByteOnceInPiecesOfTheRightSize) {
  const size_t sizes[] = {1, kPiece - 1, kPiece, kPiece + 1, 3 * kPiece, 5 * kPiece + 7};
  for (const size_t size : sizes) {
    outlet_ = std::make_shared<FakeOutlet<v1::ExportExperimentResponse>>();
    const std::string data = Bytes(size);
    Send(data);
    std::string got;
    for (bool first = true; got.size() < size; first = false) {
      const auto piece = outlet_->Take();
      ASSERT_TRUE(piece);
      EXPECT_EQ(piece->file_name(), first ? "x.csv" : "");
      EXPECT_EQ(piece->media_type(), first ? "text/csv" : "");
      EXPECT_EQ(piece->data().size(), std::min(kPiece, size - got.size()));
      got += piece->data();
    }
    Settle();
    EXPECT_TRUE(got == data);
    EXPECT_EQ(outlet_->finished(), absl::OkStatus());
    EXPECT_FALSE(outlet_->HasWritten());
  }
}

TEST_F(FileFeedTest, AnEmptyFileStillHasAName) {
  Send("");
  EXPECT_EQ(outlet_->Take()->file_name(), "x.csv");
  Settle();
  EXPECT_EQ(outlet_->finished(), absl::OkStatus());
}

TEST_F(FileFeedTest, WaitsForTheReader) {
  Send(Bytes(3 * kPiece));
  ASSERT_TRUE(outlet_->Await());
  Settle();
  EXPECT_FALSE(outlet_->HasWritten());
  EXPECT_FALSE(outlet_->finished());
  outlet_->Deliver();
  EXPECT_TRUE(outlet_->Await());
}

TEST_F(FileFeedTest, IsNotOverBeforeTheLastPieceIsTaken) {
  Send("a");
  ASSERT_TRUE(outlet_->Await());
  Settle();
  EXPECT_FALSE(outlet_->finished());
}

TEST_F(FileFeedTest, AClientThatWentAwayGetsNothingMore) {
  Send(Bytes(3 * kPiece));
  ASSERT_TRUE(outlet_->Await());
  outlet_->GoAway();
  Settle();
  EXPECT_FALSE(outlet_->HasWritten());
  EXPECT_FALSE(outlet_->finished());
}

TEST_F(FileFeedTest, NothingHoldsTheOutletOnceTheCallIsOver) {
  Send(Bytes(3 * kPiece));
  ASSERT_TRUE(outlet_->Await());
  const std::weak_ptr<FileOutlet> outlet = outlet_;
  outlet_->Deliver();  // its work may still lie on the strand
  outlet_.reset();
  Settle();
  EXPECT_TRUE(outlet.expired());
}

}  // namespace
}  // namespace ipclab
