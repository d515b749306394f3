// A crew of two with the test as its zygote and its workers: what the engine would pass on to it is
// passed on here, and what it says to its experiment is recorded.
#pragma once

#include <csignal>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "common/mapping.h"
#include "common/pages.h"
#include "gtest/gtest.h"
#include "server/crew.h"
#include "server/ends.h"
#include "tests/server/fake_zygote.h"
#include "tests/server/test_worker.h"

namespace ipclab {

class CrewTest : public ::testing::Test, public Zygote::Listener, public Crew::Listener {
 protected:
  static constexpr int kWorkers = 2;
  static constexpr Crew::Limits kSoon = {absl::Milliseconds(500), absl::Milliseconds(200)};

  // A link from worker 0, its host, to worker 1.
  explicit CrewTest(Crew::Limits limits = {}) {
    internal::Spawn spawn;
    spawn.set_experiment(1);
    for (int index = 0; index < kWorkers; ++index) {
      internal::WorkerSetup& worker = *spawn.add_workers();
      worker.set_index(index);
      worker.set_role(index == 0 ? internal::INITIATOR : internal::RESPONDER);
      worker.add_links()->set_host(index == 0);
    }
    crew_.emplace(zygote_.loop(), zygote_.server_side(), spawn, static_cast<Crew::Listener&>(*this),
                  limits);
  }
  ~CrewTest() override {
    OnStrand(zygote_.loop(), [this] { crew_.reset(); });
  }

  // Asks for the workers; the zygote has heard it on return.
  void Start() {
    OnStrand(zygote_.loop(), [this] { crew_->Start(); });
    EXPECT_TRUE(zygote_.Await().has_spawn());
  }

  // Answers with two processes.
  void AnswerSpawned() {
    auto pages = CreateMemoryFile("crew_test", PagesBytes(kWorkers));
    internal::FromZygote message;
    message.mutable_spawned()->set_experiment(1);
    std::vector<int> descriptors = {pages->get()};
    for (TestWorker& worker : workers_) {
      message.mutable_spawned()->add_pids(worker.pid());
      descriptors.push_back(worker.pidfd());
      descriptors.push_back(worker.servers_end().fd());
    }
    zygote_.Send(message, descriptors);
    for (TestWorker& worker : workers_) worker.servers_end().Close();
  }

  void Spawn() {
    Start();
    AnswerSpawned();
    EXPECT_EQ(log_.Take(), "started");
  }

  // All the way to where legs may start.
  void Connect() {
    Spawn();
    workers_[0].Say(Ready(true));
    workers_[1].Say(Ready(false));
    EXPECT_TRUE(workers_[1].Hear().has_join());
    internal::FromWorker joined;
    joined.mutable_joined();
    workers_[1].Say(joined);
    EXPECT_EQ(log_.Take(), "connected");
  }

  void StartLeg() {
    OnStrand(zygote_.loop(), [this] { crew_->StartLeg(internal::Leg()); });
    for (TestWorker& worker : workers_) EXPECT_TRUE(worker.Hear().has_leg());
  }

  static internal::FromWorker Ready(bool offers) {
    internal::FromWorker message;
    message.mutable_ready();
    if (offers) message.mutable_ready()->add_offers()->set_offer("offer");
    return message;
  }

  static internal::FromWorker Failure(internal::Failed::Kind kind) {
    internal::FromWorker message;
    message.mutable_failed()->set_kind(kind);
    message.mutable_failed()->set_message("read pipe: it is over");
    return message;
  }

  // What the zygote says of a worker that it reaped.
  void ReportEnd(int index, int signal, int exit_code = 0) {
    internal::FromZygote message;
    message.mutable_ended()->set_experiment(1);
    message.mutable_ended()->set_index(index);
    message.mutable_ended()->set_signal(signal);
    message.mutable_ended()->set_exit_code(exit_code);
    zygote_.Send(message);
  }

  // The worker is killed by the crew now; reports that, and takes its end.
  void ExpectKilledByLab(int index) {
    ASSERT_TRUE(workers_[static_cast<size_t>(index)].AwaitDeath());
    ReportEnd(index, SIGKILL);
    EXPECT_EQ(log_.Take(), "end " + std::to_string(index) + " KILLED_BY_LAB KILLED");
  }

  void Kill(v1::End::Class end_class, const char* reason) {
    OnStrand(zygote_.loop(), [&] { crew_->Kill(MakeEnd(end_class, reason, "")); });
  }

  int Alive() {
    int alive = 0;
    OnStrand(zygote_.loop(), [&] { alive = crew_->alive(); });
    return alive;
  }

  // Zygote::Listener, as the engine passes it on.
  void OnSpawned(const internal::Spawned& spawned, std::vector<UniqueFd> fds) override {
    if (crew_) crew_->HandleSpawned(spawned, std::move(fds));
  }
  void OnEnded(const internal::Ended& ended) override {
    if (crew_) crew_->HandleEnded(ended);
  }
  void OnStopped(const internal::Stopped& stopped) override {
    if (crew_) crew_->HandleStopped(stopped);
  }
  void OnReclaimed(const internal::Reclaimed&) override {}
  void OnZygoteLost() override {
    if (crew_) crew_->HandleZygoteLost();
  }

  // Crew::Listener: "end 0 SIGNAL SIGKILL", "gone EXIT EXITED".
  void OnStarted(const std::vector<int>& pids) override {
    EXPECT_EQ(pids.size(), static_cast<size_t>(kWorkers));
    log_.Put("started");
  }
  void OnConnected() override { log_.Put("connected"); }
  void OnLegDone() override { log_.Put("leg"); }
  void OnWorkerEnd(int index, const v1::End& end) override {
    log_.Put("end " + std::to_string(index) + " " + Words(end));
  }
  void OnGone(const v1::End& cause) override {
    message_ = cause.message();
    crew_.reset();  // as an experiment does
    log_.Put("gone " + Words(cause));
  }

  static std::string Words(const v1::End& end) {
    std::string words = v1::End::Class_Name(end.class_());
    if (!end.reason().empty()) words += " " + end.reason();
    return words;
  }

  Mailbox<std::string> log_;
  std::string message_;  // of the cause
  std::deque<TestWorker> workers_{kWorkers};
  FakeZygote zygote_{*this};
  std::optional<Crew> crew_;  // strand only
};

}  // namespace ipclab
