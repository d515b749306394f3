#include "server/explore/desks.h"

#include <stop_token>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/error_details.h"
#include "tests/server/patience.h"

namespace ipclab {
namespace {

// Work that lasts until its stop.
Desks::Work UntilStopped(Mailbox<std::string>& told) {
  return [&told](const std::stop_token& stop) -> Desks::Answer {
    Mailbox<bool> stopped;
    told.Put("begun");
    const std::stop_callback on_stop(stop, [&stopped] { stopped.Put(true); });
    stopped.Take();
    return [&told] { told.Put("answered"); };
  };
}

TEST(DesksTest, MoreThanThereAreDesksIsRefusedWithATimeToTryAgain) {
  Mailbox<std::string> told;
  Desks desks(2);
  std::stop_source first;
  ASSERT_TRUE(desks.Begin(first, UntilStopped(told)).ok());
  ASSERT_TRUE(desks.Begin(std::stop_source(), UntilStopped(told)).ok());
  const absl::Status refused = desks.Begin(std::stop_source(), UntilStopped(told));
  EXPECT_TRUE(absl::IsResourceExhausted(refused)) << refused;
  EXPECT_EQ(DetailOf<google::rpc::QuotaFailure>(refused)->violations(0).subject(), "explorations");
  EXPECT_GT(DetailOf<google::rpc::RetryInfo>(refused)->retry_delay().seconds(), 0);
  told.Take();
  told.Take();

  first.request_stop();
  EXPECT_EQ(told.Take(), "answered");
  EXPECT_TRUE(desks.Begin(std::stop_source(), UntilStopped(told)).ok());
}

TEST(DesksTest, WhoHearsTheAnswerFindsTheDeskFree) {
  Mailbox<absl::Status> begun;
  Desks desks(1);
  const auto nothing = [](const std::stop_token&) -> Desks::Answer { return [] {}; };
  ASSERT_TRUE(desks
                  .Begin(std::stop_source(),
                         [&](const std::stop_token&) -> Desks::Answer {
                           return [&] { begun.Put(desks.Begin(std::stop_source(), nothing)); };
                         })
                  .ok());
  const auto again = begun.Take();
  ASSERT_TRUE(again.has_value());
  EXPECT_TRUE(again->ok()) << *again;
}

TEST(DesksTest, TheEndStopsAndAnswersWhatIsAtWork) {
  Mailbox<std::string> told;
  {
    Desks desks(2);
    ASSERT_TRUE(desks.Begin(std::stop_source(), UntilStopped(told)).ok());
    ASSERT_TRUE(desks.Begin(std::stop_source(), UntilStopped(told)).ok());
  }
  int answered = 0;
  while (!told.empty()) answered += told.Take() == "answered";
  EXPECT_EQ(answered, 2);
}

}  // namespace
}  // namespace ipclab
