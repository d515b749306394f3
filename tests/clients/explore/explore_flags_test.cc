#include "clients/cli/explore/explore_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>

namespace ipclab::cli {
namespace {

using ::testing::HasSubstr;
using Request = v1::ExploreProgramRequest;

// As `ipclab explore` reads these words.
absl::StatusOr<Request> Read(const std::string& words) {
  CLI::App app;
  ExploreFlags flags;
  AddExploreFlags(app, flags);
  app.parse(words);
  return ReadExploreFlags(flags);
}

std::string Complaint(const std::string& words) {
  return std::string(Read(words).status().message());
}

TEST(ExploreFlags, WithoutAnyTheFirstFailureIsLookedForOnRealProcesses) {
  const auto request = Read("lost_update");
  ASSERT_TRUE(request.ok()) << request.status();
  Request expected;
  expected.mutable_program()->set_program("lost_update");
  expected.set_mode(Request::FIND);
  expected.set_engine(Request::REAL);
  // Nothing else: what was not typed is the server's to choose.
  EXPECT_EQ(request->SerializeAsString(), expected.SerializeAsString());
}

TEST(ExploreFlags, AreAllInTheRequest) {
  const auto request = Read(
      "lost_update --variant racy --param rounds=2 --mechanism counter=sysv_shm "
      "--mode sample --engine model --sampler uniform --depth 4 --seed 0 "
      "--max-preemptions 0 --max-schedules 500 --max-steps 77 --time-limit 1500ms "
      "--memory 64M");
  ASSERT_TRUE(request.ok()) << request.status();
  EXPECT_EQ(request->program().variant(), "racy");
  EXPECT_EQ(request->program().parameters().at("rounds"), 2);
  EXPECT_EQ(request->program().mechanisms().at("counter").mechanism(), "sysv_shm");
  EXPECT_EQ(request->mode(), Request::SAMPLE);
  EXPECT_EQ(request->engine(), Request::MODEL);
  EXPECT_EQ(request->sampler(), Request::UNIFORM);
  EXPECT_EQ(request->depth(), 4);
  EXPECT_TRUE(request->has_seed());
  EXPECT_EQ(request->seed(), 0u);
  EXPECT_TRUE(request->has_max_preemptions());
  EXPECT_EQ(request->max_preemptions(), 0);
  EXPECT_EQ(request->max_schedules(), 500);
  EXPECT_EQ(request->max_steps(), 77);
  EXPECT_EQ(request->time_limit().seconds(), 1);
  EXPECT_EQ(request->time_limit().nanos(), 500'000'000);
  EXPECT_EQ(request->max_memory_bytes(), int64_t{64} << 20);
}

TEST(ExploreFlags, EveryReductionHasItsWord) {
  EXPECT_EQ(Read("x --mode count --reduction none")->reduction(), Request::NONE);
  EXPECT_EQ(Read("x --mode count --reduction state")->reduction(), Request::STATE);
  EXPECT_EQ(Read("x --mode count --reduction dpor")->reduction(), Request::DPOR);
}

TEST(ExploreFlags, ASlipIsNamedWithWhatWouldBeRight) {
  EXPECT_THAT(Complaint("x --mode all"), HasSubstr("--mode: \"all\" is no mode: use find, count"));
  EXPECT_THAT(Complaint("x --engine v8"), HasSubstr("use real, model"));
  EXPECT_THAT(Complaint("x --reduction most"), HasSubstr("use state, none, dpor"));
  EXPECT_THAT(Complaint("x --sampler dice"), HasSubstr("use pct, uniform"));
  EXPECT_THAT(Complaint("x --time-limit soon"), HasSubstr("--time-limit: \"soon\""));
  EXPECT_THAT(Complaint("x --memory lots"), HasSubstr("--memory: \"lots\""));
  EXPECT_THROW(Read("x --max-schedules 0"), CLI::ParseError);
}

}  // namespace
}  // namespace ipclab::cli
