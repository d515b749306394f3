#include "tests/conformance/lock_users.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "gtest/gtest.h"
#include "tests/support/test_zygote.h"

namespace ipclab {
namespace {

struct Pipe {
  UniqueFd read;
  UniqueFd write;
};

Pipe MakePipe() {
  std::array<int, 2> ends = {-1, -1};
  EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

}  // namespace

LockUsers::LockUsers(const Mechanism& mechanism, ChannelSpec spec)
    : mechanism_(mechanism), spec_(std::move(spec)) {
  auto hosted = mechanism_.host_lock(spec_);
  EXPECT_TRUE(hosted.ok()) << hosted.status();
  if (!hosted.ok()) return;
  lock_ = std::move(hosted->lock);
  offer_ = std::move(hosted->offer);
}

LockUsers::~LockUsers() {
  for (size_t child = 0; child < children_.size(); ++child) Kill(child);
}

void LockUsers::Add(const Act& act) {
  Pipe joined = MakePipe();
  Pipe begin = MakePipe();
  const pid_t pid = ::fork();
  ASSERT_GE(pid, 0);
  if (pid == 0) {
    begin.write.Reset();
    // Theirs would keep them from their end.
    for (Child& child : children_) child.begin.Reset();
    Live(act, joined.write.get(), begin.read.get());
  }
  children_.push_back({pid, UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))),
                       std::move(joined.read), std::move(begin.write)});
}

void LockUsers::Live(const Act& act, int joined, int begin) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ChannelOffer offer{offer_.bytes, {}};
  for (const UniqueFd& descriptor : offer_.descriptors) {
    offer.descriptors.emplace_back(::fcntl(descriptor.get(), F_DUPFD_CLOEXEC, 0));
  }
  auto lock = mechanism_.join_lock(spec_, std::move(offer));
  char byte = 1;
  if (!lock.ok() || ::write(joined, &byte, 1) != 1) ::_exit(2);
  if (::read(begin, &byte, 1) != 0) ::_exit(3);
  if (!(*lock)->Connect().ok()) ::_exit(4);
  ::_exit(act(*std::move(lock)) ? 0 : 1);
}

void LockUsers::Begin() {
  for (const Child& child : children_) {
    char byte;
    ASSERT_TRUE(AwaitReadable(child.joined.get()));
    ASSERT_EQ(::read(child.joined.get(), &byte, 1), 1) << "a child could not join";
  }
  const absl::Status connected = lock_->Connect();
  ASSERT_TRUE(connected.ok()) << connected;
  for (Child& child : children_) child.begin.Reset();
}

bool LockUsers::EndsWell(size_t child) {
  Child& ended = children_[child];
  if (!AwaitReadable(ended.pidfd.get())) return false;
  int status = 0;
  ::waitpid(std::exchange(ended.pid, -1), &status, 0);
  EXPECT_TRUE(WIFEXITED(status)) << "child " << child << ": status " << status;
  EXPECT_EQ(WEXITSTATUS(status), 0) << "child " << child;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void LockUsers::Kill(size_t child) {
  const pid_t pid = std::exchange(children_[child].pid, -1);
  if (pid < 0) return;
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
}

}  // namespace ipclab
