// The store on a disk that is full, slow to promise, or fails to.
#include <sqlite3.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <memory>
#include <mutex>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/store.h"
#include "tests/server/store_support.h"
#include "tests/support/temporary_folder.h"

namespace {

std::atomic<bool> disk_full = false;
std::atomic<bool> sync_fails = false;
std::atomic<int> syncs = 0;

ssize_t WriteOrNoSpace(int fd, const void* bytes, size_t count, off64_t offset) {
  if (disk_full) {
    errno = ENOSPC;
    return -1;
  }
  return ::pwrite64(fd, bytes, count, offset);
}

int Sync(int fd) {
  if (sync_fails) {
    errno = EIO;
    return -1;
  }
  ++syncs;
  return static_cast<int>(::syscall(SYS_fdatasync, fd));
}

}  // namespace

// In the executable they come before those of the C library, for SQLite's shared library too.
extern "C" int fdatasync(int fd) { return Sync(fd); }
extern "C" int fsync(int fd) { return Sync(fd); }

namespace ipclab {
namespace {

class StoreDiskTest : public ::testing::Test {
 protected:
  StoreDiskTest() {
    // SQLite lets its system calls be replaced, by name; which of the two it uses was decided when
    // it was built.
    sqlite3_vfs* vfs = ::sqlite3_vfs_find(nullptr);
    for (const char* name : {"pwrite", "pwrite64"}) {
      vfs->xSetSystemCall(vfs, name, reinterpret_cast<sqlite3_syscall_ptr>(&WriteOrNoSpace));
    }
    store_ = Store::Open(path_).value();
  }
  ~StoreDiskTest() override {
    disk_full = false;
    sync_fails = false;
    store_.reset();
    sqlite3_vfs* vfs = ::sqlite3_vfs_find(nullptr);
    vfs->xSetSystemCall(vfs, nullptr, nullptr);
  }

  int64_t CountAfterReopening() {
    store_.reset();
    store_ = Store::Open(path_).value();
    return CountBatches(store_->Load().value());
  }

  const TemporaryFolder folder_;
  const std::string path_ = folder_ / "store.db";
  std::unique_ptr<Store> store_;
};

TEST_F(StoreDiskTest, AFullDiskFailsTheBatchAndNotTheStore) {
  ASSERT_TRUE(WriteNow(*store_, NumberedBatch(1)).ok());
  disk_full = true;
  const absl::Status status = WriteNow(*store_, NumberedBatch(2));
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr(path_));
  disk_full = false;
  ASSERT_TRUE(WriteNow(*store_, NumberedBatch(2)).ok());
  EXPECT_EQ(CountAfterReopening(), 2);
}

TEST_F(StoreDiskTest, WhatFailedOnAFullDiskIsNotThereLater) {
  ASSERT_TRUE(WriteNow(*store_, NumberedBatch(1)).ok());
  disk_full = true;
  ASSERT_FALSE(WriteNow(*store_, NumberedBatch(2)).ok());
  disk_full = false;
  EXPECT_EQ(CountAfterReopening(), 1);
}

TEST_F(StoreDiskTest, DoneComesOnlyAfterASync) {
  for (int number = 1; number <= 10; ++number) {
    const int before = syncs;
    int at_done = 0;
    Reports reports;
    store_->Write(NumberedBatch(number), [&](const absl::Status& status) {
      at_done = syncs;
      reports.Next()(status);
    });
    ASSERT_EQ(reports.Await(1).size(), 1u);
    EXPECT_GT(at_done, before);
  }
}

TEST_F(StoreDiskTest, WaitingBatchesShareASync) {
  Reports reports;
  std::mutex gate;
  int before = 0;
  {
    // Holds the storage thread until all of the others wait.
    const std::lock_guard lock(gate);
    store_->Write({}, [&](const absl::Status&) {
      const std::lock_guard wait(gate);
      before = syncs;
    });
    for (int number = 1; number <= 20; ++number) {
      store_->Write(NumberedBatch(number), reports.Next());
    }
  }
  ASSERT_EQ(reports.Await(20).size(), 20u);
  EXPECT_LE(syncs - before, 3);
}

TEST_F(StoreDiskTest, ASyncThatFailsIsReported) {
  ASSERT_TRUE(WriteNow(*store_, NumberedBatch(1)).ok());
  sync_fails = true;
  const absl::Status status = WriteNow(*store_, NumberedBatch(2));
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  sync_fails = false;
  ASSERT_TRUE(WriteNow(*store_, NumberedBatch(2)).ok());
  EXPECT_EQ(CountAfterReopening(), 2);
}

}  // namespace
}  // namespace ipclab
