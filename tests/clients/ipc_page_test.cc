#include "clients/cli/ipc_page.h"

#include <gtest/gtest.h>

namespace ipclab::cli {
namespace {

const absl::Time kListed = absl::FromUnixSeconds(1'767'225'600);

v1::IpcObject Shm(const std::string& name) {
  v1::IpcObject object;
  object.set_kind(v1::IpcObject::POSIX_SHM);
  object.set_name(name);
  object.set_own(true);
  object.set_bytes(4096);
  object.mutable_change_time()->set_seconds(absl::ToUnixSeconds(kListed) - 60);
  return object;
}

TEST(IpcTable, TellsWhoUsesEachAndWhatMayGo) {
  v1::IpcObject used = Shm("/a");
  used.set_experiment("experiments/x-1");
  v1::IpcObject left = Shm("/b");
  left.set_reclaimable(true);
  v1::IpcObject stuck = Shm("/c");
  stuck.set_error("Permission denied");
  v1::IpcObject foreign = Shm("/d");
  foreign.set_own(false);
  foreign.set_owner_uid(7);
  EXPECT_EQ(IpcTable({used, left, stuck, foreign}, {}, kListed),
            "kind       name  bytes  changed  use\n"
            "posix_shm  /a    4 KiB   1m ago  in use by x-1\n"
            "posix_shm  /b    4 KiB   1m ago  nobody's: may go\n"
            "posix_shm  /c    4 KiB   1m ago  still there: Permission denied\n"
            "posix_shm  /d    4 KiB   1m ago  not this server's, of user 7\n");
}

TEST(IpcCountText, AddsUpTheSizes) {
  EXPECT_EQ(IpcCountText({Shm("/a")}), "1 object, 4 KiB");
  EXPECT_EQ(IpcCountText({Shm("/a"), Shm("/b")}), "2 objects, 8 KiB");
  EXPECT_EQ(IpcCountText({v1::IpcObject()}), "1 object");
}

}  // namespace
}  // namespace ipclab::cli
