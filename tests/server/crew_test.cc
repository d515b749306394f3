// The life of a crew when nobody dies.
#include "server/crew.h"

#include <unistd.h>

#include "gtest/gtest.h"
#include "tests/server/crew_fixture.h"

namespace ipclab {
namespace {

TEST_F(CrewTest, IsConnectedOnceEveryLinkIsJoined) {
  Spawn();
  workers_[1].Say(Ready(false));
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const UniqueFd read_end(ends[0]);
  UniqueFd write_end(ends[1]);
  internal::FromWorker ready = Ready(true);
  ready.mutable_ready()->mutable_offers(0)->set_descriptors(1);
  workers_[0].Say(ready, {write_end.get()});
  write_end.Reset();

  std::vector<UniqueFd> offered;
  const internal::ToWorker message = workers_[1].Hear(&offered);
  EXPECT_EQ(message.join().offer(), "offer");
  ASSERT_EQ(offered.size(), 1u);
  EXPECT_TRUE(log_.empty()) << "not connected before it is joined";
  internal::FromWorker joined;
  joined.mutable_joined();
  workers_[1].Say(joined);
  EXPECT_EQ(log_.Take(), "connected");

  // The server holds no copy of what it relayed: the last one of the worker is the last one.
  offered.clear();
  char byte;
  EXPECT_EQ(::read(read_end.get(), &byte, 1), 0) << "no end of file";
}

TEST_F(CrewTest, ALegIsDoneWhenTheLastWorkerSaysSo) {
  Connect();
  for (const size_t last : {1, 0}) {
    StartLeg();
    OnStrand(zygote_.loop(), [this] {
      EXPECT_EQ(ControlPageOf(crew_->pages()).at_work, kWorkers) << "all are at work";
    });
    internal::FromWorker done;
    done.mutable_leg_done();
    workers_[last].Say(done);
    EXPECT_EQ(log_.Take(), "leg");
  }
}

TEST_F(CrewTest, ProgressIsThatOfAllWorkers) {
  Connect();
  OnStrand(zygote_.loop(), [this] {
    EXPECT_EQ(crew_->Progress(), 0u);
    WorkerPageOf(crew_->pages(), 0).progress = 3;
    WorkerPageOf(crew_->pages(), 1).progress = 4;
    EXPECT_EQ(crew_->Progress(), 7u);
  });
}

TEST_F(CrewTest, FinishedWorkersEndByThemselves) {
  Connect();
  OnStrand(zygote_.loop(), [this] { crew_->Finish(); });
  for (TestWorker& worker : workers_) EXPECT_TRUE(worker.Hear().has_quit());
  ReportEnd(0, 0);
  EXPECT_EQ(log_.Take(), "end 0 OK");
  EXPECT_EQ(Alive(), 1);
  ReportEnd(1, 0);
  EXPECT_EQ(log_.Take(), "end 1 OK");
  EXPECT_EQ(log_.Take(), "gone OK");
}

}  // namespace
}  // namespace ipclab
