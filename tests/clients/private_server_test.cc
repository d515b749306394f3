#include "clients/cli/private_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace ipclab::cli {
namespace {

using ::testing::HasSubstr;

// Long enough to mean that something is wrong.
constexpr int kDeadlineMillis = 30'000;

class PrivateServerTest : public ::testing::Test {
 protected:
  PrivateServerTest() {
    std::string folder = ::testing::TempDir() + "/private-XXXXXX";
    folder_ = ::mkdtemp(folder.data());
  }
  ~PrivateServerTest() override { std::filesystem::remove_all(folder_); }

  // A shell script that stands for the server.
  std::string Script(const std::string& body) {
    const std::string path = folder_ / "ipclabd";
    std::ofstream(path) << "#!/bin/sh\n" << body << "\n";
    ::chmod(path.c_str(), 0700);
    return path;
  }

  // What the server says next on its connection; empty at its end or after the deadline.
  static std::string Read(const UniqueFd& socket) {
    pollfd readable = {.fd = socket.get(), .events = POLLIN, .revents = 0};
    if (::poll(&readable, 1, kDeadlineMillis) != 1) return "";
    char bytes[256];
    const ssize_t length = ::read(socket.get(), bytes, sizeof(bytes));
    return {bytes, length > 0 ? static_cast<size_t>(length) : 0};
  }

  static bool IsGone(int pid) { return ::kill(pid, 0) != 0 && errno == ESRCH; }

  std::filesystem::path folder_;
};

TEST_F(PrivateServerTest, TheServerHasItsEndAsDescriptorThree) {
  auto server = PrivateServer::Start(Script("echo \"$@\" >&3; cat <&3 >/dev/null"));
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_EQ(Read(server->TakeSocket()), "--private-fd 3\n");
}

TEST_F(PrivateServerTest, ItEndsWhenItsOwnerHangsUpAndIsReaped) {
  auto server = PrivateServer::Start(Script("cat <&3 >/dev/null; echo hung up >&2"));
  ASSERT_TRUE(server.ok()) << server.status();
  const int pid = server->pid();
  const UniqueFd still_held = server->TakeSocket();  // as gRPC may hold it a little longer
  server->Stop();
  EXPECT_TRUE(IsGone(pid));
  EXPECT_EQ(server->Output(), "hung up\n");
}

TEST_F(PrivateServerTest, OneThatDoesNotEndIsKilled) {
  auto server =
      PrivateServer::Start(Script("trap '' TERM INT HUP\necho up >&3\nexec tail -f /dev/null"),
                           std::chrono::milliseconds(1));
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_EQ(Read(server->TakeSocket()), "up\n");
  const int pid = server->pid();
  server->Stop();
  EXPECT_TRUE(IsGone(pid));
}

TEST_F(PrivateServerTest, WhatItSaidBeforeItFailedIsKept) {
  auto server = PrivateServer::Start(Script("echo no memory >&2; exit 1"));
  ASSERT_TRUE(server.ok()) << server.status();
  const UniqueFd socket = server->TakeSocket();
  EXPECT_EQ(Read(socket), "");
  server->Stop();
  EXPECT_EQ(server->Output(), "no memory\n");
}

TEST_F(PrivateServerTest, ItHasNoOtherDescriptorsAndDefaultSignals) {
  const UniqueFd leak(::dup(2));  // not close-on-exec
  auto server = PrivateServer::Start(
      Script("exec 4>&3; (ls /proc/$$/fd >&4); grep SigBlk /proc/self/status >&4"));
  ASSERT_TRUE(server.ok()) << server.status();
  const UniqueFd socket = server->TakeSocket();
  std::string said;
  for (std::string more = Read(socket); !more.empty(); more = Read(socket)) said += more;
  EXPECT_THAT(said, HasSubstr("0\n1\n10\n2\n3\n4\nSigBlk:\t0000000000000000"));
}

TEST_F(PrivateServerTest, AMissingProgramIsAnErrorThatNamesIt) {
  const auto server = PrivateServer::Start(folder_ / "missing");
  ASSERT_FALSE(server.ok());
  EXPECT_THAT(std::string(server.status().message()), HasSubstr("missing"));
}

TEST_F(PrivateServerTest, TheServersProgramIsFoundInPath) {
  const std::string script = Script("");
  const char* path = std::getenv("PATH");
  const std::string before = path ? path : "";
  ::setenv("PATH", folder_.c_str(), 1);
  const auto found = FindServerProgram();
  ::setenv("PATH", before.c_str(), 1);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(*found, script);
}

}  // namespace
}  // namespace ipclab::cli
