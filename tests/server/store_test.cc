#include "server/store.h"

#include <sys/stat.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/store_support.h"
#include "tests/support/temporary_folder.h"

namespace ipclab {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class StoreTest : public ::testing::Test {
 protected:
  StoreTest() { Reopen(); }

  // Closes the store and opens it again; the contents are those of the new start.
  void Reopen() {
    store_.reset();
    absl::StatusOr<std::unique_ptr<Store>> store = Store::Open(path_);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    absl::StatusOr<StoreContents> contents = store_->Load();
    ASSERT_TRUE(contents.ok()) << contents.status();
    contents_ = *std::move(contents);
  }

  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const v1::Experiment& experiment : contents_.experiments) {
      names.push_back(experiment.name());
    }
    return names;
  }

  absl::Status Put(const v1::Experiment& experiment) {
    return WriteNow(*store_, {.put_experiments = {experiment}});
  }

  const TemporaryFolder folder_;
  const std::string path_ = folder_ / "store.db";
  std::unique_ptr<Store> store_;
  StoreContents contents_;
};

TEST_F(StoreTest, ANewOneIsEmpty) {
  EXPECT_THAT(contents_.experiments, IsEmpty());
  EXPECT_THAT(contents_.requests, IsEmpty());
  EXPECT_THAT(contents_.intents, IsEmpty());
}

TEST_F(StoreTest, TheInstanceTagStays) {
  const std::string tag = store_->instance();
  EXPECT_THAT(tag, SizeIs(6));
  Reopen();
  EXPECT_EQ(store_->instance(), tag);
}

TEST_F(StoreTest, ItsFilesAreTheUsersAlone) {
  ASSERT_TRUE(Put(MakeExperiment("a")).ok());
  for (const char* suffix : {"", "-wal", "-shm"}) {
    struct stat status;
    ASSERT_EQ(::stat((path_ + suffix).c_str(), &status), 0) << suffix;
    EXPECT_EQ(status.st_mode & 0777, 0600) << suffix;
  }
}

TEST_F(StoreTest, LoadsOnce) { EXPECT_TRUE(absl::IsFailedPrecondition(store_->Load().status())); }

TEST_F(StoreTest, AnExperimentAndItsHistogramComeBackExactly) {
  v1::Experiment experiment = MakeExperiment("a", 17);
  experiment.mutable_create_time()->set_nanos(123'456'789);
  experiment.mutable_spec()->mutable_measure()->set_mechanism("pipe");
  (*experiment.mutable_spec()->mutable_labels())["team"] = std::string("a\0b", 3);
  *experiment.mutable_result() = MakeResult(int64_t{1} << 60);
  ASSERT_TRUE(Put(experiment).ok());
  Reopen();
  ASSERT_THAT(contents_.experiments, SizeIs(1));
  EXPECT_EQ(contents_.experiments[0].SerializeAsString(), experiment.SerializeAsString());
}

TEST_F(StoreTest, PuttingAnExperimentWithoutResultKeepsTheFormerOne) {
  v1::Experiment experiment = MakeExperiment("a");
  *experiment.mutable_result() = MakeResult(1);
  ASSERT_TRUE(Put(experiment).ok());
  experiment.clear_result();
  experiment.set_state(v1::Experiment::SUCCEEDED);
  ASSERT_TRUE(Put(experiment).ok());
  Reopen();
  ASSERT_THAT(contents_.experiments, SizeIs(1));
  EXPECT_EQ(contents_.experiments[0].state(), v1::Experiment::SUCCEEDED);
  EXPECT_EQ(contents_.experiments[0].result().control_before_nanos(), 1);
}

TEST_F(StoreTest, PuttingAnExperimentWithResultReplacesTheFormerOne) {
  v1::Experiment experiment = MakeExperiment("a");
  *experiment.mutable_result() = MakeResult(1);
  ASSERT_TRUE(Put(experiment).ok());
  *experiment.mutable_result() = MakeResult(2);
  ASSERT_TRUE(Put(experiment).ok());
  Reopen();
  ASSERT_THAT(contents_.experiments, SizeIs(1));
  EXPECT_EQ(contents_.experiments[0].result().control_before_nanos(), 2);
}

TEST_F(StoreTest, ExperimentsComeByCreateTimeThenAsWritten) {
  for (const auto& [id, seconds] :
       {std::pair("late", 9), std::pair("z", 5), std::pair("a", 5), std::pair("early", -3)}) {
    ASSERT_TRUE(Put(MakeExperiment(id, seconds)).ok());
  }
  ASSERT_TRUE(Put(MakeExperiment("z", 5)).ok());  // written anew, it keeps its place
  Reopen();
  EXPECT_THAT(Names(), ElementsAre("experiments/early", "experiments/z", "experiments/a",
                                   "experiments/late"));
}

TEST_F(StoreTest, DeletingAnExperimentTakesItsResultAndRequestsButNotItsIntents) {
  ASSERT_TRUE(WriteNow(*store_, NumberedBatch(1)).ok());
  const WriteBatch batch = {.delete_experiments = {"experiments/a1"}};
  ASSERT_TRUE(WriteNow(*store_, batch).ok());
  ASSERT_TRUE(Put(MakeExperiment("a1")).ok());
  Reopen();
  EXPECT_THAT(contents_.requests, IsEmpty());
  EXPECT_THAT(contents_.intents, SizeIs(1));
  ASSERT_THAT(Names(), ElementsAre("experiments/counter", "experiments/a1", "experiments/b1"));
  EXPECT_FALSE(contents_.experiments[1].has_result());
}

TEST_F(StoreTest, DeletingTwiceIsNoError) {
  ASSERT_TRUE(WriteNow(*store_, NumberedBatch(1)).ok());
  const WriteBatch batch = {
      .delete_experiments = {"experiments/a1", "experiments/b1", "experiments/counter"},
      .delete_intents = {MakeIntent("experiments/a1", "/name-1")}};
  EXPECT_TRUE(WriteNow(*store_, batch).ok());
  EXPECT_TRUE(WriteNow(*store_, batch).ok());
  Reopen();
  EXPECT_EQ(CountBatches(contents_), 0);
}

TEST_F(StoreTest, ANameIsDeletedAndPutAnewInOneBatch) {
  v1::Experiment experiment = MakeExperiment("a");
  *experiment.mutable_result() = MakeResult(1);
  ASSERT_TRUE(Put(experiment).ok());
  experiment = MakeExperiment("a");
  experiment.set_uid("another");
  const WriteBatch batch = {.delete_experiments = {experiment.name()},
                            .put_experiments = {experiment}};
  ASSERT_TRUE(WriteNow(*store_, batch).ok());
  Reopen();
  ASSERT_THAT(contents_.experiments, SizeIs(1));
  EXPECT_EQ(contents_.experiments[0].uid(), "another");
  EXPECT_FALSE(contents_.experiments[0].has_result());
}

TEST_F(StoreTest, RequestsComeBackWithBytesOfAnyKind) {
  const std::string digest("\0\xff", 2);
  ASSERT_TRUE(WriteNow(*store_, {.put_experiments = {MakeExperiment("a")},
                                 .put_requests = {{.request_id = "r",
                                                   .experiment = "experiments/a",
                                                   .body_digest = digest}}})
                  .ok());
  Reopen();
  ASSERT_THAT(contents_.requests, SizeIs(1));
  EXPECT_EQ(contents_.requests[0].request_id, "r");
  EXPECT_EQ(contents_.requests[0].experiment, "experiments/a");
  EXPECT_EQ(contents_.requests[0].body_digest, digest);
  EXPECT_EQ(contents_.requests[0].response, "");
}

TEST_F(StoreTest, KeepsTheNewestRequestsOnly) {
  WriteBatch batch = {.put_experiments = {MakeExperiment("a")}};
  for (int i = 0; i < kStoredRequests + 2; ++i) {
    batch.put_requests.push_back({.request_id = std::to_string(i), .experiment = "experiments/a"});
  }
  ASSERT_TRUE(WriteNow(*store_, batch).ok());
  Reopen();
  ASSERT_THAT(contents_.requests, SizeIs(kStoredRequests));
  EXPECT_EQ(contents_.requests.front().request_id, "2");
}

Digest DigestNumber(int number) {
  return {.mechanism = "pipe",
          .pattern = v1::Pattern::STREAM,
          .message_bytes = 64,
          .host_class = "box",
          .kernel = "6.1",
          .circumstances = "block, different_cores",
          .experiment = "experiments/" + std::to_string(number),
          .per_second = 0.25,
          .receivers = 1,
          .p50_nanos = 39'000,
          .p99_nanos = 52'000,
          .messages_per_second = 25'640.5,
          .cpu_nanos_per_message = 4'000,
          .control_nanos = 110};
}

TEST_F(StoreTest, ADigestComesBackWholeWithoutItsExperiment) {
  ASSERT_TRUE(WriteNow(*store_, {.put_digests = {DigestNumber(1)}}).ok());
  Reopen();
  EXPECT_THAT(contents_.digests, ElementsAre(DigestNumber(1)));
  EXPECT_THAT(contents_.experiments, IsEmpty());
}

TEST_F(StoreTest, KeepsTheNewestDigestsOfAKeyOnly) {
  WriteBatch batch;
  for (int i = 0; i < kStoredDigestsOfAKey + 2; ++i) batch.put_digests.push_back(DigestNumber(i));
  Digest other = DigestNumber(-1);
  other.circumstances = "spin, different_cores";
  batch.put_digests.insert(batch.put_digests.begin(), other);
  ASSERT_TRUE(WriteNow(*store_, batch).ok());
  Reopen();
  ASSERT_THAT(contents_.digests, SizeIs(kStoredDigestsOfAKey + 1));
  EXPECT_EQ(contents_.digests[0], other);
  EXPECT_EQ(contents_.digests[1], DigestNumber(2));
}

TEST_F(StoreTest, KeepsTheNewestDigestsOfAll) {
  WriteBatch batch;
  for (int i = 0; i < kStoredDigests + 2; ++i) {
    batch.put_digests.push_back(DigestNumber(i));
    batch.put_digests.back().message_bytes = i + 1;
  }
  ASSERT_TRUE(WriteNow(*store_, batch).ok());
  Reopen();
  ASSERT_THAT(contents_.digests, SizeIs(kStoredDigests));
  EXPECT_EQ(contents_.digests.front().message_bytes, 3);
}

TEST_F(StoreTest, ABatchThatFailsChangesNothingAndTheNextIsApplied) {
  WriteBatch wrong = NumberedBatch(2);
  wrong.put_requests[0].experiment = "experiments/nowhere";
  ASSERT_TRUE(WriteNow(*store_, NumberedBatch(1)).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(WriteNow(*store_, wrong)));
  Reopen();
  EXPECT_EQ(CountBatches(contents_), 1);
  ASSERT_TRUE(WriteNow(*store_, NumberedBatch(2)).ok());
  Reopen();
  EXPECT_EQ(CountBatches(contents_), 2);
}

TEST_F(StoreTest, AFailureAmongWaitingBatchesIsItsOwnAlone) {
  Reports reports;
  // Holds the storage thread until all of the others wait, so that they share a transaction.
  std::mutex gate;
  std::unique_lock lock(gate);
  store_->Write({}, [&gate](const absl::Status&) { const std::lock_guard wait(gate); });
  for (int i = 1; i <= 9; ++i) {
    WriteBatch batch = {.put_experiments = {MakeExperiment(std::to_string(i))}};
    if (i == 5) batch.put_requests.push_back({.request_id = "of no experiment"});
    store_->Write(batch, reports.Next());
  }
  lock.unlock();
  const std::vector<absl::Status> statuses = reports.Await(9);
  ASSERT_THAT(statuses, SizeIs(9));
  for (size_t i = 0; i < 9; ++i) EXPECT_EQ(statuses[i].ok(), i != 4) << i << ": " << statuses[i];
  Reopen();
  EXPECT_THAT(contents_.experiments, SizeIs(8));
}

TEST_F(StoreTest, AThousandWritesAreAppliedAndReportedInOrder) {
  std::vector<int> order;
  Reports reports;
  v1::Experiment experiment = MakeExperiment("a");
  for (int i = 1; i <= 1000; ++i) {
    experiment.set_step(i);
    store_->Write({.put_experiments = {experiment}},
                  [&order, i, done = reports.Next()](const absl::Status& status) {
                    order.push_back(i);
                    done(status);
                  });
  }
  const std::vector<absl::Status> statuses = reports.Await(1000);
  ASSERT_THAT(statuses, SizeIs(1000));
  for (const absl::Status& status : statuses) ASSERT_TRUE(status.ok()) << status;
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  Reopen();
  EXPECT_EQ(contents_.experiments.at(0).step(), 1000);
}

TEST_F(StoreTest, ManyThreadsMayWrite) {
  Reports reports;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 50; ++i) {
        const std::string id = std::to_string(thread) + "-" + std::to_string(i);
        store_->Write({.put_experiments = {MakeExperiment(id)}}, reports.Next());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(reports.Await(200), SizeIs(200));
  Reopen();
  EXPECT_THAT(contents_.experiments, SizeIs(200));
}

TEST_F(StoreTest, ClosingWritesWhatWaitsFirst) {
  Reports reports;
  for (int i = 1; i <= 100; ++i) store_->Write(NumberedBatch(i), reports.Next());
  Reopen();
  EXPECT_THAT(reports.Await(0), SizeIs(100));
  EXPECT_EQ(CountBatches(contents_), 100);
}

TEST_F(StoreTest, ADoneMayWrite) {
  Reports reports;
  store_->Write(NumberedBatch(1), [&](const absl::Status& status) {
    store_->Write(NumberedBatch(2), reports.Next());
    reports.Next()(status);
  });
  EXPECT_THAT(reports.Await(2), SizeIs(2));
  Reopen();
  EXPECT_EQ(CountBatches(contents_), 2);
}

TEST(MemoryStoreTest, WorksAndKeepsNothing) {
  for (int i = 0; i < 2; ++i) {
    absl::StatusOr<std::unique_ptr<Store>> store = Store::Open(":memory:");
    ASSERT_TRUE(store.ok()) << store.status();
    EXPECT_EQ(CountBatches((*store)->Load().value()), 0);
    EXPECT_TRUE(WriteNow(**store, NumberedBatch(1)).ok());
  }
}

TEST(MissingFolderTest, IsAnErrorThatNamesTheFile) {
  const absl::Status status = Store::Open("/nowhere/at/all/store.db").status();
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("/nowhere/at/all/store.db"));
}

}  // namespace
}  // namespace ipclab
