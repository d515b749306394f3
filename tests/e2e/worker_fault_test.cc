// Workers that die, stop or hang at any moment: the experiment ends with the true cause, its peer
// ends too, and nothing else notices.

#include <signal.h>

#include <ostream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/lab_server.h"
#include "tests/support/rich_status.h"

namespace ipclab {
namespace {

using E = v1::Experiment;
using v1::End;

constexpr const char* kNames[] = {"worker 0 (initiator)", "worker 1 (responder)"};

// A worker without a fault of its own: the lab ended it, or it saw that the other was gone.
void ExpectBystander(const E& experiment, int index) {
  ASSERT_EQ(experiment.workers_size(), 2);
  const v1::Worker& worker = experiment.workers(index);
  EXPECT_TRUE(worker.end().class_() == End::KILLED_BY_LAB || worker.end().reason() == "PEER_CLOSED")
      << worker.ShortDebugString();
}

// The server carries on as if nothing had happened.
void ExpectUnhurt(const LabServer& server) {
  EXPECT_EQ(server.client().Info()->workers(), 0);
  EXPECT_EQ(server.client().CreateAndFinish(Measure()).state(), E::SUCCEEDED);
}

struct Blow {
  E::State state;
  int signal;
  int worker;
};

void PrintTo(const Blow& blow, std::ostream* out) {
  *out << E::State_Name(blow.state) << "_SIG" << sigabbrev_np(blow.signal) << "_" << blow.worker;
}

std::vector<Blow> EveryBlow() {
  std::vector<Blow> blows;
  for (const E::State state : {E::READY, E::RUNNING, E::PAUSED}) {
    for (const int signal : {SIGKILL, SIGSEGV, SIGSTOP}) {
      for (const int worker : {0, 1}) blows.push_back({state, signal, worker});
    }
  }
  return blows;
}

class SignalTest : public testing::TestWithParam<Blow> {};

TEST_P(SignalTest, FailsTheExperimentWithTheSignalAndTheWorker) {
  const auto [state, signal, worker] = GetParam();
  const LabServer server;
  const std::string name = server.client().CreateReady(Measure("pipe", kEndless)).name();
  if (state == E::RUNNING) {
    ASSERT_TRUE(server.client().Run(name).ok());
  }
  if (state == E::PAUSED) {
    ASSERT_TRUE(server.client().Step(name, 5).ok());
  }
  const E before = server.client().AwaitState(name, state);
  ASSERT_EQ(::kill(before.workers(worker).pid(), signal), 0);

  const E after = server.client().AwaitEnd(name);
  EXPECT_EQ(after.state(), E::FAILED);
  EXPECT_EQ(after.end().class_(), End::SIGNAL) << after.end().ShortDebugString();
  EXPECT_EQ(after.end().signal(), signal);
  EXPECT_EQ(after.end().reason(), std::string("SIG") + sigabbrev_np(signal));
  EXPECT_THAT(after.end().message(), testing::HasSubstr(kNames[worker]));
  // A worker that was stopped is ended by the lab.
  const End& own = after.workers(worker).end();
  EXPECT_EQ(own.class_(), signal == SIGSTOP ? End::KILLED_BY_LAB : End::SIGNAL)
      << own.ShortDebugString();
  ExpectBystander(after, 1 - worker);
  ExpectUnhurt(server);
}

INSTANTIATE_TEST_SUITE_P(Every, SignalTest, testing::ValuesIn(EveryBlow()),
                         testing::PrintToStringParamName());

// Deaths may come before the experiment is committed, and before its creator is answered.
TEST(EarlyDeathTest, EveryCreatorIsAnsweredAndEveryEndIsKept) {
  LabServer server({.scripted = true});
  std::vector<std::string> names;
  for (int i = 0; i < 30; ++i) {
    for (const char* mechanism : {"exit3_in_host", "kill_in_host"}) {
      names.push_back(server.client().MustCreate(Measure(mechanism)));
    }
  }
  for (const std::string& name : names) {
    EXPECT_EQ(server.client().AwaitEnd(name).state(), E::FAILED);
  }
  server.Kill();
  server.Restart();
  for (const std::string& name : names) {
    EXPECT_EQ(server.client().Get(name)->state(), E::FAILED);
  }
}

struct Script {
  std::string mechanism;
  End::Class end_class;
  std::string reason;
  int worker;
};

void PrintTo(const Script& script, std::ostream* out) { *out << script.mechanism; }

class ScriptTest : public testing::TestWithParam<Script> {};

TEST_P(ScriptTest, FailsTheExperimentWithTheFirstCause) {
  const Script& script = GetParam();
  const LabServer server({.scripted = true});
  const E done = server.client().CreateAndFinish(Measure(script.mechanism));
  EXPECT_EQ(done.state(), E::FAILED);
  EXPECT_EQ(done.end().class_(), script.end_class) << done.end().ShortDebugString();
  EXPECT_EQ(done.end().reason(), script.reason);
  EXPECT_THAT(done.end().message(), testing::HasSubstr(kNames[script.worker]));
  if (script.mechanism.starts_with("exit3")) {
    EXPECT_EQ(done.end().exit_code(), 3);
  }
  ExpectBystander(done, 1 - script.worker);
  ExpectUnhurt(server);
}

INSTANTIATE_TEST_SUITE_P(Every, ScriptTest,
                         testing::Values(Script{"exit3_in_host", End::EXIT, "EXITED", 0},
                                         Script{"exit3_in_join", End::EXIT, "EXITED", 1},
                                         Script{"exit3_in_send", End::EXIT, "EXITED", 0},
                                         Script{"exit3_in_receive", End::EXIT, "EXITED", 1},
                                         Script{"segv_in_host", End::SIGNAL, "SIGSEGV", 0},
                                         Script{"segv_in_join", End::SIGNAL, "SIGSEGV", 1},
                                         Script{"segv_in_send", End::SIGNAL, "SIGSEGV", 0},
                                         Script{"segv_in_receive", End::SIGNAL, "SIGSEGV", 1},
                                         Script{"kill_in_host", End::SIGNAL, "SIGKILL", 0},
                                         Script{"kill_in_join", End::SIGNAL, "SIGKILL", 1},
                                         Script{"kill_in_send", End::SIGNAL, "SIGKILL", 0},
                                         Script{"stop_in_host", End::SIGNAL, "SIGSTOP", 0},
                                         Script{"stop_in_join", End::SIGNAL, "SIGSTOP", 1},
                                         Script{"stop_in_receive", End::SIGNAL, "SIGSTOP", 1},
                                         Script{"error_in_host", End::EXIT, "WORKER_ERROR", 0},
                                         Script{"error_in_join", End::EXIT, "WORKER_ERROR", 1},
                                         Script{"error_in_send", End::EXIT, "WORKER_ERROR", 0},
                                         Script{"error_in_receive", End::EXIT, "WORKER_ERROR", 1}),
                         testing::PrintToStringParamName());

TEST(HangTest, WithoutProgressItFailsAfterTheStallLimit) {
  const LabServer server({.scripted = true, .flags = {"--stall-limit", "0.3"}});
  for (const char* mechanism : {"hang_in_send", "hang_in_receive"}) {
    const E done = server.client().CreateAndFinish(Measure(mechanism));
    EXPECT_EQ(done.state(), E::FAILED);
    EXPECT_EQ(done.end().class_(), End::TIMEOUT) << done.end().ShortDebugString();
    EXPECT_EQ(done.end().reason(), "NO_PROGRESS");
  }
  EXPECT_EQ(server.client().Info()->workers(), 0);
}

TEST(HangTest, ParkedExperimentsMakeNoProgressAndAreLeftAlone) {
  const LabServer server({.scripted = true, .flags = {"--stall-limit", "0.01"}});
  const E parked = server.client().CreateReady(Measure());
  // By the time that this one is found hanging, the parked one has been looked at as well.
  EXPECT_EQ(server.client().CreateAndFinish(Measure("hang_in_send")).state(), E::FAILED);
  EXPECT_EQ(server.client().Get(parked.name())->state(), E::READY);
}

TEST(HangTest, ATimeLimitEndsAHangingRun) {
  const LabServer server({.scripted = true});
  auto request = Measure("hang_in_receive");
  request.mutable_spec()->mutable_time_limit()->set_nanos(200'000'000);
  const E done = server.client().CreateAndFinish(request);
  EXPECT_EQ(done.state(), E::FAILED);
  EXPECT_EQ(done.end().reason(), "TIME_LIMIT");
}

TEST(HangTest, WorkersThatNeverConnectFailTheExperimentInTheEnd) {
  const LabServer server({.scripted = true});
  const E done = server.client().AwaitEnd(server.client().MustCreate(Measure("hang_in_host")));
  EXPECT_EQ(done.state(), E::FAILED);
  EXPECT_EQ(done.end().class_(), End::TIMEOUT);
  EXPECT_EQ(done.end().reason(), "SETUP_TIMEOUT");
  ExpectUnhurt(server);
}

TEST(StepFaultTest, AWorkerDyingMidStepFailsTheStepAndTheExperiment) {
  const LabServer server({.scripted = true});
  const std::string name = server.client().CreateReady(Measure("kill_in_send")).name();
  EXPECT_EQ(server.client().Step(name, 9)->steps(), 9);  // the tenth is fateful
  const auto step = server.client().Step(name, 1);
  EXPECT_TRUE(Refused(step.status, grpc::ABORTED, "EXPERIMENT_ENDED"));
  EXPECT_EQ(ErrorInfoOf(step.status).metadata().at("class"), "SIGNAL");
  const E done = server.client().AwaitEnd(name);
  EXPECT_EQ(done.state(), E::FAILED);
  EXPECT_EQ(done.end().signal(), SIGKILL);
  EXPECT_EQ(done.step(), 9);
  EXPECT_EQ(done.result().stepped_metrics().total().messages(), 9);
}

TEST(StepFaultTest, AnErrorOfTheMechanismIsToldInItsWords) {
  const LabServer server({.scripted = true});
  const E done = server.client().CreateAndFinish(Measure("error_in_send"));
  EXPECT_THAT(done.end().message(), testing::HasSubstr("Input/output error"));
  EXPECT_THAT(done.end().message(), testing::HasSubstr("send on error_in_send"));
}

TEST(IsolationTest, AFailureNextDoorChangesNothing) {
  const LabServer server({.scripted = true});
  auto request = Measure("pipe", kEndless);
  request.mutable_spec()->set_share_cpus(true);
  const std::string neighbour = server.client().CreateReady(request).name();
  ASSERT_TRUE(server.client().Run(neighbour).ok());
  for (const char* mechanism : {"segv_in_send", "exit3_in_receive", "kill_in_host"}) {
    auto faulty = Measure(mechanism);
    faulty.mutable_spec()->set_share_cpus(true);
    EXPECT_EQ(server.client().CreateAndFinish(faulty).state(), E::FAILED);
  }
  EXPECT_EQ(server.client().Get(neighbour)->state(), E::RUNNING);
  EXPECT_EQ(server.client().Info()->workers(), 2);
}

}  // namespace
}  // namespace ipclab
