// Channels of lab programs over every mechanism that carries them: in order, by priority and by
// type, to their capacity and back, with several senders and receivers where one object bears them.

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "common/program/state.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/worker/program_steps.h"

namespace ipclab {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// One sender, one receiver: to capacity and back.
constexpr char kPair[] = R"(
channel c[4]
process Sender {
  repeat 6 as i { send(c, 100 + i) }
}
process Receiver {
  shift = 0
  repeat 6 { x = receive(c)
    assert x == 100 + shift
    shift = shift + 1 }
}
)";

// Several of both, and one that is both.
constexpr char kMany[] = R"(
channel c[4]
shared sum = 0
process Sender[2] {
  repeat 3 as i { send(c, 10 * self + i) }
}
process Receiver[2] {
  repeat 2 { x = receive(c)
    atomic_add(sum, x) }
}
process Both {
  send(c, 1000)
  x = receive(c)
  y = receive(c)
  send(c, 5)
}
)";

// As a queue gives it out: by priority, by type, or in order.
constexpr char kTagged[] = R"(
channel c[6]
process Sender {
  send(c, 10, 1)
  send(c, 90, 9)
  send(c, 50, 5)
  send(c, 51, 5)
  send(c, 0)
  send(c, 30, 3)
}
process Receiver {
  a = receive(c)
  b = receive(c)
  d = receive(c)
  print(a, b, d)
}
)";

constexpr char kTyped[] = R"(
channel c[6]
process Sender {
  send(c, 50, 5)
  send(c, 10, 1)
  send(c, 51, 5)
  send(c, 0)
  send(c, 30, 3)
}
process Receiver {
  five = receive(c, 5)
  assert five == 50
  low = receive(c, -3)
  any = receive(c, 0)
  three = receive(c, 3)
  assert three == 30
  lowest = receive(c, -1)
}
)";

// To its capacity and back.
constexpr char kFull[] = R"(
channel c[64]
process Sender { repeat 100 as i { send(c, i) } }
process Receiver { repeat 100 { x = receive(c) } }
)";

class ProgramChannelTest : public ProgramStepsTest {};

// Those that one object of bears any number of.
constexpr const char* kShared[] = {"pipe", "fifo", "posix_mq", "sysv_mq", "boost_mq", "mpmc_ring"};
constexpr const char* kAll[] = {
    "pipe",           "fifo",      "posix_mq", "sysv_mq",        "unix_stream",   "unix_dgram",
    "unix_seqpacket", "tcp",       "tcp6",     "posix_shm_ring", "sysv_shm_ring", "mmap_file_ring",
    "memfd_ring",     "mpmc_ring", "cma",      "vmsplice",       "memfd_pass",    "io_uring",
    "dbus",           "zeromq",    "nng",      "boost_mq"};

class ProgramOverChannelTest : public ProgramStepsTest,
                               public testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    const internal::MechanismRecord* const record = Zygote().Find(GetParam());
    ASSERT_NE(record, nullptr);
    if (!record->mechanism().available()) GTEST_SKIP() << record->mechanism().unavailable_reason();
  }
};

TEST_P(ProgramOverChannelTest, CarriesAllInOrder) {
  StepAll({.source = kPair, .over = {{"c", {GetParam()}}}});
}

TEST_P(ProgramOverChannelTest, BearsSeveralSendersAndReceivers) {
  if (std::ranges::count(kShared, std::string(GetParam())) == 0) GTEST_SKIP() << "it has two ends";
  StepAll({.source = kMany, .over = {{"c", {GetParam()}}}});
}

TEST_P(ProgramOverChannelTest, HoldsWhatTheChannelSaysOrIsRefused) {
  const std::string id = GetParam();
  ProgramCrew crew(Zygote(), {.source = kFull, .over = {{"c", {id}}}});
  if (!crew.Connect()) {
    // Who is privileged may have more.
    EXPECT_EQ(id, "posix_mq");
    EXPECT_THAT(crew.complaint(), AllOf(HasSubstr("64 messages"), HasSubstr("msg_max")));
    return;
  }
  ExpectDone(crew, crew.Steps(crew.PlanToEnd(0)));
  ExpectDone(crew, crew.Rewind());
  const std::vector<Choose> plan = crew.PlanToEnd(0);
  ExpectDone(crew, crew.Steps({plan.begin(), plan.begin() + 64}));
  ExpectDone(crew, crew.Rewind());
}

INSTANTIATE_TEST_SUITE_P(Each, ProgramOverChannelTest, testing::ValuesIn(kAll),
                         [](const testing::TestParamInfo<const char*>& test) {
                           return std::string(test.param);
                         });

TEST_F(ProgramChannelTest, EveryMechanismThatSaysItCarriesChannelsIsTried) {
  std::set<std::string> said;
  for (const internal::MechanismRecord& record : Zygote().hello().mechanisms()) {
    const v1::Mechanism& mechanism = record.mechanism();
    const bool carries = std::ranges::count(mechanism.carries(), v1::ProgramObject::CHANNEL) > 0;
    EXPECT_EQ(carries, mechanism.discipline() != v1::Mechanism::DISCIPLINE_UNSPECIFIED)
        << mechanism.id();
    if (carries) said.insert(mechanism.id());
  }
  EXPECT_EQ(said, std::set<std::string>(std::begin(kAll), std::end(kAll)));
}

// Two descriptors of each go in one message.
TEST_F(ProgramChannelTest, AnExperimentMayHaveSixtyFour) {
  std::string source;
  std::string send;
  std::string receive;
  for (int i = 0; i < 64; ++i) {
    source += "channel c" + std::to_string(i) + "\n";
    send += "  send(c" + std::to_string(i) + ", self)\n";
    receive += "  x = receive(c" + std::to_string(i) + ")\n";
  }
  source += "process Sender[2] {\n" + send + "}\nprocess Receiver {\n" + receive + receive + "}\n";
  ProgramCrew crew(Zygote(), {.source = source});
  ASSERT_TRUE(crew.Connect()) << crew.complaint();
  ExpectDone(crew, crew.Steps(crew.PlanToEnd(3)));
}

// Refused whether there is room or not, by whoever steps and in free runs alike.
TEST_F(ProgramChannelTest, ATagThatAQueueCannotCarryIsAnError) {
  for (const auto& [id, tags] : {std::pair("posix_mq", "{-1, 32768, 0, 32767, 32768, -1}"),
                                 std::pair("sysv_mq",
                                           "{-1, 9223372036854775806, 0, 9223372036854775805, "
                                           "9223372036854775807, -1}")}) {
    const std::string source = std::string("channel c[2]\nshared refused\nshared tags[6] = ") +
                               tags +
                               "\nprocess Sender { repeat 6 as i { t = tags[i]\n"
                               "  send(c, i, t)\n  if error == 22 { atomic_add(refused, 1) } } }\n"
                               "process Receiver { }\nfinally refused == 4\n";
    StepAll({.source = source, .over = {{"c", {id}}}});
    ProgramCrew crew(Zygote(), {.source = source, .over = {{"c", {id}}}});
    ASSERT_TRUE(crew.Connect()) << crew.complaint();
    EXPECT_TRUE(crew.RunFree().has_leg_done());
    const State state(crew.program(), crew.state());
    EXPECT_EQ(state.object(FindObject(crew.program(), "refused"))[0], 4) << id;
  }
}

// More than a FIFO takes that nobody gave room: a page that was read from in part takes nothing.
TEST_F(ProgramChannelTest, AFifoHasRoomForAsManyRecordsAsTheChannelHolds) {
  for (const char* const senders : {"1", "2"}) {
    ProgramCrew crew(Zygote(),
                     {.source = std::string("channel c[4000]\nprocess Sender[") + senders +
                                "] { repeat 4200 as i { send(c, i) } }\n"
                                "process Receiver { repeat 200 { x = receive(c) } }\n",
                      .over = {{"c", {"fifo"}}}});
    ASSERT_TRUE(crew.Connect()) << crew.complaint();
    ExpectDone(crew, crew.Steps(crew.PlanToEnd(0, 4400)));
    EXPECT_EQ(State(crew.program(), crew.state()).object(0)[0], 4000) << senders;
  }
}

TEST_F(ProgramChannelTest, RecordsComeInTheOrderOfTheMechanism) {
  for (const char* const id : {"posix_mq", "sysv_mq", "pipe", "unix_seqpacket", "boost_mq"}) {
    StepAll({.source = kTagged, .over = {{"c", {id}}}});
  }
  StepAll({.source = kTyped, .over = {{"c", {"sysv_mq"}}}});
}

}  // namespace
}  // namespace ipclab
