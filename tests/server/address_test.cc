#include "server/rpc/address.h"

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/temporary_folder.h"

namespace ipclab {
namespace {

using ::testing::HasSubstr;

TEST(AddressTest, LoopbackIsListenedOnByNetwork) {
  for (const char* text : {"127.0.0.1:0", "127.1.2.3:7777", "[::1]:65535", "localhost:80"}) {
    const auto address = PrepareAddress(text);
    ASSERT_TRUE(address.ok()) << text << ": " << address.status();
    EXPECT_EQ(address->uri, text);
    EXPECT_TRUE(address->by_network);
    EXPECT_TRUE(address->path.empty());
  }
}

TEST(AddressTest, WhatOthersCanReachIsRefused) {
  for (const char* text : {"0.0.0.0:7777", "[::]:7777", "192.168.0.1:1", "example.com:80"}) {
    const absl::Status status = PrepareAddress(text).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << text << ": " << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("127.0.0.1:PORT"));
    EXPECT_THAT(std::string(status.message()), HasSubstr("--tls-cert"));
  }
}

TEST(AddressTest, WhatOthersCanReachIsPreparedWhenItMayBe) {
  for (const char* text : {"0.0.0.0:7777", "[::]:7777", "192.168.0.1:1", "example.com:80"}) {
    const auto address = PrepareAddress(text, Reach::kEverywhere);
    ASSERT_TRUE(address.ok()) << text << ": " << address.status();
    EXPECT_TRUE(address->by_network);
    EXPECT_TRUE(address->beyond_loopback) << text;
  }
  EXPECT_FALSE(PrepareAddress("127.0.0.1:0", Reach::kEverywhere)->beyond_loopback);
}

TEST(AddressTest, WhatIsNoAddressIsRefused) {
  for (const char* text :
       {"", ":", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:-1", "127.0.0.1:65536",
        "127.0.0.1:80x", "127.0.0.1:99999999999", ":7777", "/run/socket", "unix:", "unix:socket",
        "unix:./socket", "::1:80", "[::1]"}) {
    const absl::Status status = PrepareAddress(text).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << text << ": " << status;
  }
}

TEST(AddressTest, AUnixSocketIsPreparedWithItsLock) {
  const TemporaryFolder folder;
  const auto address = PrepareAddress("unix:" + folder / "socket");
  ASSERT_TRUE(address.ok()) << address.status();
  EXPECT_EQ(address->uri, "unix:" + folder / "socket");
  EXPECT_EQ(address->path, folder / "socket");
  EXPECT_FALSE(address->by_network);
  EXPECT_TRUE(address->lock);
}

TEST(AddressTest, APathThatNoSocketCanHaveIsRefused) {
  const TemporaryFolder folder;
  const absl::Status status = PrepareAddress("unix:" + folder / std::string(108, 'x')).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("107 characters"));
}

TEST(AddressTest, AFolderThatOthersCanEnterIsRefused) {
  const TemporaryFolder folder;
  for (const mode_t mode : {0701, 0710, 0750, 0777, 01777}) {
    ASSERT_EQ(::chmod(folder.path().c_str(), mode), 0);
    const absl::Status status = PrepareAddress("unix:" + folder / "socket").status();
    EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("mkdir -m 700 " + folder.path()));
  }
}

TEST(AddressTest, AFolderThatIsNoneIsRefused) {
  const TemporaryFolder folder;
  EXPECT_TRUE(absl::IsNotFound(PrepareAddress("unix:" + folder / "none/socket").status()));
  std::ofstream(folder / "file") << "text";
  EXPECT_FALSE(PrepareAddress("unix:" + folder / "file/socket").ok());
}

TEST(AddressTest, AnAddressThatAnotherServerHoldsIsRefusedUntilThatIsGone) {
  const TemporaryFolder folder;
  const std::string text = "unix:" + folder / "socket";
  {
    const auto held = PrepareAddress(text);
    ASSERT_TRUE(held.ok()) << held.status();
    const absl::Status status = PrepareAddress(text).status();
    EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("another ipclabd listens on " + text));
  }
  EXPECT_TRUE(PrepareAddress(text).ok());
}

TEST(AddressTest, TheLockFileGoesWithTheLock) {
  const TemporaryFolder folder;
  const std::string file = folder / "socket.lock";
  {
    auto address = PrepareAddress("unix:" + folder / "socket");
    ASSERT_TRUE(address.ok()) << address.status();
    const Address moved = *std::move(address);
    EXPECT_EQ(::access(file.c_str(), F_OK), 0);
    EXPECT_FALSE(PrepareAddress("unix:" + folder / "socket").ok());
    EXPECT_EQ(::access(file.c_str(), F_OK), 0) << "the file of another's lock was removed";
  }
  EXPECT_NE(::access(file.c_str(), F_OK), 0);
}

TEST(AddressTest, ALockOnAFileThatWasRemovedHoldsNothing) {
  const TemporaryFolder folder;
  const std::string text = "unix:" + folder / "socket";
  auto stale = PrepareAddress(text);
  ASSERT_TRUE(stale.ok()) << stale.status();
  ASSERT_EQ(::unlink((folder / "socket.lock").c_str()), 0);
  const auto fresh = PrepareAddress(text);
  ASSERT_TRUE(fresh.ok()) << fresh.status();
  stale = absl::UnknownError("gone");  // and removes nothing that is not its own
  EXPECT_TRUE(absl::IsFailedPrecondition(PrepareAddress(text).status()));
}

// Servers that come and go, each removing its lock file as it stops: one that has opened the file
// before the removal, and locks it after, must not believe that it has the address.
TEST(AddressTest, NeverHasTwoHoldersWhileLockFilesComeAndGo) {
  const TemporaryFolder folder;
  const std::string path = folder / "socket";
  std::atomic<int> holders = 0;
  std::atomic<int> most = 0;
  const auto come_and_go = [&] {
    for (int i = 0; i < 5000; ++i) {
      const auto address = PrepareAddress("unix:" + path);
      if (!address.ok()) continue;
      if (++holders > 1) most = 2;
      --holders;
    }
  };
  std::vector<std::thread> servers;
  for (int i = 0; i < 3; ++i) servers.emplace_back(come_and_go);
  for (std::thread& server : servers) server.join();
  EXPECT_LT(most, 2);
}

TEST(AddressTest, TheDefaultIsInTheRuntimeFolder) {
  const TemporaryFolder folder;
  const char* const before = std::getenv("XDG_RUNTIME_DIR");
  const std::string saved = before != nullptr ? before : "";
  ::setenv("XDG_RUNTIME_DIR", folder.path().c_str(), 1);
  const auto address = DefaultAddress();
  before != nullptr ? ::setenv("XDG_RUNTIME_DIR", saved.c_str(), 1) : ::unsetenv("XDG_RUNTIME_DIR");
  ASSERT_TRUE(address.ok()) << address.status();
  EXPECT_EQ(*address, "unix:" + folder / "ipclab/ipclabd.sock");
  EXPECT_TRUE(PrepareAddress(*address).ok());
}

}  // namespace
}  // namespace ipclab
