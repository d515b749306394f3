// What the store does with a file that is damaged or not its own.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/storage/sqlite.h"
#include "server/store.h"
#include "tests/server/store_support.h"
#include "tests/support/temporary_folder.h"

namespace ipclab {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void WriteFile(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

class StoreDamageTest : public ::testing::Test {
 protected:
  // A closed store with some batches in it.
  void Fill() {
    std::unique_ptr<Store> store = Store::Open(path_).value();
    instance_ = store->instance();
    for (int i = 1; i <= 20; ++i) ASSERT_TRUE(WriteNow(*store, NumberedBatch(i)).ok());
  }

  std::vector<std::string> FilesLike(const std::string& part) const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      if (entry.path().string().find(part) != std::string::npos) found.push_back(entry.path());
    }
    std::sort(found.begin(), found.end());
    return found;
  }

  // The file is set aside as it was, the message says where, and the next start begins afresh.
  void ExpectSetAside(const std::string& bytes) {
    const absl::Status status = Store::Open(path_).status();
    EXPECT_TRUE(absl::IsDataLoss(status)) << status;
    const std::vector<std::string> aside = FilesLike(".damaged-");
    ASSERT_FALSE(aside.empty());  // and perhaps the files beside it, which sort behind it
    EXPECT_THAT(std::string(status.message()), HasSubstr("as " + aside[0] + ";"));
    EXPECT_EQ(ReadFile(aside[0]), bytes);
    const absl::StatusOr<std::unique_ptr<Store>> fresh = Store::Open(path_);
    ASSERT_TRUE(fresh.ok()) << fresh.status();
    EXPECT_EQ(CountBatches((*fresh)->Load().value()), 0);
    EXPECT_NE((*fresh)->instance(), instance_);
  }

  const TemporaryFolder folder_;
  const std::string path_ = folder_ / "store.db";
  std::string instance_;
};

TEST_F(StoreDamageTest, WhatIsNoDatabaseIsSetAside) {
  const std::string bytes(5000, 'x');
  WriteFile(path_, bytes);
  ExpectSetAside(bytes);
}

TEST_F(StoreDamageTest, AFileWithASpoiltPageIsSetAside) {
  Fill();
  std::string bytes = ReadFile(path_);
  std::fill_n(bytes.begin() + 4096, 4096, '\xff');
  WriteFile(path_, bytes);
  ExpectSetAside(bytes);
}

TEST_F(StoreDamageTest, ATruncatedFileIsSetAside) {
  Fill();
  const std::string bytes = ReadFile(path_).substr(0, 5 * 4096);
  WriteFile(path_, bytes);
  ExpectSetAside(bytes);
}

TEST_F(StoreDamageTest, ARecordThatIsNoMessageIsDamageToo) {
  Fill();
  {
    Database database = Database::Open(path_).value();
    ASSERT_TRUE(database.Execute("UPDATE results SET record = x'ffff' WHERE name LIKE '%a7'").ok());
  }
  const absl::Status status = Store::Open(path_).status();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("the result of experiments/a7"));
  EXPECT_FALSE(FilesLike(".damaged-").empty());
}

TEST_F(StoreDamageTest, TheLogIsSetAsideWithItsFile) {
  Fill();
  const std::string crashed = folder_ / "crashed.db";
  {
    // What a killed server leaves: a file and its log, copied while they are in use.
    std::unique_ptr<Store> store = Store::Open(path_).value();
    ASSERT_TRUE(WriteNow(*store, NumberedBatch(21)).ok());
    std::filesystem::copy_file(path_, crashed);
    std::filesystem::copy_file(path_ + "-wal", crashed + "-wal");
  }
  const std::string log = ReadFile(crashed + "-wal");
  ASSERT_FALSE(log.empty());
  // More pages than the log could mend.
  std::string bytes = ReadFile(crashed);
  std::fill(bytes.begin() + 4096, bytes.end(), '\xff');
  WriteFile(crashed, bytes);
  EXPECT_TRUE(absl::IsDataLoss(Store::Open(crashed).status()));
  const std::vector<std::string> logs = FilesLike("-wal");
  ASSERT_THAT(logs, SizeIs(1));
  EXPECT_THAT(logs[0], HasSubstr("crashed.db.damaged-"));
  EXPECT_EQ(ReadFile(logs[0]), log);
}

TEST_F(StoreDamageTest, ANewerVersionsFileIsRefusedAndLeftAlone) {
  Fill();
  ASSERT_TRUE(Database::Open(path_)->Execute("PRAGMA user_version = 99").ok());
  const std::string bytes = ReadFile(path_);
  const absl::Status status = Store::Open(path_).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("99"));
  EXPECT_EQ(ReadFile(path_), bytes);
  EXPECT_THAT(FilesLike(".damaged-"), SizeIs(0));
}

}  // namespace
}  // namespace ipclab
