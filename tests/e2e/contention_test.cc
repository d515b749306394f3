// CONTENTION under a real server, over every mechanism that excludes: all is counted, nobody gets
// in beside another one, and whoever is killed, the experiment says so and nothing of it is left.

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cstddef>
#include <fstream>
#include <memory>
#include <optional>

#include "absl/time/clock.h"
#include "common/pages.h"
#include "common/unique_fd.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/lab_server.h"
#include "tests/support/process_ends.h"
#include "worker/mechanism.h"

namespace ipclab {
namespace {

using E = v1::Experiment;
using v1::End;
using v1::MeasureSpec;

constexpr absl::Duration kSoon = absl::Seconds(5);

// Who is inside alone, its index + 1, as a worker of the experiment has it in its memory; nullopt
// when that cannot be read.
std::optional<uint32_t> InsideOf(pid_t worker) {
  const std::string process = "/proc/" + std::to_string(worker);
  constexpr size_t kAt = offsetof(ControlPage, guarded) + offsetof(Guarded, inside);
  std::ifstream maps(process + "/maps");
  for (std::string line; std::getline(maps, line);) {
    if (line.find("memfd:ipclab-pages") == line.npos) continue;
    const UniqueFd memory(::open((process + "/mem").c_str(), O_RDONLY | O_CLOEXEC));
    uint32_t inside = 0;
    const auto at = static_cast<off_t>(std::stoull(line, nullptr, 16) + kAt);
    if (::pread(memory.get(), &inside, sizeof inside, at) == sizeof inside) return inside;
  }
  return std::nullopt;
}

class ContentionTest : public testing::TestWithParam<std::string> {
 protected:
  // One server for all: what an experiment leaves is looked for after each.
  static void SetUpTestSuite() { server_ = std::make_unique<LabServer>(); }
  static void TearDownTestSuite() { server_.reset(); }

  void SetUp() override {
    const auto found = server_->client().GetMechanism("mechanisms/" + GetParam());
    ASSERT_TRUE(found.ok()) << found.status.error_message();
    mechanism_ = found.value;
    if (!mechanism_.available()) GTEST_SKIP() << mechanism_.unavailable_reason();
  }

  v1::CreateExperimentRequest Contention(int workers, int64_t acquisitions,
                                         MeasureSpec::Wait wait = MeasureSpec::BLOCK) const {
    auto request = Measure(GetParam(), acquisitions, v1::Pattern::CONTENTION);
    MeasureSpec& measure = *request.mutable_spec()->mutable_measure();
    measure.set_message_bytes(0);
    measure.set_workers(workers);
    measure.set_warm_up_messages(2);
    measure.set_wait(wait);
    return request;
  }

  std::vector<MeasureSpec::Wait> Waits() const {
    if (mechanism_.only_blocks()) return {MeasureSpec::BLOCK};
    return {MeasureSpec::BLOCK, MeasureSpec::SPIN, MeasureSpec::SPIN_THEN_BLOCK};
  }

  void ExpectAllCounted(const E& done, int workers, int64_t acquisitions) const;
  // The one that holds the lock alone.
  int AwaitHolder(const E& experiment) const;
  void Kill(bool holder) const;

  v1::Mechanism mechanism_;
  static inline std::unique_ptr<LabServer> server_;
};

void ContentionTest::ExpectAllCounted(const E& done, int workers, int64_t acquisitions) const {
  EXPECT_EQ(done.state(), E::SUCCEEDED) << done.end().ShortDebugString();
  const v1::Metrics& metrics = done.result().metrics();
  EXPECT_EQ(metrics.total().messages(), workers * acquisitions);
  EXPECT_EQ(metrics.total().corrupted(), 0) << "two held it at once";
  EXPECT_EQ(metrics.workers_size(), workers);
  double shares = 0;
  for (const v1::WorkerMetrics& worker : metrics.workers()) shares += worker.share();
  EXPECT_NEAR(shares, 1, 1e-6);
  EXPECT_GT(metrics.messages_per_second(), 0);
  bool timed = false;
  for (const v1::Latency& latency : metrics.latencies()) {
    if (latency.kind() != v1::Latency::ACQUIRE) continue;
    timed = true;
    EXPECT_EQ(latency.count(), workers * acquisitions);
  }
  EXPECT_TRUE(timed);
  EXPECT_THAT(server_->IpcObjects(), testing::IsEmpty());
}

int ContentionTest::AwaitHolder(const E& experiment) const {
  const absl::Time deadline = absl::Now() + kPatience;
  while (absl::Now() < deadline) {
    const auto inside = InsideOf(experiment.workers(0).pid());
    if (!inside) break;
    if (*inside != 0) return static_cast<int>(*inside) - 1;
  }
  return -1;
}

void ContentionTest::Kill(bool holder) const {
  SCOPED_TRACE(holder ? "its holder" : "one that waits");
  auto request = Contention(3, kEndless);
  MeasureSpec& measure = *request.mutable_spec()->mutable_measure();
  measure.mutable_critical_section()->set_nanos(200'000'000);  // it will hold it at the kill
  measure.set_warm_up_messages(0);
  if (GetParam() == "rwlock") (*measure.mutable_options())["readers"] = "0";
  const E before = server_->client().CreateReady(request);
  ASSERT_TRUE(server_->client().Run(before.name()).ok());
  const int inside = AwaitHolder(before);
  ASSERT_GE(inside, 0) << "nobody gets the lock, or a worker's memory cannot be read";
  const int victim = holder ? inside : (inside + 1) % 3;
  EXPECT_EQ(::kill(before.workers(victim).pid(), SIGKILL), 0);
  const absl::Time kill = absl::Now();
  const E after = server_->client().AwaitEnd(before.name());
  EXPECT_LT(absl::Now() - kill, kSoon);
  EXPECT_EQ(after.state(), E::FAILED);
  EXPECT_EQ(after.end().class_(), End::SIGNAL) << after.end().ShortDebugString();
  EXPECT_EQ(after.end().signal(), SIGKILL);
  std::vector<pid_t> workers;
  for (const v1::Worker& worker : after.workers()) {
    workers.push_back(worker.pid());
    if (worker.index() == victim) continue;
    // It was told by the lock, or was ended.
    EXPECT_TRUE(worker.end().reason() == "PEER_CLOSED" ||
                worker.end().class_() == End::KILLED_BY_LAB)
        << worker.ShortDebugString();
  }
  EXPECT_TRUE(ProcessGroup(workers).AwaitEnd(kSoon).has_value()) << "a worker is left";
  EXPECT_THAT(server_->IpcObjects(), testing::IsEmpty());
  EXPECT_TRUE(server_->client().Delete(before.name()).ok());
}

TEST_P(ContentionTest, ThreeWorkersGetItAsOftenAsWasAskedHoweverTheyWait) {
  for (const MeasureSpec::Wait wait : Waits()) {
    SCOPED_TRACE(MeasureSpec::Wait_Name(wait));
    ExpectAllCounted(server_->client().CreateAndFinish(Contention(3, 200, wait)), 3, 200);
  }
}

TEST_P(ContentionTest, OneWorkerAloneAndManyMoreThanThereAreCpusGetOn) {
  for (const MeasureSpec::Wait wait : Waits()) {
    SCOPED_TRACE(MeasureSpec::Wait_Name(wait));
    ExpectAllCounted(server_->client().CreateAndFinish(Contention(1, 500, wait)), 1, 500);
    // Few: where each must wait for its turn on a CPU that others use too, one takes many slices.
    ExpectAllCounted(server_->client().CreateAndFinish(Contention(16, 10, wait)), 16, 10);
  }
}

TEST_P(ContentionTest, GoesByStepsAndByTime) {
  const E ready = server_->client().CreateReady(Contention(3, kEndless));
  const auto step = server_->client().Step(ready.name(), 5);
  ASSERT_TRUE(step.ok()) << step.status.error_message();
  EXPECT_EQ(step->steps(), 5);
  EXPECT_EQ(step->metrics().total().messages(), 15);
  EXPECT_TRUE(server_->client().Cancel(ready.name()).ok());

  auto request = Contention(3, kEndless);
  request.mutable_spec()->mutable_measure()->mutable_duration()->set_seconds(0);
  request.mutable_spec()->mutable_measure()->mutable_duration()->set_nanos(100'000'000);
  const E done = server_->client().CreateAndFinish(request);
  EXPECT_EQ(done.state(), E::SUCCEEDED) << done.end().ShortDebugString();
  EXPECT_GT(done.result().metrics().total().messages(), 0);
  EXPECT_EQ(done.result().metrics().total().corrupted(), 0);
}

TEST_P(ContentionTest, WhoeverIsKilledTheOthersEndTooAndNothingIsLeft) {
  Kill(/*holder=*/true);
  Kill(/*holder=*/false);
}

std::vector<std::string> Locks() {
  std::vector<std::string> ids;
  for (const Mechanism* const mechanism : AllMechanisms()) {
    if (mechanism->host_lock != nullptr) ids.emplace_back(mechanism->id);
  }
  return ids;
}

INSTANTIATE_TEST_SUITE_P(Each, ContentionTest, testing::ValuesIn(Locks()),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace ipclab
