// What the two ends of every mechanism that wakes or notifies must do, both in this process.

#include <signal.h>
#include <unistd.h>

#include <memory>
#include <vector>

#include "gtest/gtest.h"
#include "tests/conformance/every_event.h"
#include "tests/support/process_state.h"

namespace ipclab {
namespace {

class EventEndsTest : public EveryMechanismTest {
 protected:
  void SetUp() override {
    EveryMechanismTest::SetUp();
    if (IsSkipped()) return;
    if (mechanism_.facts.only_blocks) GTEST_SKIP() << "each end waits for the other one";
    ::signal(SIGPIPE, SIG_IGN);  // as in a worker
  }

  void Connect(const Choices& choices, bool duplex, bool host_sends = true) {
    Close();
    auto hosted = mechanism_.host(SpecOf(choices, duplex, host_sends));
    ASSERT_TRUE(hosted.ok()) << hosted.status();
    host_ = std::move(hosted->channel);
    auto joined = mechanism_.join(SpecOf(choices, duplex, !host_sends), std::move(hosted->offer));
    ASSERT_TRUE(joined.ok()) << joined.status();
    joiner_ = *std::move(joined);
    for (Channel* const end : {host_.get(), joiner_.get()}) {
      const absl::Status connected = end->Connect();
      ASSERT_TRUE(connected.ok()) << connected;
    }
  }

  ChannelSpec SpecOf(const Choices& choices, bool duplex, bool sends) const {
    return SpecOfEvents(record_.mechanism(), names_, choices, duplex, sends);
  }

  void Close() {
    host_.reset();
    joiner_.reset();
    names_.Reclaim();
  }

  // Does act with a link both ways, made with each choice of options.
  template <typename Act>
  void WithEveryChoice(Act act) {
    for (const Choices& choices : ChoicesForEvents(mechanism_, record_.mechanism(), names_)) {
      SCOPED_TRACE(Words(choices));
      Connect(choices, /*duplex=*/true);
      if (HasFatalFailure()) return;
      act();
    }
  }

  // Depth, or nothing where it is not told.
  static void ExpectDepth(const Channel& channel, bool pending) {
    const absl::StatusOr<int64_t> depth = channel.Depth();
    if (depth.ok()) {
      EXPECT_EQ(*depth > 0, pending) << *depth;
    } else {
      EXPECT_TRUE(absl::IsUnimplemented(depth.status())) << depth.status();
      EXPECT_FALSE(depth.status().message().empty());
    }
  }

  LinkNames names_{mechanism_};
  std::unique_ptr<Channel> host_;
  std::unique_ptr<Channel> joiner_;
};

TEST_P(EventEndsTest, NothingIsPendingAtFirst) {
  WithEveryChoice([&] {
    for (Channel* const end : {host_.get(), joiner_.get()}) {
      EXPECT_EQ(end->TryReceive({}), IoStatus::kWouldBlock);
      ExpectDepth(*end, false);
    }
  });
}

TEST_P(EventEndsTest, ANotificationBeforeTheWaitIsNotLost) {
  WithEveryChoice([&] {
    ASSERT_EQ(host_->Send({}), IoStatus::kOk);
    EXPECT_EQ(joiner_->Receive({}), IoStatus::kOk);
    ASSERT_EQ(joiner_->TrySend({}), IoStatus::kOk);
    EXPECT_EQ(host_->Receive({}), IoStatus::kOk);
    EXPECT_EQ(host_->TryReceive({}), IoStatus::kWouldBlock);
    EXPECT_EQ(joiner_->TryReceive({}), IoStatus::kWouldBlock);
  });
}

TEST_P(EventEndsTest, OneWayIsNotTheOther) {
  WithEveryChoice([&] {
    ASSERT_EQ(host_->Send({}), IoStatus::kOk);
    EXPECT_EQ(host_->TryReceive({}), IoStatus::kWouldBlock);
    ASSERT_EQ(joiner_->Send({}), IoStatus::kOk);
    EXPECT_EQ(joiner_->TryReceive({}), IoStatus::kOk);
    EXPECT_EQ(host_->TryReceive({}), IoStatus::kOk);
  });
}

TEST_P(EventEndsTest, WhatWasNotTakenIsPendingUntilItIs) {
  WithEveryChoice([&] {
    constexpr int kNotifications = 3;
    for (int i = 0; i < kNotifications; ++i) ASSERT_EQ(host_->TrySend({}), IoStatus::kOk);
    ExpectDepth(*joiner_, true);
    int taken = 0;
    while (taken <= kNotifications && joiner_->TryReceive({}) == IoStatus::kOk) ++taken;
    EXPECT_GE(taken, 1);
    EXPECT_LE(taken, kNotifications);
    ExpectDepth(*joiner_, false);
  });
}

TEST_P(EventEndsTest, EitherEndMayBeTheOneThatNotifies) {
  for (const bool host_sends : {true, false}) {
    Connect({}, /*duplex=*/false, host_sends);
    Channel& sender = host_sends ? *host_ : *joiner_;
    Channel& receiver = host_sends ? *joiner_ : *host_;
    ASSERT_EQ(sender.Send({}), IoStatus::kOk);
    EXPECT_EQ(receiver.Receive({}), IoStatus::kOk);
    EXPECT_EQ(receiver.TryReceive({}), IoStatus::kWouldBlock);
  }
}

TEST_P(EventEndsTest, NothingIsLeftOfItThoughNotificationsArePending) {
  const size_t open = OpenDescriptors(::getpid()).size();
  WithEveryChoice([&] {
    ASSERT_EQ(host_->Send({}), IoStatus::kOk);
    ASSERT_EQ(joiner_->Send({}), IoStatus::kOk);
    Close();
    EXPECT_EQ(names_.Reclaim(), 0);
    EXPECT_EQ(OpenDescriptors(::getpid()).size(), open);
  });
}

INSTANTIATE_TEST_SUITE_P(Each, EventEndsTest, EveryEvent(), MechanismName);

}  // namespace
}  // namespace ipclab
