// Nothing grows with the number of experiments that came and went.

#include <fstream>

#include "gtest/gtest.h"
#include "tests/support/lab_server.h"
#include "tests/support/process_ends.h"
#include "tests/support/process_state.h"

namespace ipclab {
namespace {

// What a process holds, in numbers.
struct Holdings {
  size_t descriptors;
  size_t mappings;
  size_t children;

  explicit Holdings(pid_t pid)
      : descriptors(OpenDescriptors(pid).size()), mappings(0), children(ChildrenOf(pid).size()) {
    std::ifstream maps("/proc/" + std::to_string(pid) + "/maps");
    for (std::string line; std::getline(maps, line);) mappings += line.find("memfd:") != line.npos;
  }
};

void ExpectSame(const Holdings& before, const Holdings& after) {
  EXPECT_EQ(after.descriptors, before.descriptors);
  EXPECT_EQ(after.mappings, before.mappings);
  EXPECT_EQ(after.children, before.children);
}

// A zygote has some spare workers, or has just given them away.
void ExpectSameOfZygote(const Holdings& before, const Holdings& after) {
  constexpr size_t kSpares = 2;
  EXPECT_LE(after.children, before.children + kSpares);
  EXPECT_LE(after.descriptors, before.descriptors + 2 * kSpares);
  EXPECT_LE(after.mappings, before.mappings);
}

int Threads(pid_t pid) { return std::stoi(StatusLine(pid, "Threads")); }

// One of each way in and out.
void Cycle(const LabClient& client, int round) {
  const std::string name = client.CreateReady(Measure(round % 2 == 0 ? "pipe" : "null", 50)).name();
  EventStream events = client.Watch(name);
  events.Next();
  if (round % 3 == 0) {
    EXPECT_TRUE(client.Cancel(name).ok());
  } else {
    EXPECT_TRUE(client.Step(name, 3).ok());
    EXPECT_TRUE(client.Run(name).ok());
  }
  events.Rest();
  EXPECT_TRUE(events.Finish().ok());
  EXPECT_TRUE(client.Delete(name).ok());
}

TEST(LeakTest, AHundredExperimentsLeaveEverythingAsItWas) {
  const LabServer server;
  const pid_t zygote = server.ZygotePid();
  for (int i = 0; i < 12; ++i) Cycle(server.client(), i);  // threads and pools have come to life
  const Holdings server_before(server.pid());
  const Holdings zygote_before(zygote);
  const int threads_before = Threads(server.pid());
  for (int i = 0; i < 100; ++i) Cycle(server.client(), i);
  ExpectSame(server_before, Holdings(server.pid()));
  ExpectSameOfZygote(zygote_before, Holdings(zygote));
  // gRPC's pools breathe by a few.
  EXPECT_LE(Threads(server.pid()), threads_before + 4);
  EXPECT_EQ(server.client().Info()->experiments(), 0);
  EXPECT_EQ(server.client().Info()->workers(), 0);
}

TEST(LeakTest, FaultsLeaveNothingEither) {
  const LabServer server({.scripted = true});
  const pid_t zygote = server.ZygotePid();
  const auto fail = [&](const char* mechanism) {
    const auto done = server.client().CreateAndFinish(Measure(mechanism));
    EXPECT_EQ(done.state(), v1::Experiment::FAILED) << mechanism;
  };
  fail("kill_in_send");
  const Holdings server_before(server.pid());
  const Holdings zygote_before(zygote);
  for (int i = 0; i < 10; ++i) {
    for (const char* mechanism : {"exit3_in_host", "kill_in_host", "segv_in_join", "kill_in_send",
                                  "error_in_receive", "stop_in_join"}) {
      fail(mechanism);
    }
  }
  ExpectSame(server_before, Holdings(server.pid()));
  ExpectSameOfZygote(zygote_before, Holdings(zygote));
}

}  // namespace
}  // namespace ipclab
