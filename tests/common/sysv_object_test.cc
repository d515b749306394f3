#include "common/sysv_object.h"

#include <gtest/gtest.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "common/ipc_name.h"
#include "tests/support/scoped_variable.h"
#include "tests/support/temporary_folder.h"

namespace ipclab {
namespace {

using internal::IpcName;

int GetQueue(key_t key, int flags) { return ::msgget(key, flags); }
int GetSet(key_t key, int flags) { return ::semget(key, 1, flags); }
int GetSegment(key_t key, int flags) { return ::shmget(key, 4096, flags); }

bool QueueIsThere(int id) {
  msqid_ds state;
  return ::msgctl(id, IPC_STAT, &state) == 0;
}

bool SegmentIsThere(int id) {
  shmid_ds state;
  return ::shmctl(id, IPC_STAT, &state) == 0;
}

class SysvObjectTest : public testing::Test {
 protected:
  SysvObjectTest() {
    msginfo info;
    have_ = ::msgctl(0, IPC_INFO, reinterpret_cast<msqid_ds*>(&info)) >= 0;
  }

  void SetUp() override {
    if (!have_) GTEST_SKIP() << "this host has no System V objects";
  }

  // Whatever a test left goes with it.
  ~SysvObjectTest() override {
    for (const auto kind : {IpcName::SYSV_MQ, IpcName::SYSV_SHM, IpcName::SYSV_SEM}) {
      (void)RemoveIpcObject(New(kind));
    }
  }

  IpcName New(IpcName::Kind kind, int number = 0) const {
    return MakeIpcName(kind, "abc123", "0123abcd", number, *RuntimeFolder());
  }

  static bool Exists(const IpcName& name) { return std::filesystem::exists(name.name()); }

  // Has another process create the object and die as soon as the kernel has made it; its id.
  static int DieWhileCreating(const IpcName& name, SysvKey key, int (*get)(key_t, int)) {
    int pipe[2];
    EXPECT_EQ(::pipe(pipe), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      (void)CreateSysvObject(name, key, "get", [&](key_t with, int flags) {
        const int id = get(with, flags);
        (void)!::write(pipe[1], &id, sizeof id);
        ::_exit(0);
        return id;
      });
      ::_exit(1);
    }
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    int id = -1;
    EXPECT_EQ(::read(pipe[0], &id, sizeof id), static_cast<ssize_t>(sizeof id));
    ::close(pipe[0]);
    ::close(pipe[1]);
    EXPECT_GE(id, 0);
    return id;
  }

  const TemporaryFolder session_;
  const ScopedVariable variable_{"XDG_RUNTIME_DIR", session_.path().c_str()};
  bool have_ = false;
};

TEST_F(SysvObjectTest, AMarkerSaysWhichObjectWasMade) {
  const IpcName name = New(IpcName::SYSV_MQ);
  const auto queue = CreateSysvObject(name, SysvKey::kFtok, "msgget", GetQueue);
  ASSERT_TRUE(queue.ok()) << queue.status();
  EXPECT_NE(queue->key, IPC_PRIVATE);
  EXPECT_EQ(::msgget(queue->key, 0), queue->id) << "found by whoever has the key";
  struct stat file;
  ASSERT_EQ(::stat(name.name().c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 07777, 0600u);
  const auto marker = ReadSysvMarker(name.name());
  ASSERT_TRUE(marker.ok() && marker->has_value());
  EXPECT_EQ((*marker)->kind, IpcName::SYSV_MQ);
  EXPECT_EQ((*marker)->id, queue->id);
  EXPECT_EQ((*marker)->key, queue->key);
  EXPECT_EQ((*marker)->creator, ::getpid());
}

TEST_F(SysvObjectTest, EveryKindIsRemovedWithItsMarkerOnce) {
  const auto goes = [&](IpcName::Kind kind, SysvKey key, int (*get)(key_t, int)) {
    const IpcName name = New(kind);
    const auto object = CreateSysvObject(name, key, "get", get);
    ASSERT_TRUE(object.ok()) << object.status();
    EXPECT_TRUE(*RemoveIpcObject(name));
    EXPECT_FALSE(Exists(name));
    EXPECT_FALSE(*RemoveIpcObject(name));
    EXPECT_TRUE(key == SysvKey::kPrivate || get(object->key, 0) == -1);
  };
  for (const SysvKey key : {SysvKey::kFtok, SysvKey::kPrivate}) {
    goes(IpcName::SYSV_MQ, key, GetQueue);
    goes(IpcName::SYSV_SEM, key, GetSet);
    goes(IpcName::SYSV_SHM, key, GetSegment);
  }
}

TEST_F(SysvObjectTest, ANameIsUsedOnce) {
  const IpcName name = New(IpcName::SYSV_MQ);
  const auto first = CreateSysvObject(name, SysvKey::kPrivate, "msgget", GetQueue);
  ASSERT_TRUE(first.ok());
  const auto second = CreateSysvObject(name, SysvKey::kPrivate, "msgget", GetQueue);
  EXPECT_TRUE(absl::IsAlreadyExists(second.status())) << second.status();
  EXPECT_TRUE(QueueIsThere(first->id));
  EXPECT_TRUE(Exists(name));
}

TEST_F(SysvObjectTest, AnObjectThatCannotBeMadeLeavesNothingAndSaysWhy) {
  const IpcName name = New(IpcName::SYSV_MQ);
  const auto failed = CreateSysvObject(name, SysvKey::kFtok, "msgget", [](key_t, int) {
    errno = ENOSPC;
    return -1;
  });
  EXPECT_TRUE(absl::IsResourceExhausted(failed.status())) << failed.status();
  EXPECT_NE(failed.status().message().find("msgget"), absl::string_view::npos);
  EXPECT_FALSE(Exists(name));
}

TEST_F(SysvObjectTest, AKeyOfSomebodyElsesIsPassedOver) {
  const IpcName name = New(IpcName::SYSV_MQ);
  key_t first = 0;
  const auto queue =
      CreateSysvObject(name, SysvKey::kFtok, "msgget", [&first](key_t key, int flags) {
        if (first != 0) return GetQueue(key, flags);
        first = key;
        errno = EEXIST;
        return -1;
      });
  ASSERT_TRUE(queue.ok()) << queue.status();
  EXPECT_NE(queue->key, first);
  EXPECT_EQ((*ReadSysvMarker(name.name()))->key, queue->key);
}

TEST_F(SysvObjectTest, AnObjectWhoseCreatorDiedBeforeItSaidItsIdIsFoundByItsKey) {
  const IpcName name = New(IpcName::SYSV_MQ);
  const int id = DieWhileCreating(name, SysvKey::kFtok, GetQueue);
  ASSERT_FALSE((*ReadSysvMarker(name.name()))->id.has_value());
  ASSERT_TRUE(QueueIsThere(id));
  EXPECT_TRUE(*RemoveIpcObject(name));
  EXPECT_FALSE(QueueIsThere(id));
  EXPECT_FALSE(Exists(name));
}

TEST_F(SysvObjectTest, APrivateSegmentWhoseCreatorDiedIsFoundByItsCreator) {
  const IpcName name = New(IpcName::SYSV_SHM);
  const int others = ::shmget(IPC_PRIVATE, 4096, 0600);
  const int id = DieWhileCreating(name, SysvKey::kPrivate, GetSegment);
  ASSERT_TRUE(SegmentIsThere(id));
  EXPECT_TRUE(*RemoveIpcObject(name));
  EXPECT_FALSE(SegmentIsThere(id));
  EXPECT_TRUE(SegmentIsThere(others)) << "made by another process";
  ::shmctl(others, IPC_RMID, nullptr);
}

TEST_F(SysvObjectTest, WhatHasAnotherKeyThanTheMarkerSaysStays) {
  const int others = ::msgget(IPC_PRIVATE, 0600);
  const IpcName name = New(IpcName::SYSV_MQ);
  std::filesystem::create_directories(std::filesystem::path(name.name()).parent_path());
  std::ofstream(name.name()) << "SYSV_MQ 12345 1\n" << others << "\n";
  EXPECT_TRUE(*RemoveIpcObject(name));
  EXPECT_FALSE(Exists(name));
  EXPECT_TRUE(QueueIsThere(others));
  ::msgctl(others, IPC_RMID, nullptr);
}

TEST_F(SysvObjectTest, AnObjectOlderThanTheMarkerThatOnlyHasItsKeyStays) {
  constexpr key_t kKey = 0x49504c42;
  const int others = ::msgget(kKey, IPC_CREAT | 0600);
  ASSERT_GE(others, 0);
  const IpcName name = New(IpcName::SYSV_MQ);
  std::filesystem::create_directories(std::filesystem::path(name.name()).parent_path());
  std::ofstream(name.name()) << "SYSV_MQ " << kKey << " 1\n";
  std::filesystem::last_write_time(
      name.name(), std::filesystem::file_time_type::clock::now() + std::chrono::hours(1));
  EXPECT_TRUE(*RemoveIpcObject(name));
  EXPECT_TRUE(QueueIsThere(others));
  ::msgctl(others, IPC_RMID, nullptr);
}

TEST_F(SysvObjectTest, AMarkerFromBeforeTheLastBootMarksNothingAnyMore) {
  const int others = ::msgget(IPC_PRIVATE, 0600);
  const IpcName name = New(IpcName::SYSV_MQ);
  std::filesystem::create_directories(std::filesystem::path(name.name()).parent_path());
  std::ofstream(name.name()) << "SYSV_MQ 0 1\n" << others << "\n";
  std::filesystem::last_write_time(name.name(), std::filesystem::file_time_type::clock::now() -
                                                    std::chrono::hours(24 * 365 * 20));
  EXPECT_TRUE(*RemoveIpcObject(name));
  EXPECT_TRUE(QueueIsThere(others));
  ::msgctl(others, IPC_RMID, nullptr);
}

TEST_F(SysvObjectTest, WhatIsNoMarkerIsRemovedAsAFile) {
  for (const char* text : {"", "nonsense", "SYSV_MQ", "SYSV_MQ x y\n", "FILE 1 2\n3\n"}) {
    const IpcName name = New(IpcName::SYSV_MQ);
    std::filesystem::create_directories(std::filesystem::path(name.name()).parent_path());
    std::ofstream(name.name()) << text;
    EXPECT_FALSE(ReadSysvMarker(name.name())->has_value()) << text;
    EXPECT_TRUE(*RemoveIpcObject(name)) << text;
    EXPECT_FALSE(Exists(name)) << text;
  }
}

}  // namespace
}  // namespace ipclab
