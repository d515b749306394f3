#include "server/ends.h"

#include <csignal>

#include "gtest/gtest.h"

namespace ipclab {
namespace {

TEST(EndsTest, SignalsHaveTheirNames) {
  EXPECT_EQ(SignalName(SIGKILL), "SIGKILL");
  EXPECT_EQ(SignalName(SIGSEGV), "SIGSEGV");
  EXPECT_EQ(SignalName(99), "signal 99");
}

TEST(EndsTest, RolesAreInTheWordsOfTheApi) {
  EXPECT_EQ(RoleName(internal::INITIATOR), "initiator");
  EXPECT_EQ(WorkerName(1, RoleName(internal::RECEIVER)), "worker 1 (receiver)");
}

TEST(EndsTest, AnExitKeepsItsCode) {
  internal::Ended ended;
  ended.set_exit_code(3);
  const v1::End end = EndOfProcess(ended, "worker 0 (sender)");
  EXPECT_EQ(end.class_(), v1::End::EXIT);
  EXPECT_EQ(end.exit_code(), 3);
  EXPECT_EQ(end.reason(), "EXITED");
  EXPECT_EQ(end.message(), "worker 0 (sender) exited with code 3");
}

TEST(EndsTest, ASignalKeepsItsNumber) {
  internal::Ended ended;
  ended.set_signal(SIGSEGV);
  const v1::End end = EndOfProcess(ended, "worker 0 (sender)");
  EXPECT_EQ(end.class_(), v1::End::SIGNAL);
  EXPECT_EQ(end.signal(), SIGSEGV);
  EXPECT_EQ(end.reason(), "SIGSEGV");
  EXPECT_EQ(end.message(), "worker 0 (sender) was ended by SIGSEGV");
}

TEST(EndsTest, WantOfMemoryIsToldFromAnotherKill) {
  internal::Ended ended;
  ended.set_signal(SIGKILL);
  EXPECT_EQ(EndOfProcess(ended, "w").class_(), v1::End::SIGNAL);
  ended.set_out_of_memory(true);
  const v1::End end = EndOfProcess(ended, "w");
  EXPECT_EQ(end.class_(), v1::End::OOM);
  EXPECT_EQ(end.signal(), SIGKILL);
  EXPECT_EQ(end.reason(), "OUT_OF_MEMORY");
}

}  // namespace
}  // namespace ipclab
