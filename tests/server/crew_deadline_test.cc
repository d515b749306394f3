// What a crew does about those who never answer.
#include "gtest/gtest.h"
#include "server/crew.h"
#include "tests/server/crew_fixture.h"

namespace ipclab {
namespace {

class CrewDeadlineTest : public CrewTest {
 protected:
  CrewDeadlineTest() : CrewTest(kSoon) {}
};

TEST_F(CrewDeadlineTest, WorkersThatDoNotConnectAreEnded) {
  Spawn();
  workers_[0].Say(Ready(true));
  ExpectKilledByLab(0);
  ExpectKilledByLab(1);
  EXPECT_EQ(log_.Take(), "gone TIMEOUT SETUP_TIMEOUT");
}

TEST_F(CrewDeadlineTest, ADeafZygoteDoesNotKeepTheDeadAlive) {
  Connect();
  Kill(v1::End::KILLED_BY_LAB, "CANCELLED");
  EXPECT_EQ(log_.Take(), "end 0 LOST LOST");
  EXPECT_EQ(log_.Take(), "end 1 LOST LOST");
  EXPECT_EQ(log_.Take(), "gone KILLED_BY_LAB CANCELLED");
}

TEST_F(CrewDeadlineTest, AWorkerThatDoesNotQuitIsEnded) {
  Connect();
  OnStrand(zygote_.loop(), [this] { crew_->Finish(); });
  ReportEnd(0, 0);
  EXPECT_EQ(log_.Take(), "end 0 OK");
  ExpectKilledByLab(1);
  EXPECT_EQ(log_.Take(), "gone TIMEOUT QUIT_TIMEOUT");
}

}  // namespace
}  // namespace ipclab
