#include "server/storage/store_schema.h"

#include <string_view>

#include "gtest/gtest.h"

namespace ipclab {
namespace {

constexpr std::string_view kSteps[] = {
    "CREATE TABLE things (name TEXT) STRICT; INSERT INTO things VALUES ('old')",
    "ALTER TABLE things ADD COLUMN size INTEGER NOT NULL DEFAULT 7",
};
constexpr absl::Span<const std::string_view> kFirstStep(kSteps, 1);

class MigrateTest : public ::testing::Test {
 protected:
  int64_t Version() { return database_.Integer("PRAGMA user_version").value(); }

  Database database_ = Database::Open(":memory:").value();
};

TEST_F(MigrateTest, AnOlderDatabaseKeepsItsRowsAndGainsWhatIsNew) {
  ASSERT_TRUE(Migrate(database_, kFirstStep).ok());
  EXPECT_EQ(Version(), 1);
  ASSERT_TRUE(Migrate(database_, kSteps).ok());
  EXPECT_EQ(Version(), 2);
  EXPECT_EQ(database_.Text("SELECT name FROM things").value(), "old");
  EXPECT_EQ(database_.Integer("SELECT size FROM things").value(), 7);
}

TEST_F(MigrateTest, AStepIsAppliedOnce) {
  ASSERT_TRUE(Migrate(database_, kSteps).ok());
  ASSERT_TRUE(Migrate(database_, kSteps).ok());
  EXPECT_EQ(database_.Integer("SELECT count(*) FROM things").value(), 1);
}

TEST_F(MigrateTest, AStepThatFailsLeavesTheOldVersion) {
  ASSERT_TRUE(Migrate(database_, kFirstStep).ok());
  const std::string_view steps[] = {
      kSteps[0], kSteps[1], "CREATE TABLE more (name TEXT); INSERT INTO nowhere VALUES (1)"};
  const absl::Status status = Migrate(database_, steps);
  EXPECT_FALSE(status.ok());
  EXPECT_NE(status.message().find("version 3"), absl::string_view::npos) << status;
  EXPECT_EQ(Version(), 1);
  EXPECT_FALSE(database_.Integer("SELECT size FROM things").ok());
  EXPECT_FALSE(database_.Integer("SELECT count(*) FROM more").ok());
}

TEST_F(MigrateTest, ANewerDatabaseIsRefused) {
  ASSERT_TRUE(Migrate(database_, kSteps).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(Migrate(database_, kFirstStep)));
  EXPECT_EQ(Version(), 2);
}

TEST_F(MigrateTest, TheStoresOwnStepsApplyToAnEmptyFile) {
  ASSERT_TRUE(Migrate(database_, StoreMigrations()).ok());
  EXPECT_EQ(database_.Text("PRAGMA integrity_check").value(), "ok");
  EXPECT_EQ(database_.Integer("SELECT count(*) FROM experiments").value(), 0);
}

TEST_F(MigrateTest, AStoreOfTheFirstVersionKeepsItsRows) {
  ASSERT_TRUE(Migrate(database_, StoreMigrations().first(1)).ok());
  ASSERT_TRUE(database_.Execute("INSERT INTO meta VALUES ('instance', 'abcdef')").ok());
  ASSERT_TRUE(Migrate(database_, StoreMigrations()).ok());
  EXPECT_EQ(database_.Text("SELECT value FROM meta").value(), "abcdef");
  EXPECT_EQ(database_.Integer("SELECT count(*) FROM digests").value(), 0);
}

}  // namespace
}  // namespace ipclab
