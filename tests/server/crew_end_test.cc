// Whatever goes wrong, the first cause wins, every worker ends, and the crew says that it is gone.
#include <csignal>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/crew.h"
#include "tests/server/crew_fixture.h"

namespace ipclab {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

TEST_F(CrewTest, AKilledWorkerIsTheCauseAndItsPeerIsEnded) {
  Connect();
  workers_[0].Die();
  ReportEnd(0, SIGKILL);
  EXPECT_EQ(log_.Take(), "end 0 SIGNAL SIGKILL");
  ExpectKilledByLab(1);
  EXPECT_EQ(log_.Take(), "gone SIGNAL SIGKILL");
  EXPECT_THAT(message_, HasSubstr("worker 0 (initiator)"));
}

TEST_F(CrewTest, AnExitNobodyAskedForIsACauseEvenWithCodeZero) {
  Connect();
  workers_[1].Die();
  ReportEnd(1, 0, 0);
  EXPECT_EQ(log_.Take(), "end 1 EXIT EXITED");
  ExpectKilledByLab(0);
  EXPECT_EQ(log_.Take(), "gone EXIT EXITED");
}

// The survivor finds the channel closed, says so and exits, before the zygote tells of the death.
TEST_F(CrewTest, TheDeathBehindAClosedPeerIsTheCause) {
  Connect();
  StartLeg();
  workers_[0].Say(Failure(internal::Failed::PEER_CLOSED));
  ReportEnd(0, 0, 1);
  EXPECT_EQ(log_.Take(), "end 0 EXIT PEER_CLOSED");
  ReportEnd(1, SIGSEGV);
  EXPECT_EQ(log_.Take(), "end 1 SIGNAL SIGSEGV");
  EXPECT_EQ(log_.Take(), "gone SIGNAL SIGSEGV");
  EXPECT_THAT(message_, HasSubstr("worker 1"));
}

TEST_F(CrewTest, AClosedPeerThatLivesIsEndedAndTheClosureIsTheCause) {
  Connect();
  workers_[0].Say(Failure(internal::Failed::PEER_CLOSED));
  ReportEnd(0, 0, 1);
  EXPECT_EQ(log_.Take(), "end 0 EXIT PEER_CLOSED");
  ExpectKilledByLab(1);
  EXPECT_EQ(log_.Take(), "gone EXIT PEER_CLOSED");
  EXPECT_THAT(message_, HasSubstr("worker 0 (initiator): read pipe: it is over"));
}

TEST_F(CrewTest, TwoThatFindTheirPeerClosedHaveTheFirstAsCause) {
  Connect();
  workers_[0].Say(Failure(internal::Failed::PEER_CLOSED));
  workers_[1].Say(Failure(internal::Failed::PEER_CLOSED));
  ReportEnd(1, 0, 1);
  ReportEnd(0, 0, 1);
  EXPECT_EQ(log_.Take(), "end 1 EXIT PEER_CLOSED");
  EXPECT_EQ(log_.Take(), "end 0 EXIT PEER_CLOSED");
  EXPECT_EQ(log_.Take(), "gone EXIT PEER_CLOSED");
  EXPECT_THAT(message_, HasSubstr("worker 1"));
}

TEST_F(CrewTest, AWorkersOwnComplaintIsTheCause) {
  Connect();
  workers_[1].Say(Failure(internal::Failed::ERROR));
  ReportEnd(1, 0, 1);
  EXPECT_EQ(log_.Take(), "end 1 EXIT WORKER_ERROR");
  ExpectKilledByLab(0);
  EXPECT_EQ(log_.Take(), "gone EXIT WORKER_ERROR");
  EXPECT_THAT(message_, HasSubstr("worker 1 (responder): read pipe: it is over"));
}

TEST_F(CrewTest, TheLastWordsOfAWorkerAreHeardEvenIfItsEndIsKnownFirst) {
  Connect();
  OnStrand(zygote_.loop(), [this] {  // the loop cannot have read it
    workers_[1].Say(Failure(internal::Failed::ERROR));
    internal::Ended ended;
    ended.set_index(1);
    ended.set_exit_code(1);
    crew_->HandleEnded(ended);
  });
  EXPECT_EQ(log_.Take(), "end 1 EXIT WORKER_ERROR");
}

TEST_F(CrewTest, AStoppedWorkerIsTheCauseAndIsEnded) {
  Connect();
  internal::FromZygote message;
  message.mutable_stopped()->set_experiment(1);
  message.mutable_stopped()->set_index(1);
  message.mutable_stopped()->set_signal(SIGSTOP);
  zygote_.Send(message);
  ExpectKilledByLab(0);
  ExpectKilledByLab(1);
  EXPECT_EQ(log_.Take(), "gone SIGNAL SIGSTOP");
  EXPECT_THAT(message_, HasSubstr("worker 1 (responder) was stopped"));
}

TEST_F(CrewTest, WhatWorkersSayOnceTheyAreBeingKilledIsMoot) {
  Connect();
  Kill(v1::End::KILLED_BY_LAB, "CANCELLED");
  workers_[0].Say(Failure(internal::Failed::ERROR));
  ExpectKilledByLab(0);
  ExpectKilledByLab(1);
  EXPECT_EQ(log_.Take(), "gone KILLED_BY_LAB CANCELLED");
}

TEST_F(CrewTest, TheFirstOfTwoCausesWins) {
  Connect();
  Kill(v1::End::TIMEOUT, "NO_PROGRESS");
  Kill(v1::End::KILLED_BY_LAB, "CANCELLED");
  ExpectKilledByLab(1);
  ExpectKilledByLab(0);
  EXPECT_EQ(log_.Take(), "gone TIMEOUT NO_PROGRESS");
}

TEST_F(CrewTest, ADeathThatTheZygoteHasYetToTellIsNotTheLabs) {
  Connect();
  workers_[0].Die();
  Kill(v1::End::KILLED_BY_LAB, "CANCELLED");
  ReportEnd(0, SIGKILL);
  EXPECT_EQ(log_.Take(), "end 0 SIGNAL SIGKILL");
  ExpectKilledByLab(1);
  EXPECT_EQ(log_.Take(), "gone KILLED_BY_LAB CANCELLED");
}

TEST_F(CrewTest, KilledBeforeItWasSpawnedItsWorkersAreEndedAsTheyCome) {
  Start();
  Kill(v1::End::KILLED_BY_LAB, "CANCELLED");
  EXPECT_EQ(Alive(), 2);
  AnswerSpawned();
  ExpectKilledByLab(0);
  ExpectKilledByLab(1);
  EXPECT_EQ(log_.Take(), "gone KILLED_BY_LAB CANCELLED");
}

TEST_F(CrewTest, AFailedSpawnSaysWhatFailed) {
  Start();
  internal::FromZygote message;
  message.mutable_spawned()->set_experiment(1);
  message.mutable_spawned()->set_error(EAGAIN);
  message.mutable_spawned()->set_what("fork");
  zygote_.Send(message);
  EXPECT_EQ(log_.Take(), "gone SPAWN_FAILED SPAWN_FAILED");
  EXPECT_THAT(message_, HasSubstr("fork: Resource temporarily unavailable"));
}

TEST_F(CrewTest, AnAnswerWithTooFewDescriptorsIsAFailedSpawn) {
  Start();
  internal::FromZygote message;
  message.mutable_spawned()->set_experiment(1);
  message.mutable_spawned()->add_pids(workers_[0].pid());
  zygote_.Send(message, {workers_[0].pidfd()});
  EXPECT_EQ(log_.Take(), "gone SPAWN_FAILED SPAWN_FAILED");
  EXPECT_THAT(message_, HasSubstr("malformed"));
}

TEST_F(CrewTest, AWorkerThatTalksNonsenseIsTheCause) {
  Spawn();
  workers_[0].SayBytes("\xff\xff\xff");
  ExpectKilledByLab(0);
  ExpectKilledByLab(1);
  EXPECT_EQ(log_.Take(), "gone LOST CONTROL");
  EXPECT_THAT(message_, HasSubstr("worker 0"));
}

TEST_F(CrewTest, WithTheZygoteTheTrueEndsAreLost) {
  Connect();
  zygote_.Die();
  const std::vector<std::optional<std::string>> ends = {log_.Take(), log_.Take()};
  EXPECT_THAT(ends, UnorderedElementsAre("end 0 LOST LOST", "end 1 LOST LOST"));
  EXPECT_EQ(log_.Take(), "gone LOST ZYGOTE_LOST");
  for (const TestWorker& worker : workers_) EXPECT_TRUE(worker.IsDead());
}

TEST_F(CrewTest, WithTheZygoteASpawnThatItNeverAnsweredIsLost) {
  Start();
  zygote_.Die();
  EXPECT_EQ(log_.Take(), "end 0 LOST LOST");
  EXPECT_EQ(log_.Take(), "end 1 LOST LOST");
  EXPECT_EQ(log_.Take(), "gone LOST ZYGOTE_LOST");
}

TEST_F(CrewTest, ADestroyedCrewLeavesNobodyBehind) {
  Connect();
  OnStrand(zygote_.loop(), [this] { crew_.reset(); });
  for (const TestWorker& worker : workers_) EXPECT_TRUE(worker.AwaitDeath());
}

}  // namespace
}  // namespace ipclab
