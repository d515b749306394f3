// A worker that runs free: its frame alone, results from elsewhere.

#include <gtest/gtest.h>

#include <cerrno>

#include "tests/common/program_run.h"

namespace ipclab {
namespace {

class FreeWorker {
 public:
  FreeWorker(const Program& program, int worker)
      : program_(program), worker_(worker), frame_(program.state_words, -1) {
    failure_ = BeginLocal(program, worker, frame_.data(), &prints_).failure;
  }

  bool IsAtLabel() const { return Now().run == RunState::kAtLabel; }
  const Frame& Now() const { return *reinterpret_cast<const Frame*>(frame_.data()); }
  Operation Next() const { return AnnounceLocal(program_, worker_, frame_.data()); }
  void Give(int64_t result, int error = 0) {
    failure_ = ContinueLocal(program_, worker_, frame_.data(), result, error, &prints_).failure;
  }
  const Failure& failure() const { return failure_; }
  const PrintLog& prints() const { return prints_; }

 private:
  const Program& program_;
  const int worker_;
  std::vector<int64_t> frame_;
  PrintLog prints_;
  Failure failure_;
};

TEST(MachineFreeTest, AWorkerIsToldWhatItsOperationsCameTo) {
  const Program program = Compiled(R"(
shared a[3]
mutex m[2]
process P[2] { lock(m[self]); a[self + 1] = a[2] * 2; got = trylock(m[0]); print got, error }
)");
  FreeWorker worker(program, 1);
  EXPECT_EQ(worker.Next().op, Op::kLock);
  EXPECT_EQ(worker.Next().object, FindObject(program, "m[1]"));
  worker.Give(0);
  EXPECT_EQ(worker.Next().op, Op::kRead);
  EXPECT_EQ(worker.Next().element, 2);
  worker.Give(21);
  EXPECT_EQ(worker.Next().op, Op::kWrite);
  EXPECT_EQ(worker.Next().element, 2);
  EXPECT_EQ(worker.Next().argument, 42);
  worker.Give(0);
  worker.Give(0, EBUSY);
  EXPECT_FALSE(worker.IsAtLabel());
  EXPECT_EQ(worker.Now().run, RunState::kDone);
  ASSERT_EQ(worker.prints().count, 1u);
  EXPECT_EQ(worker.prints().entries[0].values[0], 0);
  EXPECT_EQ(worker.prints().entries[0].values[1], EBUSY);
}

TEST(MachineFreeTest, FailuresOfItsOwnAreTold) {
  const Program program = Compiled("shared x\nprocess A { a = x; assert a == 1; a = 1 / (a - 5) }");
  FreeWorker passing(program, 0);
  passing.Give(1);
  EXPECT_EQ(passing.failure().kind, FailureKind::kNone);
  FreeWorker asserting(program, 0);
  asserting.Give(2);
  EXPECT_EQ(asserting.failure().kind, FailureKind::kAssert);
  EXPECT_EQ(asserting.Now().run, RunState::kDone);
  FreeWorker dividing(program, 0);
  dividing.Give(5);
  EXPECT_EQ(dividing.failure().kind, FailureKind::kAssert) << "the first";
  EXPECT_EQ(dividing.Now().run, RunState::kStuck);
}

TEST(MachineFreeTest, WhatItAwaitsIsEvaluatedWithItsLocals) {
  const Program program = Compiled("shared x = 4\nprocess P[2] { k = self + 3; await(x == k) }");
  std::vector<int64_t> state(program.state_words);
  BeginProgram(program, state.data(), nullptr);
  const int awaited = static_cast<int>(
      program.code[static_cast<size_t>(Announce(program, state.data(), 0).argument)].value);
  EXPECT_EQ(Evaluate(program, state.data(), awaited, 0), 0);
  EXPECT_EQ(Evaluate(program, state.data(), awaited, 1), 1);
}

}  // namespace
}  // namespace ipclab
