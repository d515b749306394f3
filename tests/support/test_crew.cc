#include "tests/support/test_crew.h"

#include <poll.h>
#include <sched.h>

#include "gtest/gtest.h"

namespace ipclab {
namespace {

constexpr int kMostMilliseconds = 30'000;

internal::Role RoleOf(v1::Pattern::Kind pattern, bool loopback, int index) {
  if (loopback) return internal::BOTH;
  if (pattern == v1::Pattern::STREAM) return index == 0 ? internal::SENDER : internal::RECEIVER;
  return index == 0 ? internal::INITIATOR : internal::RESPONDER;
}

}  // namespace

int TestCpu(int index) {
  cpu_set_t set;
  ::sched_getaffinity(0, sizeof set, &set);
  std::vector<int> cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
  }
  return cpus.at(static_cast<size_t>(index) % cpus.size());
}

internal::Spawn TestCrew::MakeSpawn(const TestZygote& zygote, uint64_t experiment,
                                    const Plan& plan) {
  const internal::MechanismRecord* const record = zygote.Find(plan.mechanism);
  const bool loopback = record != nullptr && record->mechanism().loopback();
  internal::Spawn spawn;
  spawn.set_experiment(experiment);
  for (int index = 0; index < (loopback ? 1 : 2); ++index) {
    internal::WorkerSetup& worker = *spawn.add_workers();
    worker.set_index(index);
    worker.set_role(RoleOf(plan.pattern, loopback, index));
    worker.set_cpu(TestCpu(plan.same_cpu ? 0 : index));
    v1::MeasureSpec& measure = *worker.mutable_measure();
    measure.set_mechanism(plan.mechanism);
    measure.set_pattern(plan.pattern);
    measure.set_message_bytes(plan.message_bytes);
    measure.set_verify_payload(plan.verify_payload);
    measure.set_wait(plan.wait);
    if (record != nullptr) {
      for (const v1::Option& option : record->mechanism().options()) {
        (*measure.mutable_options())[option.name()] = option.default_value();
      }
    }
    internal::LinkSetup& link = *worker.add_links();
    link.set_host(index == 0);
    link.set_duplex(plan.pattern == v1::Pattern::ROUND_TRIP);
    link.set_sends(!link.duplex() && index == 0);
    link.mutable_names()->Add(plan.names.begin(), plan.names.end());
  }
  return spawn;
}

TestCrew::TestCrew(TestZygote& zygote, const Plan& plan, uint64_t experiment) : zygote_(zygote) {
  internal::ToZygote command;
  *command.mutable_spawn() = MakeSpawn(zygote, experiment, plan);
  zygote.Send(command);
  TestZygote::Answer answer = zygote.Await();
  const internal::Spawned& spawned = answer.message.spawned();
  const size_t count = static_cast<size_t>(spawned.pids_size());
  if (spawned.error() != 0 || count == 0 || answer.descriptors.size() != 1 + 2 * count) {
    ADD_FAILURE() << "no workers: " << answer.message.ShortDebugString();
    return;
  }
  auto pages = Mapping::Shared(answer.descriptors[0].get(), PagesBytes(static_cast<int>(count)));
  if (!pages.ok()) {
    ADD_FAILURE() << pages.status();
    return;
  }
  pages_ = *std::move(pages);
  for (size_t i = 0; i < count; ++i) {
    workers_.push_back({spawned.pids(static_cast<int>(i)), std::move(answer.descriptors[1 + 2 * i]),
                        MessageSocket(std::move(answer.descriptors[2 + 2 * i]))});
  }
}

void TestCrew::Send(size_t worker, const internal::ToWorker& message,
                    std::span<const int> descriptors) {
  const absl::Status status = control(worker).Send(message, descriptors);
  EXPECT_TRUE(status.ok()) << "to worker " << worker << ": " << status;
}

internal::FromWorker TestCrew::Await(size_t worker) {
  std::vector<UniqueFd> descriptors;
  return Await(worker, descriptors);
}

internal::FromWorker TestCrew::Await(size_t worker, std::vector<UniqueFd>& descriptors) {
  internal::FromWorker message;
  if (auto received = AwaitMessage(control(worker))) {
    EXPECT_TRUE(received->Parse(message).ok());
    descriptors = std::move(received->descriptors);
  }
  return message;
}

bool TestCrew::Connect() {
  if (workers_.empty()) return false;
  std::vector<UniqueFd> offered;
  const internal::FromWorker host = Await(0, offered);
  EXPECT_EQ(host.ready().offers_size(), 1) << host.ShortDebugString();
  if (host.ready().offers_size() != 1) return false;
  for (size_t worker = 1; worker < size(); ++worker) {
    const internal::FromWorker ready = Await(worker);
    EXPECT_TRUE(ready.has_ready()) << ready.ShortDebugString();
    internal::ToWorker command;
    command.mutable_join()->set_link(host.ready().offers(0).link());
    command.mutable_join()->set_offer(host.ready().offers(0).offer());
    std::vector<int> fds;
    for (const UniqueFd& fd : offered) fds.push_back(fd.get());
    Send(worker, command, fds);
    offered.clear();
    const internal::FromWorker joined = Await(worker);
    EXPECT_TRUE(joined.has_joined()) << joined.ShortDebugString();
    if (!joined.has_joined()) return false;
  }
  return true;
}

void TestCrew::StartLeg(const internal::Leg& leg) {
  internal::ToWorker command;
  *command.mutable_leg() = leg;
  control_page().at_work = static_cast<int32_t>(size());
  for (size_t worker = 0; worker < size(); ++worker) Send(worker, command);
}

void TestCrew::AwaitLeg() {
  std::vector<pollfd> sockets;
  for (size_t worker = 0; worker < size(); ++worker) {
    sockets.push_back({control(worker).fd(), POLLIN, 0});
  }
  ASSERT_GT(::poll(sockets.data(), sockets.size(), kMostMilliseconds), 0) << "nobody said a word";
  for (size_t worker = 0; worker < size(); ++worker) {
    if (sockets[worker].revents == 0) continue;
    const internal::FromWorker message = Await(worker);
    EXPECT_TRUE(message.has_leg_done())
        << "worker " << worker << ": " << message.ShortDebugString();
  }
  EXPECT_EQ(control_page().at_work, 0);
}

void TestCrew::RunLeg(const internal::Leg& leg) {
  StartLeg(leg);
  AwaitLeg();
}

void TestCrew::RunLeg(int64_t messages, int64_t warm_up) {
  internal::Leg leg;
  leg.set_messages(messages);
  leg.set_warm_up(warm_up);
  RunLeg(leg);
}

std::vector<internal::Ended> TestCrew::Quit() {
  internal::ToWorker command;
  command.mutable_quit();
  for (size_t worker = 0; worker < size(); ++worker) Send(worker, command);
  return AwaitEnds();
}

std::vector<internal::Ended> TestCrew::AwaitEnds() {
  std::vector<internal::Ended> ends(size());
  for (size_t i = 0; i < size(); ++i) {
    const TestZygote::Answer answer = zygote_.Await();
    EXPECT_TRUE(answer.message.has_ended()) << answer.message.ShortDebugString();
    const internal::Ended& ended = answer.message.ended();
    if (static_cast<size_t>(ended.index()) < size())
      ends[static_cast<size_t>(ended.index())] = ended;
  }
  return ends;
}

}  // namespace ipclab
