// Every mechanism of this host under a real server: it carries what it is given, and whichever
// worker is killed in the middle, the experiment says so and nothing of it is left on the host.

#include <poll.h>
#include <signal.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/lab_server.h"
#include "tests/support/process_ends.h"
#include "tests/support/process_state.h"
#include "worker/mechanism.h"

namespace ipclab {
namespace {

using E = v1::Experiment;
using v1::End;

// From the kill to the experiment's end and its workers'; what is left of them after it.
constexpr absl::Duration kSoon = absl::Seconds(5);

// Lines of a file that hold this text.
std::vector<std::string> LinesWith(const std::string& path, const std::string& text) {
  std::vector<std::string> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.find(text) != line.npos) lines.push_back(line);
  }
  return lines;
}

// System V objects that one of these processes made or was the last to use: shared memory by its
// creator and newest user, queues by who sent and received last. Sets of semaphores name nobody.
std::vector<std::string> SystemVObjectsOf(const std::vector<pid_t>& pids) {
  std::vector<std::string> found;
  for (const char* table : {"shm", "msg"}) {
    std::ifstream file(std::string("/proc/sysvipc/") + table);
    std::vector<std::string> columns;
    for (std::string line; std::getline(file, line);) {
      std::istringstream words(line);
      const std::vector<std::string> fields{std::istream_iterator<std::string>(words), {}};
      if (columns.empty()) {
        columns = fields;
        continue;
      }
      for (size_t i = 0; i < std::min(fields.size(), columns.size()); ++i) {
        const bool of_process = columns[i].ends_with("pid");
        if (of_process && std::ranges::count(pids, std::atoi(fields[i].c_str())) != 0) {
          found.push_back(table + (": " + line));
        }
      }
    }
  }
  return found;
}

class EveryMechanismTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const auto found = server_.client().GetMechanism("mechanisms/" + GetParam());
    ASSERT_TRUE(found.ok()) << found.status.error_message();
    mechanism_ = found.value;
    if (!mechanism_.available()) GTEST_SKIP() << mechanism_.unavailable_reason();
  }

  std::vector<v1::Pattern::Kind> Patterns() const {
    std::vector<v1::Pattern::Kind> patterns;
    for (const int pattern : mechanism_.patterns()) {
      if (pattern <= v1::Pattern::BROADCAST) {  // all that carry messages
        patterns.push_back(static_cast<v1::Pattern::Kind>(pattern));
      }
    }
    return patterns;
  }

  // An experiment without an end, in the middle of its traffic.
  E StartTraffic(v1::Pattern::Kind pattern) const {
    const auto& client = server_.client();
    const E ready = client.CreateReady(Measure(GetParam(), kEndless, pattern));
    EXPECT_TRUE(client.Run(ready.name()).ok());
    const absl::Time deadline = absl::Now() + kPatience;
    while (client.GetMetrics(ready.name())->total().messages() < 10) {
      if (absl::Now() > deadline) {
        ADD_FAILURE() << "no message comes";
        break;
      }
    }
    return ready;
  }

  // Those whose death is tried: each of two, of more one that several depend on, or one of several.
  std::vector<int> Victims(v1::Pattern::Kind pattern) const {
    if (mechanism_.loopback()) return {0};
    switch (pattern) {
      case v1::Pattern::FAN_IN:  // the second sender, the receiver
        return {1, 2};
      case v1::Pattern::PIPELINE:
        return {1};
      case v1::Pattern::FAN_OUT:
      case v1::Pattern::BROADCAST:
        return {2};
      default:
        return {0, 1};
    }
  }

  // Kills one worker; the others must not be left waiting for it.
  void KillInTheMiddle(v1::Pattern::Kind pattern, int victim) const;
  void ExpectNothingLeftOf(const E& experiment) const;
  // All but the server, its zygote and the spare workers.
  std::vector<pid_t> OtherProcesses() const;

  v1::Mechanism mechanism_;
  const LabServer server_;
  const pid_t zygote_ = server_.ZygotePid();
  const std::string instance_ = server_.client().Info()->instance();
  const std::unique_ptr<v1::SystemService::Stub> system_ = v1::SystemService::NewStub(
      grpc::CreateChannel(server_.unix_address(), grpc::InsecureChannelCredentials()));
};

std::vector<pid_t> EveryMechanismTest::OtherProcesses() const {
  std::vector<pid_t> pids = server_.Processes();
  const std::set<pid_t> spares = Spares(zygote_);
  std::erase_if(pids, [&](pid_t pid) {
    return pid == server_.pid() || pid == zygote_ || spares.contains(pid) ||
           StatusLine(pid, "Name").empty();  // it ended just now
  });
  return pids;
}

void EveryMechanismTest::ExpectNothingLeftOf(const E& experiment) const {
  std::vector<pid_t> workers;
  for (const v1::Worker& worker : experiment.workers()) workers.push_back(worker.pid());
  EXPECT_TRUE(ProcessGroup(workers).AwaitEnd(kSoon).has_value()) << "a worker is left";
  // What workers have started themselves ends after them, and no event tells.
  const absl::Time deadline = absl::Now() + kSoon;
  while (!OtherProcesses().empty() && absl::Now() < deadline) ::poll(nullptr, 0, 1);
  EXPECT_THAT(OtherProcesses(), testing::IsEmpty());
  EXPECT_THAT(server_.IpcObjects(), testing::IsEmpty());
  EXPECT_THAT(SystemVObjectsOf(workers), testing::IsEmpty());
  EXPECT_THAT(LinesWith("/proc/net/unix", "ipclab-" + instance_), testing::IsEmpty());
  v1::ListIpcObjectsResponse objects;
  const auto context = server_.client().NewContext();
  EXPECT_TRUE(system_->ListIpcObjects(context.get(), {}, &objects).ok());
  EXPECT_EQ(objects.ipc_objects_size(), 0) << objects.ShortDebugString();
}

void EveryMechanismTest::KillInTheMiddle(v1::Pattern::Kind pattern, int victim) const {
  SCOPED_TRACE(v1::Pattern::Kind_Name(pattern) + ", worker " + std::to_string(victim));
  const E before = StartTraffic(pattern);
  if (victim >= before.workers_size()) {
    ADD_FAILURE() << "no worker " << victim;
    return;
  }
  const absl::Time kill = absl::Now();
  EXPECT_EQ(::kill(before.workers(victim).pid(), SIGKILL), 0);
  const E after = server_.client().AwaitEnd(before.name());
  EXPECT_LT(absl::Now() - kill, kSoon);
  EXPECT_EQ(after.state(), E::FAILED);
  EXPECT_EQ(after.end().class_(), End::SIGNAL) << after.end().ShortDebugString();
  EXPECT_EQ(after.end().signal(), SIGKILL);
  EXPECT_THAT(after.end().message(),
              testing::AnyOf(testing::HasSubstr("SIGKILL"), testing::HasSubstr(GetParam())));
  for (const v1::Worker& worker : after.workers()) {
    if (worker.index() == victim) continue;
    // It noticed, or was ended.
    EXPECT_TRUE(worker.end().reason() == "PEER_CLOSED" ||
                worker.end().class_() == End::KILLED_BY_LAB)
        << worker.ShortDebugString();
  }
  ExpectNothingLeftOf(before);
  EXPECT_TRUE(server_.client().Delete(before.name()).ok());
}

// How often a message of each sender arrives, or arrives at each receiver, with the usual crowds.
int64_t Arrivals(v1::Pattern::Kind pattern) {
  const bool pairs = pattern == v1::Pattern::FAN_IN || pattern == v1::Pattern::FAN_OUT ||
                     pattern == v1::Pattern::BROADCAST;
  return pairs ? 2 : 1;
}

TEST_P(EveryMechanismTest, CarriesAThousandMessagesAndAccountsForAll) {
  for (const v1::Pattern::Kind pattern : Patterns()) {
    SCOPED_TRACE(v1::Pattern::Kind_Name(pattern));
    auto request = Measure(GetParam(), 1000, pattern);
    request.mutable_spec()->mutable_measure()->set_verify_payload(true);
    const E done = server_.client().CreateAndFinish(request);
    EXPECT_EQ(done.state(), E::SUCCEEDED) << done.end().ShortDebugString();
    const v1::Counters& total = done.result().metrics().total();
    EXPECT_EQ(total.messages() + total.lost(), 1000 * Arrivals(pattern));
    if (!mechanism_.lossy()) {
      EXPECT_EQ(total.lost(), 0);
    }
    EXPECT_EQ(total.corrupted() + total.duplicated() + total.reordered(), 0);
    ExpectNothingLeftOf(done);
  }
}

TEST_P(EveryMechanismTest, WhicheverWorkerIsKilledTheOtherEndsTooAndNothingIsLeft) {
  // What lives as long as the server has come to life.
  KillInTheMiddle(Patterns().front(), 0);
  AwaitRest(zygote_);
  const size_t descriptors = OpenDescriptors(server_.pid()).size();
  for (const v1::Pattern::Kind pattern : Patterns()) {
    for (const int victim : Victims(pattern)) KillInTheMiddle(pattern, victim);
  }
  EXPECT_EQ(OpenDescriptors(server_.pid()).size(), descriptors);
}

std::vector<std::string> Ids() {
  std::vector<std::string> ids;
  for (const Mechanism* mechanism : AllMechanisms()) {
    const bool carries = std::ranges::any_of(mechanism->patterns, [](v1::Pattern::Kind pattern) {
      return pattern <= v1::Pattern::BROADCAST;
    });
    if (carries) ids.emplace_back(mechanism->id);
  }
  return ids;
}

INSTANTIATE_TEST_SUITE_P(Each, EveryMechanismTest, testing::ValuesIn(Ids()),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace ipclab
