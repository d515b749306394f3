#include "server/control_lease.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/error_details.h"
#include "tests/server/patience.h"

namespace ipclab {
namespace {

const std::string kMine = "11111111-1111-4111-8111-111111111111";
const std::string kOthers = "22222222-2222-4222-8222-222222222222";

v1::Control By(const std::string& controller, int64_t ttl_seconds = 1) {
  v1::Control control;
  control.set_controller(controller);
  control.mutable_lease_ttl()->set_seconds(ttl_seconds);
  return control;
}

class ControlLeaseTest : public ::testing::Test {
 protected:
  ~ControlLeaseTest() override {
    OnStrand(loop_, [this] { lease_.reset(); });
  }

  absl::Status Claim(const v1::Control& control) {
    absl::Status status;
    OnStrand(loop_, [&] {
      status = lease_->Check(&control);
      if (status.ok()) lease_->Take(control);
    });
    return status;
  }
  absl::Status ClaimNothing() {
    absl::Status status;
    OnStrand(loop_, [&] { status = lease_->Check(nullptr); });
    return status;
  }

  EventLoop loop_;
  Mailbox<std::string> events_;
  std::optional<ControlLease> lease_{
      std::in_place, loop_, "experiments/a",
      ControlLease::Listener{
          [this] { events_.Put("change"); },
          [this](v1::Control::OnLoss loss) { events_.Put(v1::Control::OnLoss_Name(loss)); }}};
};

TEST_F(ControlLeaseTest, TheFirstHasItAndRenewsIt) {
  EXPECT_TRUE(ClaimNothing().ok());
  EXPECT_TRUE(Claim(By(kMine)).ok());
  EXPECT_EQ(events_.Take(), "change");
  EXPECT_TRUE(Claim(By(kMine)).ok());
  EXPECT_TRUE(events_.empty()) << "a renewal is no news";
  const absl::Status refused = Claim(By(kOthers));
  EXPECT_TRUE(absl::IsAborted(refused)) << refused;
  EXPECT_EQ(ReasonOf(refused), "CONTROLLED_BY_ANOTHER");
  EXPECT_TRUE(absl::IsAborted(ClaimNothing()));
}

TEST_F(ControlLeaseTest, RunsOutUnlessItIsRenewed) {
  v1::Control control = By(kMine);
  control.set_on_loss(v1::Control::CANCEL);
  ASSERT_TRUE(Claim(control).ok());
  EXPECT_EQ(events_.Take(), "change");
  EXPECT_EQ(events_.Take(), "change");
  EXPECT_EQ(events_.Take(), "CANCEL");
  EXPECT_TRUE(Claim(By(kOthers)).ok());
}

TEST_F(ControlLeaseTest, AShorterOneRunsOutSooner) {
  ASSERT_TRUE(Claim(By(kMine, 3600)).ok());
  ASSERT_TRUE(Claim(By(kMine, 1)).ok());
  EXPECT_EQ(events_.Take(), "change");
  EXPECT_EQ(events_.Take(), "change");
  EXPECT_EQ(events_.Take(), "PAUSE");
}

TEST_F(ControlLeaseTest, ADriveKeepsItAndAnOrderlyEndGivesItUp) {
  const v1::Control control = By(kMine);
  ASSERT_TRUE(Claim(control).ok());
  EXPECT_EQ(events_.Take(), "change");
  OnStrand(loop_, [&] { lease_->Hold(); });
  OnStrand(loop_, [&] { EXPECT_FALSE(lease_->state()->has_expire_time()); });
  OnStrand(loop_, [&] { lease_->Unhold(control, true); });
  EXPECT_EQ(events_.Take(), "change");
  OnStrand(loop_, [&] { EXPECT_FALSE(lease_->state().has_value()); });
}

TEST_F(ControlLeaseTest, TwoDrivesKeepItUntilTheLastIsOver) {
  const v1::Control control = By(kMine);
  ASSERT_TRUE(Claim(control).ok());
  OnStrand(loop_, [&] {
    lease_->Hold();
    lease_->Hold();
    lease_->Unhold(control, true);
    EXPECT_TRUE(lease_->state().has_value());
    lease_->Unhold(control, false);
    EXPECT_TRUE(lease_->state()->has_expire_time());
  });
  EXPECT_EQ(events_.Take(), "change");
  EXPECT_EQ(events_.Take(), "change");
  EXPECT_EQ(events_.Take(), "PAUSE");
}

TEST_F(ControlLeaseTest, DroppedItTellsNobody) {
  ASSERT_TRUE(Claim(By(kMine)).ok());
  EXPECT_EQ(events_.Take(), "change");
  OnStrand(loop_, [&] { lease_->Drop(); });
  EXPECT_TRUE(events_.empty());
  OnStrand(loop_, [&] { EXPECT_FALSE(lease_->state().has_value()); });
}

}  // namespace
}  // namespace ipclab
