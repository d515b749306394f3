#include "server/host/ipc_objects.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "common/unique_fd.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/temporary_folder.h"

namespace ipclab {
namespace {

namespace fs = std::filesystem;

using testing::ElementsAre;
using testing::IsEmpty;
using v1::IpcObject;

constexpr char kInstance[] = "abc123";

// "POSIX_SHM /x", with what is true of the object behind it.
std::string Line(const IpcObject& object) {
  std::string line = IpcObject::Kind_Name(object.kind()) + " " + object.name();
  if (object.own()) line += " own";
  if (object.reclaimable()) line += " reclaimable";
  if (!object.experiment().empty()) line += " of " + object.experiment();
  return line;
}

std::vector<std::string> Lines(const std::vector<IpcObject>& objects) {
  std::vector<std::string> lines;
  for (const IpcObject& object : objects) lines.push_back(Line(object));
  return lines;
}

class IpcObjectsTest : public testing::Test {
 protected:
  IpcObjectsTest() {
    roots_ = {
        .shm = Folder("shm"), .queues = "", .run_folder = Folder("run"), .sysv = Folder("sysvipc")};
  }

  std::string Folder(const std::string& name) const {
    const std::string path = folder_.path() + "/" + name;
    fs::create_directories(path);
    return path;
  }

  static void Write(const std::string& path, const std::string& text = "") {
    fs::create_directories(fs::path(path).parent_path());
    std::ofstream(path) << text;
  }

  void Intend(internal::IpcName::Kind kind, const std::string& name, bool in_use) {
    NamesInUse::Name intent{{"experiments/e", {}}, in_use};
    intent.intent.name.set_kind(kind);
    intent.intent.name.set_name(name);
    names_.names.push_back(intent);
  }

  std::vector<IpcObject> Found() const {
    std::vector<IpcObject> objects;
    for (NamedIpcObject& each : FoundWithNames()) objects.push_back(std::move(each.object));
    return objects;
  }

  std::vector<NamedIpcObject> FoundWithNames() const {
    return AttributeIpcObjects(FindIpcObjects(roots_), names_);
  }

  TemporaryFolder folder_;
  IpcRoots roots_;
  NamesInUse names_{kInstance, {}};
};

TEST_F(IpcObjectsTest, AHostWithoutAnyHasNone) {
  roots_ = {.shm = "/nowhere", .queues = "/nowhere", .run_folder = "/nowhere", .sysv = "/nowhere"};
  EXPECT_THAT(Found(), IsEmpty());
  EXPECT_TRUE(FindIpcObjects(roots_).complete);
}

TEST_F(IpcObjectsTest, SharedMemoryAndSemaphoresBearTheNamesThatTheirCallsTake) {
  Write(roots_.shm + "/frames", "12345");
  Write(roots_.shm + "/sem.gate");
  fs::create_directory(roots_.shm + "/folder");
  const auto found = Found();
  EXPECT_THAT(Lines(found), ElementsAre("POSIX_SHM /frames", "POSIX_SEM /gate"));
  EXPECT_EQ(found[0].bytes(), 5);
  EXPECT_EQ(found[0].owner_uid(), static_cast<int32_t>(::geteuid()));
  EXPECT_GT(found[0].change_time().seconds(), 0);
}

TEST_F(IpcObjectsTest, WhatLiesInFoldersOfExperimentsIsToldByItsSort) {
  const std::string folder = Folder("run/0badcafe");
  ASSERT_EQ(::mkfifo((folder + "/0").c_str(), 0600), 0);
  const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = {}};
  std::snprintf(address.sun_path, sizeof address.sun_path, "%s/1", folder.c_str());
  ASSERT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  Write(folder + "/2", "123");
  Write(roots_.run_folder + "/ipclabd.sock.lock");
  EXPECT_THAT(Lines(Found()), ElementsAre("FIFO " + folder + "/0", "UNIX_SOCKET " + folder + "/1",
                                          "FILE " + folder + "/2"))
      << "the doors of servers are no objects of experiments";
}

TEST_F(IpcObjectsTest, TablesOfTheKernelAreReadByTheirTitles) {
  Write(roots_.sysv + "/shm",
        "       key      shmid perms                  size  cpid  lpid nattch   uid   gid\n"
        "         0      32769   600               4194304    10    11      2  1000  1000\n");
  Write(roots_.sysv + "/sem",
        "       key      semid perms      nsems   uid   gid  cuid  cgid      otime      ctime\n"
        "  16909060          7   666          3    12     0     0     0          0 1700000000\n");
  Write(roots_.sysv + "/msg",
        "       key      msqid perms      cbytes       qnum lspid lrpid   uid\n"
        "         1          0   644          48          2     0     0     5\n");
  const auto found = Found();
  EXPECT_THAT(Lines(found), ElementsAre("SYSV_SHM 32769", "SYSV_SEM 7", "SYSV_MSG 0"));
  EXPECT_EQ(found[0].bytes(), 4194304);
  EXPECT_EQ(found[0].owner_uid(), 1000);
  EXPECT_EQ(found[1].bytes(), 0);
  EXPECT_EQ(found[1].change_time().seconds(), 1700000000);
  EXPECT_EQ(found[2].bytes(), 48);
  EXPECT_EQ(found[2].owner_uid(), 5);
}

TEST_F(IpcObjectsTest, ATableThatIsDamagedTellsOfNothing) {
  Write(roots_.sysv + "/shm", "\n\n   \nnonsense\n");
  Write(roots_.sysv + "/sem", "key uid\n1 2\n");
  Write(roots_.sysv + "/msg", "");
  EXPECT_THAT(Found(), IsEmpty());
}

TEST_F(IpcObjectsTest, AnObjectWithThisServersTagIsItsOwn) {
  for (const char* name :
       {"ipclab-abc123-01234567-0", "ipclab-zzz999-01234567-0", "ipclab-abc123-0123456-0",
        "ipclab-abc123-01234567-00", "ipclab-abc123-01234567-", "ipclab-abc123-01234567-0x",
        "ipclab-abc123-01234567--1", "xipclab-abc123-01234567-0", "ipclab-abc123-0123456X-0",
        "sem.ipclab-abc123-01234567-1"}) {
    Write(roots_.shm + "/" + name);
  }
  std::vector<std::string> own;
  for (const IpcObject& object : Found()) {
    if (object.own()) own.push_back(Line(object));
  }
  EXPECT_THAT(own, ElementsAre("POSIX_SHM /ipclab-abc123-01234567-0 own reclaimable",
                               "POSIX_SEM /ipclab-abc123-01234567-1 own reclaimable"));
}

TEST_F(IpcObjectsTest, WhatALivingExperimentUsesIsNotReclaimable) {
  Write(roots_.shm + "/ipclab-abc123-01234567-0");
  Write(roots_.shm + "/ipclab-abc123-01234567-1");
  Intend(internal::IpcName::POSIX_SHM, "/ipclab-abc123-01234567-0", true);
  Intend(internal::IpcName::POSIX_SHM, "/ipclab-abc123-01234567-1", false);
  EXPECT_THAT(Lines(Found()),
              ElementsAre("POSIX_SHM /ipclab-abc123-01234567-0 own of experiments/e",
                          "POSIX_SHM /ipclab-abc123-01234567-1 own reclaimable of experiments/e"));
}

TEST_F(IpcObjectsTest, AnIntentForANameOfAnotherKindDoesNotCount) {
  Write(roots_.shm + "/ipclab-abc123-01234567-0");
  Intend(internal::IpcName::POSIX_SEM, "/ipclab-abc123-01234567-0", true);
  EXPECT_THAT(Lines(Found()), ElementsAre("POSIX_SHM /ipclab-abc123-01234567-0 own reclaimable"));
}

TEST_F(IpcObjectsTest, InTheRunFolderOnlyAnIntentMakesAnObjectOurs) {
  const std::string mine = roots_.run_folder + "/01234567/0";
  const std::string anothers = roots_.run_folder + "/89abcdef/0";
  Write(mine);
  Write(anothers);
  Intend(internal::IpcName::FILE, mine, false);
  EXPECT_THAT(Lines(Found()), ElementsAre("FILE " + mine + " own reclaimable of experiments/e",
                                          "FILE " + anothers));
}

TEST_F(IpcObjectsTest, QueuesAreSeenWhereTheirFileSystemIsMounted) {
  roots_.queues = Folder("mqueue");
  Write(roots_.queues + "/ipclab-abc123-01234567-0", "QSIZE:0 NOTIFY:0 SIGNO:0 NOTIFY_PID:0\n");
  Intend(internal::IpcName::POSIX_MQ, "/ipclab-abc123-01234567-1", true);
  const auto found = Found();
  EXPECT_THAT(Lines(found), ElementsAre("POSIX_MQ /ipclab-abc123-01234567-0 own reclaimable"))
      << "a queue that was not made yet is not there";
  EXPECT_EQ(found[0].bytes(), 0);
}

TEST_F(IpcObjectsTest, WhereQueuesCannotBeSeenTheirIntentsTellOfThem) {
  Write(roots_.sysv + "/msg", "msqid\n4\n");
  Intend(internal::IpcName::POSIX_MQ, "/ipclab-abc123-01234567-0", true);
  EXPECT_THAT(Lines(Found()),
              ElementsAre("POSIX_MQ /ipclab-abc123-01234567-0 own of experiments/e", "SYSV_MSG 4"));
}

TEST_F(IpcObjectsTest, ASystemVObjectWithoutAMarkerIsNeverOurs) {
  Write(roots_.sysv + "/shm", "shmid\n4\n");
  const auto found = FoundWithNames();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(Line(found[0].object), "SYSV_SHM 4");
  EXPECT_EQ(found[0].name.kind(), internal::IpcName::KIND_UNSPECIFIED);
}

TEST_F(IpcObjectsTest, ASystemVObjectIsItsMarkersExperiments) {
  const std::string marker = roots_.run_folder + "/01234567/0";
  Write(marker, "SYSV_MQ 0 77\n4\n");
  Write(roots_.sysv + "/msg", "msqid\n4\n5\n");
  Write(roots_.sysv + "/shm", "shmid\n4\n");
  Intend(internal::IpcName::SYSV_MQ, marker, false);
  EXPECT_THAT(Lines(Found()),
              ElementsAre("FILE " + marker + " own reclaimable of experiments/e", "SYSV_SHM 4",
                          "SYSV_MSG 4 own reclaimable of experiments/e", "SYSV_MSG 5"));
  for (const NamedIpcObject& each : FoundWithNames()) {
    if (!each.object.own()) continue;
    EXPECT_EQ(each.name.kind(), internal::IpcName::SYSV_MQ) << "the file alone is not to go";
    EXPECT_EQ(each.name.name(), marker);
  }
}

TEST_F(IpcObjectsTest, AMarkerWithoutAnIntentMakesNothingOurs) {
  const std::string marker = roots_.run_folder + "/01234567/0";
  Write(marker, "SYSV_SHM 0 77\n4\n");
  Write(roots_.sysv + "/shm", "shmid\n4\n");
  EXPECT_THAT(Lines(Found()), ElementsAre("FILE " + marker, "SYSV_SHM 4"));
}

TEST_F(IpcObjectsTest, AMarkerOfAnObjectThatWasNotMadeIsAFileOfItsExperiment) {
  const std::string marker = roots_.run_folder + "/01234567/0";
  Write(marker, "SYSV_SEM 16909060 77\n");
  Intend(internal::IpcName::SYSV_SEM, marker, true);
  EXPECT_THAT(Lines(Found()), ElementsAre("FILE " + marker + " own of experiments/e"));
}

TEST_F(IpcObjectsTest, AMarkerThatSaysNothingYetIsItsExperimentsToo) {
  const std::string marker = roots_.run_folder + "/01234567/0";
  Write(marker);
  Intend(internal::IpcName::SYSV_SHM, marker, false);
  const auto found = FoundWithNames();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(Line(found[0].object), "FILE " + marker + " own reclaimable of experiments/e");
  EXPECT_EQ(found[0].name.kind(), internal::IpcName::SYSV_SHM);
}

TEST_F(IpcObjectsTest, ASearchEndsAtItsBoundAndSaysSo) {
  for (int i = 0; i < 5; ++i) Write(roots_.shm + "/" + std::to_string(i));
  Write(roots_.run_folder + "/01234567/0");
  Write(roots_.sysv + "/shm", "shmid\n1\n2\n");
  const FoundIpcObjects all = FindIpcObjects(roots_, 9);
  EXPECT_TRUE(all.complete);
  EXPECT_EQ(all.objects.size(), 8u) << "and the experiment's folder, which was looked at too";
  const FoundIpcObjects most = FindIpcObjects(roots_, 8);
  EXPECT_FALSE(most.complete);
  EXPECT_EQ(most.objects.size(), 7u);
  const FoundIpcObjects some = FindIpcObjects(roots_, 4);
  EXPECT_FALSE(some.complete);
  EXPECT_EQ(some.objects.size(), 3u);
  EXPECT_EQ(some.objects.back().object.kind(), IpcObject::FILE)
      << "what may be ours is looked at first";
}

}  // namespace
}  // namespace ipclab
