#include "tests/support/test_crew.h"

#include <poll.h>
#include <sched.h>

#include "gtest/gtest.h"
#include "server/crew_shape.h"
#include "server/spawn_plan.h"

namespace ipclab {
namespace {

constexpr int kMostMilliseconds = 30'000;

// As the server fills them in, where a plan does not say how many there are.
void FillInCrowd(const TestCrew::Plan& plan, v1::MeasureSpec& measure) {
  switch (plan.pattern) {
    case v1::Pattern::PIPELINE:
    case v1::Pattern::CONTENTION:
      measure.set_workers(plan.workers);
      break;
    default:
      measure.set_senders(plan.senders);
      measure.set_receivers(plan.receivers);
  }
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
  static const internal::MechanismRecord kUnknown;
  const internal::MechanismRecord* const found = zygote.Find(plan.mechanism);
  ExperimentPlan whole;
  whole.mechanism = found != nullptr ? found : &kUnknown;
  v1::MeasureSpec& measure = *whole.spec.mutable_measure();
  measure.set_mechanism(plan.mechanism);
  measure.set_pattern(plan.pattern);
  measure.set_message_bytes(plan.message_bytes);
  measure.set_verify_payload(plan.verify_payload);
  measure.set_wait(plan.wait);
  if (plan.load) *measure.mutable_load() = *plan.load;
  for (const v1::Option& option : whole.mechanism->mechanism().options()) {
    (*measure.mutable_options())[option.name()] = option.default_value();
  }
  for (const auto& [name, value] : plan.options) (*measure.mutable_options())[name] = value;
  FillInCrowd(plan, measure);
  whole.shape = ShapeOf(measure, whole.mechanism->mechanism());
  for (size_t worker = 0; worker < whole.shape.roles.size(); ++worker) {
    whole.cpus.push_back(TestCpu(plan.same_cpu ? 0 : static_cast<int>(worker)));
  }
  return PlanSpawn(experiment, whole, plan.names);
}

TestCrew::TestCrew(TestZygote& zygote, const Plan& plan, uint64_t experiment) : zygote_(zygote) {
  internal::ToZygote command;
  spawn_ = MakeSpawn(zygote, experiment, plan);
  *command.mutable_spawn() = spawn_;
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
  bool joined = !workers_.empty();
  std::vector<Offers> offers;  // gone when this returns, or nobody ever sees the end
  for (size_t host = 0; host < size() && joined; ++host) {
    std::vector<UniqueFd> descriptors;
    const internal::FromWorker ready = Await(host, descriptors);
    EXPECT_TRUE(ready.has_ready()) << ready.ShortDebugString();
    if (!ready.has_ready()) return false;
    offers.push_back({ready.ready(), std::move(descriptors)});
  }
  for (const Offers& of_host : offers) {
    size_t next = 0;
    for (const internal::Offer& offer : of_host.ready.offers()) {
      std::vector<int> fds;
      for (int i = 0; i < offer.descriptors(); ++i) {
        fds.push_back(of_host.descriptors.at(next++).get());
      }
      joined = joined && Join(offer, fds);
    }
  }
  return joined;
}

bool TestCrew::Join(const internal::Offer& offer, std::span<const int> descriptors) {
  internal::ToWorker command;
  command.mutable_join()->set_link(offer.link());
  command.mutable_join()->set_offer(offer.offer());
  for (const internal::WorkerSetup& worker : spawn_.workers()) {
    for (const internal::LinkSetup& link : worker.links()) {
      if (link.link() != offer.link() || link.host()) continue;
      const auto joiner = static_cast<size_t>(worker.index());
      Send(joiner, command, descriptors);
      const internal::FromWorker answer = Await(joiner);
      EXPECT_TRUE(answer.has_joined()) << answer.ShortDebugString();
      if (!answer.has_joined()) return false;
    }
  }
  return true;
}

void TestCrew::StartLeg(const internal::Leg& leg) {
  internal::ToWorker command;
  *command.mutable_leg() = leg;
  control_page().BeginLeg(static_cast<int>(size()));
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
