// The server's side of the zygote, against tiny programs in its place.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/zygote.h"
#include "tests/server/executable_script.h"
#include "tests/server/fake_zygote.h"
#include "tests/server/patience.h"

namespace ipclab {
namespace {

using ::testing::HasSubstr;

// A FromZygote that holds an empty Hello, and one that holds an empty Spawned.
constexpr char kSayHello[] = "printf '\\012\\000' >&3";
constexpr char kSaySpawned[] = "printf '\\022\\000' >&3";
// Ends when the server's end is closed, as a zygote does.
constexpr char kStay[] = "exec cat <&3 >/dev/null";

// Kills and reaps what was launched.
struct Launched {
  explicit Launched(const std::string& binary) {
    auto launched = LaunchZygote(binary);
    EXPECT_TRUE(launched.ok()) << launched.status();
    if (launched.ok()) process = *std::move(launched);
  }
  ~Launched() {
    if (process.pid == 0) return;
    ::kill(process.pid, SIGKILL);
    ::waitpid(process.pid, nullptr, 0);
  }

  ZygoteProcess process;
};

absl::Status HelloOf(const std::string& body, absl::Duration limit = absl::FromChrono(kPatience)) {
  const ExecutableScript script(body);
  Launched zygote(script.path());
  return AwaitHello(zygote.process, limit).status();
}

TEST(LaunchZygoteTest, AMissingProgramIsNamed) {
  const absl::Status status = LaunchZygote("/no/such/zygote").status();
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("/no/such/zygote"));
}

TEST(LaunchZygoteTest, AFileThatIsNoProgramIsNamed) {
  const TemporaryFolder folder;
  std::ofstream(folder / "text") << "text";
  const absl::Status status = LaunchZygote(folder / "text").status();
  EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
}

TEST(LaunchZygoteTest, ItsControlSocketIsDescriptorThreeAndItsMaskIsEmpty) {
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
  const std::string check =
      "grep -q 'SigBlk:.0000000000000000$' /proc/self/status && [ \"$1\" = --zygote ] && ";
  EXPECT_TRUE(HelloOf(absl::StrCat(check, kSayHello)).ok());
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TEST(AwaitHelloTest, TakesAHello) {
  const absl::Status status = HelloOf(kSayHello);
  EXPECT_TRUE(status.ok()) << status;
}

TEST(AwaitHelloTest, AZygoteThatDiesInsteadIsUnavailable) {
  Launched zygote("/bin/true");
  const absl::Status status = AwaitHello(zygote.process, absl::FromChrono(kPatience)).status();
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
}

TEST(AwaitHelloTest, AZygoteThatSaysNothingRunsIntoTheDeadline) {
  const absl::Status status = HelloOf(kStay, absl::Milliseconds(50));
  EXPECT_TRUE(absl::IsDeadlineExceeded(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("right binary"));
}

TEST(AwaitHelloTest, AnythingElseThanHelloIsRefused) {
  EXPECT_FALSE(HelloOf(kSaySpawned).ok());
  EXPECT_FALSE(HelloOf("printf nonsense >&3").ok());
}

class ZygoteTest : public ::testing::Test, public Zygote::Listener {
 protected:
  void OnSpawned(const internal::Spawned& spawned, std::vector<UniqueFd> fds) override {
    events_.Put("spawned " + std::to_string(spawned.experiment()) + " " +
                std::to_string(fds.size()));
  }
  void OnEnded(const internal::Ended& ended) override {
    events_.Put("ended " + std::to_string(ended.index()));
  }
  void OnStopped(const internal::Stopped& stopped) override {
    events_.Put("stopped " + std::to_string(stopped.index()));
  }
  void OnReclaimed(const internal::Reclaimed& reclaimed) override {
    events_.Put("reclaimed " + std::to_string(reclaimed.request()));
  }
  void OnZygoteLost() override { events_.Put("lost"); }

  Mailbox<std::string> events_;
};

TEST_F(ZygoteTest, EachMessageGoesToItsListener) {
  FakeZygote zygote(*this);
  internal::FromZygote message;
  message.mutable_spawned()->set_experiment(7);
  zygote.Send(message, {STDIN_FILENO, STDERR_FILENO});
  EXPECT_EQ(events_.Take(), "spawned 7 2");
  message.mutable_ended()->set_index(1);
  zygote.Send(message);
  EXPECT_EQ(events_.Take(), "ended 1");
  message.mutable_stopped()->set_index(2);
  zygote.Send(message);
  EXPECT_EQ(events_.Take(), "stopped 2");
  message.mutable_hello();
  zygote.Send(message);
  message.mutable_reclaimed()->set_request(3);
  zygote.Send(message);
  EXPECT_EQ(events_.Take(), "reclaimed 3");
}

TEST_F(ZygoteTest, NonsenseMeansThatItIsLost) {
  FakeZygote zygote(*this);
  zygote.Send("\xff\xff\xff");
  EXPECT_EQ(events_.Take(), "lost");
}

// Many large messages at once: more than the socket holds.
TEST_F(ZygoteTest, WhatTheSocketDoesNotTakeComesLaterAndInOrder) {
  constexpr uint64_t kMessages = 200;
  FakeZygote zygote(*this);
  OnStrand(zygote.loop(), [&] {
    for (uint64_t i = 0; i < kMessages; ++i) {
      internal::ToZygote message;
      message.mutable_guard()->set_experiment(i);
      message.mutable_guard()->add_names()->set_name(std::string(16 << 10, 'x'));
      zygote.server_side().Send(message);
    }
  });
  for (uint64_t i = 0; i < kMessages; ++i) ASSERT_EQ(zygote.Await().guard().experiment(), i);
}

TEST_F(ZygoteTest, ADeadOneIsReplaced) {
  const ExecutableScript script(absl::StrCat(kSayHello, "\n", kStay));
  EventLoop loop;
  auto process = LaunchZygote(script.path());
  ASSERT_TRUE(process.ok()) << process.status();
  const pid_t first = process->pid;
  auto zygote = std::make_unique<Zygote>(loop, script.path(), *std::move(process), *this);
  OnStrand(loop, [&] { zygote->Listen(); });
  ::kill(first, SIGKILL);
  EXPECT_EQ(events_.Take(), "lost");
  pid_t second = 0;
  OnStrand(loop, [&] { second = zygote->pid(); });
  EXPECT_NE(second, first);
  EXPECT_EQ(::kill(first, 0), -1) << "it was not reaped";
  EXPECT_EQ(::kill(second, 0), 0);
  loop.Stop();
  zygote.reset();
  EXPECT_EQ(::kill(second, 0), -1) << "it outlives its server";
}

TEST_F(ZygoteTest, ADeafOneIsKilledAndReplaced) {
  const ExecutableScript script(absl::StrCat(kSayHello, "\n", kStay));
  EventLoop loop;
  auto process = LaunchZygote(script.path());
  ASSERT_TRUE(process.ok()) << process.status();
  const pid_t first = process->pid;
  Zygote zygote(loop, script.path(), *std::move(process), *this, absl::Milliseconds(300));
  OnStrand(loop, [&] { zygote.Listen(); });
  internal::ToZygote question;
  question.mutable_reclaim()->set_request(1);
  OnStrand(loop, [&] { zygote.Send(question); });
  EXPECT_EQ(events_.Take(), "lost");
  EXPECT_EQ(::kill(first, 0), -1) << "it is still there";
  pid_t second = 0;
  OnStrand(loop, [&] { second = zygote.pid(); });
  EXPECT_NE(second, first);
  EXPECT_EQ(::kill(second, 0), 0) << "nobody is in its place";
  loop.Stop();
}

TEST_F(ZygoteTest, OneThatAnswersIsNotDeaf) {
  constexpr absl::Duration kLimit = absl::Milliseconds(300);
  FakeZygote zygote(*this, kLimit);
  const absl::Time begin = absl::Now();
  for (uint64_t i = 1; absl::Now() - begin < 3 * kLimit; ++i) {
    internal::ToZygote question;
    question.mutable_reclaim()->set_request(i);
    OnStrand(zygote.loop(), [&] { zygote.server_side().Send(question); });
    ASSERT_TRUE(zygote.Await().has_reclaim());
    internal::FromZygote answer;
    answer.mutable_reclaimed()->set_request(i);
    zygote.Send(answer);
    ASSERT_EQ(events_.Take(), absl::StrCat("reclaimed ", i));
  }
  OnStrand(zygote.loop(),
           [&] { zygote.loop().After(2 * kLimit, [this] { events_.Put("time passed"); }); });
  EXPECT_EQ(events_.Take(), "time passed") << "nothing was asked, and silence is no fault";
}

}  // namespace
}  // namespace ipclab
