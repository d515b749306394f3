#include "server/ledger.h"

#include "common/mapping.h"
#include "gtest/gtest.h"

namespace ipclab {
namespace {

// The pages of a sender and a receiver, as they write them.
class LedgerTest : public testing::Test {
 protected:
  LedgerTest() {
    v1::MeasureSpec& measure = *plan_.spec.mutable_measure();
    measure.set_mechanism("udp");
    measure.set_pattern(v1::Pattern::STREAM);
    measure.set_message_bytes(64);
    measure.set_messages(1000);
    plan_.shape.roles = {internal::SENDER, internal::RECEIVER};
    auto file = CreateMemoryFile("ledger_test", PagesBytes(2));
    pages_ = *Mapping::Shared(file.value().get(), PagesBytes(2));
  }

  // A leg in which so many arrive, and so many do not.
  void PlayLeg(bool step, int64_t messages, int64_t lost) {
    const int64_t leg = ledger_.BeginLeg(step ? LegKind::kStep : LegKind::kRun);
    for (const int worker : {0, 1}) {
      WorkerPage& page = WorkerPageOf(pages_.data(), worker);
      page.messages = worker == 0 ? messages + lost : messages;
      page.lost = worker == 0 ? 0 : lost;
      page.leg = leg;
    }
    ledger_.EndLeg(pages_.data());
  }

  ExperimentPlan plan_;
  Mapping pages_;
  Ledger ledger_{"experiments/a", plan_, {}};
};

TEST_F(LedgerTest, WhereNothingWasMeasuredThereIsNoResult) {
  EXPECT_FALSE(ledger_.ToResult({}).has_value());
  PlayLeg(false, 0, 0);
  EXPECT_FALSE(ledger_.ToResult({}).has_value());
}

TEST_F(LedgerTest, RunsAndStepsAreKeptApart) {
  PlayLeg(false, 100, 0);
  PlayLeg(true, 7, 0);
  PlayLeg(false, 200, 3);
  const auto result = ledger_.ToResult({});
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->metrics().total().messages(), 300);
  EXPECT_EQ(result->metrics().total().lost(), 3);
  EXPECT_EQ(result->stepped_metrics().total().messages(), 7);
}

TEST_F(LedgerTest, WhatWarmsUpIsInNoFigureButWhatItSpoilsIs) {
  const auto play = [&](LegKind kind, int64_t corrupted) {
    const int64_t leg = ledger_.BeginLeg(kind);
    for (const int worker : {0, 1}) {
      WorkerPage& page = WorkerPageOf(pages_.data(), worker);
      page.messages = 50;
      page.lost = page.corrupted = worker == 0 ? 0 : corrupted;
      page.leg = leg;
    }
    ledger_.EndLeg(pages_.data());
    EXPECT_EQ(ledger_.leg_steps(), kind == LegKind::kRun ? 50 : 0);
  };
  play(LegKind::kWarmUp, 0);
  EXPECT_FALSE(ledger_.ToResult({}).has_value());
  play(LegKind::kWarmUp, 3);
  play(LegKind::kRun, 0);
  play(LegKind::kCensus, 9);
  const auto result = ledger_.ToResult({});
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->metrics().total().messages(), 50);
  EXPECT_EQ(result->metrics().total().corrupted(), 3);
  EXPECT_EQ(result->metrics().total().lost(), 0);
  EXPECT_EQ(result->census().messages(), 50);
}

TEST_F(LedgerTest, ARunInWhichAllWasLostSaysSo) {
  PlayLeg(false, 0, 1000);
  const auto result = ledger_.ToResult({});
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->metrics().total().messages(), 0);
  EXPECT_EQ(result->metrics().total().lost(), 1000);
}

}  // namespace
}  // namespace ipclab
