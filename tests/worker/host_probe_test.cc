#include "worker/host_probe.h"

#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ipclab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr QueueLimits kDebian = {
    .queues = 256, .messages = 10, .message_bytes = 8192, .user_bytes = 819200};
constexpr QueueLimits kAmple = {
    .queues = 256, .messages = 1000, .message_bytes = 1 << 20, .user_bytes = 1 << 30};

HostFacts Ample() {
  HostFacts facts;
  facts.shm_bytes = int64_t{8} << 30;
  facts.queues = kAmple;
  return facts;
}

std::vector<std::string> Ids(const HostFacts& facts) {
  std::vector<std::string> ids;
  for (const v1::HostShortcoming& each : ShortcomingsOf(facts)) ids.push_back(each.id());
  return ids;
}

v1::HostShortcoming OnlyOne(const HostFacts& facts) {
  const auto found = ShortcomingsOf(facts);
  EXPECT_EQ(found.size(), 1u);
  return found.empty() ? v1::HostShortcoming() : found.front();
}

TEST(ShortcomingsTest, AHostWithEnoughOfEverythingHasNone) {
  EXPECT_THAT(ShortcomingsOf(Ample()), IsEmpty());
}

TEST(ShortcomingsTest, AContainersSharedMemoryIsSmall) {
  HostFacts facts = Ample();
  facts.shm_bytes = 64 << 20;
  const v1::HostShortcoming small = OnlyOne(facts);
  EXPECT_EQ(small.id(), "SHM_SMALL");
  EXPECT_THAT(small.description(), HasSubstr("holds 64 MiB"));
  EXPECT_THAT(small.remedy(), HasSubstr("--shm-size"));
  EXPECT_THAT(small.remedy(), HasSubstr("shm_size"));
  facts.shm_bytes = 256 << 20;
  EXPECT_THAT(Ids(facts), IsEmpty()) << "so much is enough";
}

TEST(ShortcomingsTest, NoSharedMemoryIsSmallToo) {
  HostFacts facts = Ample();
  facts.shm_bytes.reset();
  EXPECT_THAT(OnlyOne(facts).description(), HasSubstr("no /dev/shm"));
}

TEST(ShortcomingsTest, SharedMemoryWithoutALimitIsNotSmall) {
  HostFacts facts = Ample();
  facts.shm_bytes = 0;  // as a tmpfs with size=0 says
  EXPECT_THAT(Ids(facts), IsEmpty());
}

TEST(ShortcomingsTest, TheRemedyForUserNamespacesFollowsTheErrno) {
  HostFacts facts = Ample();
  facts.user_namespace_error = ENOSPC;
  EXPECT_EQ(OnlyOne(facts).id(), "NO_USER_NAMESPACES");
  EXPECT_THAT(OnlyOne(facts).description(), HasSubstr("No space left on device"));
  EXPECT_THAT(OnlyOne(facts).remedy(), HasSubstr("user.max_user_namespaces"));
  facts.user_namespace_error = EPERM;
  EXPECT_THAT(OnlyOne(facts).description(), HasSubstr("Operation not permitted"));
  EXPECT_THAT(OnlyOne(facts).remedy(), HasSubstr("kernel.unprivileged_userns_clone"));
  EXPECT_THAT(OnlyOne(facts).remedy(), HasSubstr("seccomp"));
  facts.user_namespace_error = EINVAL;
  EXPECT_THAT(OnlyOne(facts).remedy(), HasSubstr("CONFIG_USER_NS"));
}

TEST(ShortcomingsTest, QueuesAreShortAsDebianGivesThem) {
  HostFacts facts = Ample();
  facts.queues = kDebian;
  const v1::HostShortcoming queues = OnlyOne(facts);
  EXPECT_EQ(queues.id(), "MQ_LIMITS");
  EXPECT_THAT(queues.description(), HasSubstr("10 messages of 8192 bytes"));
  EXPECT_THAT(queues.remedy(), HasSubstr("fs.mqueue.msg_max=64 fs.mqueue.msgsize_max=65536"));
  EXPECT_THAT(queues.remedy(), HasSubstr("sysctls"));
}

TEST(ShortcomingsTest, WhoMayExceedTheSysctlsIsStillHeldToTheLimitOfItsUser) {
  HostFacts facts = Ample();
  facts.queue_limits_lifted = true;
  facts.queues = kDebian;
  facts.queues->user_bytes = kAmple.user_bytes;
  EXPECT_THAT(Ids(facts), IsEmpty());
  facts.queues = kDebian;
  EXPECT_THAT(Ids(facts), ElementsAre("MQ_LIMITS"));
}

TEST(ShortcomingsTest, AKernelWithoutQueuesIsSaid) {
  HostFacts facts = Ample();
  facts.queues.reset();
  EXPECT_THAT(OnlyOne(facts).remedy(), HasSubstr("CONFIG_POSIX_MQUEUE"));
}

TEST(ShortcomingsTest, AllOfThemComeAtOnceInOrder) {
  HostFacts facts;
  facts.user_namespace_error = EPERM;
  EXPECT_THAT(Ids(facts), ElementsAre("MQ_LIMITS", "NO_USER_NAMESPACES", "SHM_SMALL"));
}

TEST(HostProbeTest, FindsWhatTheKernelSays) {
  const HostFacts facts = ProbeHost();
  struct statvfs shm;
  ASSERT_EQ(::statvfs("/dev/shm", &shm) == 0, facts.shm_bytes.has_value());
  if (facts.shm_bytes) {
    EXPECT_EQ(*facts.shm_bytes, static_cast<int64_t>(shm.f_blocks * shm.f_frsize));
  }
  if (facts.queues) {
    EXPECT_GT(facts.queues->messages, 0);
    EXPECT_GT(facts.queues->message_bytes, 0);
    EXPECT_GE(facts.queues->user_bytes, 0);
  }
}

TEST(HostProbeTest, LeavesThisProcessInItsNameSpace) {
  const auto own = [] {
    char target[64] = {};
    return ::readlink("/proc/self/ns/user", target, sizeof target - 1) > 0 ? std::string(target)
                                                                           : std::string("?");
  };
  const std::string before = own();
  ProbeHost();
  EXPECT_EQ(own(), before);
}

}  // namespace
}  // namespace ipclab
