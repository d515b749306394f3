// A client may go away at any message of any stream: nothing of it is left on the server.

#include "gtest/gtest.h"
#include "tests/support/lab_server.h"

namespace ipclab {
namespace {

constexpr int kMessages = 8;

// Cancels after so many messages. The stream may end by itself before.
template <class Stream>
void CancelAfter(Stream stream, int messages) {
  for (int i = 0; i < messages && stream.Next(); ++i) {
  }
  stream.Cancel();
  stream.Rest();
  stream.Finish();
}

class StreamCancelTest : public testing::Test {
 protected:
  // What was there before is all that is there after.
  void TearDown() override {
    client().Cancel(name_);
    EXPECT_TRUE(client().Delete(name_).ok());
    EXPECT_EQ(client().Info()->workers(), 0);
    EXPECT_EQ(server_.Terminate(absl::Seconds(3)), 0) << "somebody is still being served";
  }

  // Steps make events, and figures.
  void Step() { ASSERT_TRUE(client().Step(name_, 1).ok()); }
  const LabClient& client() const { return server_.client(); }

  LabServer server_;
  const std::string name_ = client().CreateReady(Measure("pipe", kEndless)).name();
};

TEST_F(StreamCancelTest, Watches) {
  for (int round = 0; round < 3; ++round) {
    for (int messages = 0; messages < kMessages; ++messages) {
      EventStream events = client().Watch(name_);
      for (int i = 0; i < messages; i += 3) Step();  // three events each
      CancelAfter(std::move(events), messages);
    }
  }
}

TEST_F(StreamCancelTest, WatchesOfFigures) {
  for (int messages = 0; messages < kMessages; ++messages) {
    CancelAfter(client().WatchMetrics(name_, absl::Milliseconds(10)), messages);
  }
}

TEST_F(StreamCancelTest, Exports) {
  ASSERT_TRUE(client().Step(name_, 1000).ok());
  ASSERT_TRUE(client().Cancel(name_).ok());
  for (int messages = 0; messages < kMessages; ++messages) {
    v1::ExportExperimentRequest request;
    request.set_name(name_);
    const auto context = client().NewContext();
    const auto reader = client().experiments().ExportExperiment(context.get(), request);
    v1::ExportExperimentResponse piece;
    for (int i = 0; i < messages && reader->Read(&piece); ++i) {
    }
    context->TryCancel();
    reader->Finish();
  }
}

}  // namespace
}  // namespace ipclab
