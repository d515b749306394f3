#include "tests/support/program_crew.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>

#include <algorithm>
#include <random>
#include <set>
#include <span>

#include "absl/strings/str_cat.h"
#include "common/ipc_name.h"
#include "common/pages.h"
#include "common/program/apply.h"
#include "common/program/compile.h"
#include "common/program/state.h"
#include "gtest/gtest.h"
#include "tests/support/test_crew.h"

namespace ipclab {
namespace {

constexpr int kPatienceMilliseconds = 30'000;

constexpr std::string_view KindName(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kCells:
      return "cells";
    case ObjectKind::kMutex:
      return "mutex";
    case ObjectKind::kRwLock:
      return "rwlock";
    case ObjectKind::kSemaphore:
      return "semaphore";
    case ObjectKind::kChannel:
      return "channel";
    default:
      return "";
  }
}

// The objects that a process can reach with an operation, from its first instruction on.
std::set<int> Reach(const Program& program, const ProgramProcess& process,
                    std::initializer_list<Op> operations) {
  std::set<int> objects;
  std::set<int64_t> seen;
  std::vector<int64_t> next = {process.entry};
  while (!next.empty()) {
    const int64_t pc = next.back();
    next.pop_back();
    if (!seen.insert(pc).second) continue;
    const Instruction& at = program.code[static_cast<size_t>(pc)];
    if (std::ranges::count(operations, at.op) > 0) {
      for (int i = 0; i < std::max(at.elements, 1); ++i) objects.insert(at.object + i);
    }
    if (at.op == Op::kJump || at.op == Op::kJumpIfZero) next.push_back(at.value);
    if (at.op != Op::kJump && at.op != Op::kExit) next.push_back(pc + 1);
  }
  return objects;
}

}  // namespace

std::string_view DefaultMechanism(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kCells:
      return "posix_shm";
    case ObjectKind::kMutex:
      return "mutex";
    case ObjectKind::kRwLock:
      return "rwlock";
    case ObjectKind::kSemaphore:
      return "posix_sem_unnamed";
    case ObjectKind::kChannel:
      return "pipe";
    default:
      return "";
  }
}

ProgramCrew::ProgramCrew(TestZygote& zygote, const Plan& plan) : zygote_(zygote) {
  Compilation compilation = CompileProgram("program", plan.source, {plan.variant, plan.parameters});
  for (const Diagnostic& diagnostic : compilation.diagnostics) {
    EXPECT_FALSE(diagnostic.is_error) << FormatDiagnostic(diagnostic, "test", plan.source);
  }
  if (!compilation.program) return;
  program_ = *std::move(compilation.program);
  source_bytes_ = plan.source.size();
  spawn_ = MakeSpawn(plan);
  Bind(plan);
  model_.resize(static_cast<size_t>(program_.state_words));
  BeginProgram(program_, model_.data(), nullptr);

  internal::ToZygote command;
  *command.mutable_spawn() = spawn_;
  zygote.Send(command);
  TestZygote::Answer answer = zygote.Await();
  const internal::Spawned& spawned = answer.message.spawned();
  const size_t count = static_cast<size_t>(spawned.pids_size());
  if (spawned.error() != 0 || count == 0 || answer.descriptors.size() != 1 + 2 * count) {
    ADD_FAILURE() << "no workers: " << answer.message.ShortDebugString();
    return;
  }
  auto pages = Mapping::Shared(answer.descriptors[0].get(),
                               PagesBytes(size()) + static_cast<size_t>(spawn_.extra_bytes()));
  if (!pages.ok()) {
    ADD_FAILURE() << pages.status();
    return;
  }
  pages_ = *std::move(pages);
  for (size_t i = 0; i < count; ++i) {
    members_.push_back({spawned.pids(static_cast<int>(i)), std::move(answer.descriptors[1 + 2 * i]),
                        MessageSocket(std::move(answer.descriptors[2 + 2 * i]))});
  }
}

ProgramCrew::~ProgramCrew() {
  if (!quit_ && !members_.empty()) Quit();
  for (const internal::IpcName& name : names_) RemoveIpcObject(name).IgnoreError();
}

internal::Spawn ProgramCrew::MakeSpawn(const Plan& plan) {
  internal::Spawn spawn;
  static uint64_t experiment = 0;
  spawn.set_experiment(++experiment);
  spawn.set_extra(plan.source);
  spawn.set_extra_bytes(static_cast<int64_t>(
      plan.explores ? ExtraBytesWithRuns(plan.source.size(), program_.state_words)
                    : ExtraBytes(plan.source.size(), program_.state_words)));
  for (int index = 0; index < size(); ++index) {
    internal::WorkerSetup& setup = *spawn.add_workers();
    setup.set_index(index);
    setup.set_cpu(TestCpu(plan.one_cpu ? 0 : index));
    setup.set_crew(size());
    internal::ProgramPart& part = *setup.mutable_program();
    part.set_source_bytes(static_cast<int>(plan.source.size()));
    part.set_variant(plan.variant);
    for (const auto& [name, value] : plan.parameters) (*part.mutable_parameters())[name] = value;
    part.set_explores(plan.explores);
    part.set_hash(plan.hash.empty() ? HashText(program_) : plan.hash);
  }
  Link(plan, spawn);
  return spawn;
}

ProgramCrew::Over ProgramCrew::OverOf(const Plan& plan, const ProgramObject& object) const {
  for (const std::string& name : {object.name, object.array, std::string(KindName(object.kind))}) {
    if (const auto found = plan.over.find(name); found != plan.over.end()) return found->second;
  }
  if (!object.mechanism.empty()) return {object.mechanism};
  return {std::string(DefaultMechanism(object.kind))};
}

void ProgramCrew::Link(const Plan& plan, internal::Spawn& spawn) {
  const std::string tag = MakeInstanceTag();
  for (int index = 0; index < static_cast<int>(program_.objects.size()); ++index) {
    const ProgramObject& object = program_.objects[static_cast<size_t>(index)];
    if (DefaultMechanism(object.kind).empty()) continue;
    const Over over = OverOf(plan, object);
    const internal::MechanismRecord* const record = zygote_.Find(over.mechanism);
    if (record == nullptr) {
      ADD_FAILURE() << "no mechanism " << over.mechanism;
      return;
    }
    internal::LinkSetup link;
    link.set_link(static_cast<int>(object_of_link_.size()));
    object_of_link_.push_back(index);
    link.mutable_object()->set_object(index);
    v1::ObjectMechanism& made_of = *link.mutable_object()->mutable_mechanism();
    made_of.set_mechanism(over.mechanism);
    for (const v1::Option& option : record->mechanism().options()) {
      (*made_of.mutable_options())[option.name()] = option.default_value();
    }
    for (const auto& [name, value] : over.options) (*made_of.mutable_options())[name] = value;
    const bool is_channel = object.kind == ObjectKind::kChannel;
    const auto& kinds = is_channel ? record->name_kinds() : record->object_name_kinds();
    for (const int kind : kinds) {
      names_.push_back(MakeIpcName(static_cast<internal::IpcName::Kind>(kind), tag, tag + "00",
                                   static_cast<int>(names_.size()) + 1, RuntimeFolder().value()));
      *link.add_names() = names_.back();
    }
    if (!is_channel) {
      for (int worker = 0; worker < size(); ++worker) {
        link.set_host(worker == 0);
        *spawn.mutable_workers(worker)->add_links() = link;
      }
      continue;
    }
    std::vector<int> senders;
    std::vector<int> receivers;
    for (int worker = 0; worker < size(); ++worker) {
      const ProgramProcess& process = program_.processes[static_cast<size_t>(
          program_.workers[static_cast<size_t>(worker)].process)];
      if (Reach(program_, process, {Op::kSend}).contains(index)) senders.push_back(worker);
      if (Reach(program_, process, {Op::kReceive, Op::kReceiveType}).contains(index)) {
        receivers.push_back(worker);
      }
    }
    if (senders.empty()) senders = {0};
    if (receivers.empty()) receivers = {0};
    link.set_senders(static_cast<int>(senders.size()));
    link.set_receivers(static_cast<int>(receivers.size()));
    for (const int worker : senders) {
      link.set_host(worker == senders.front());
      link.set_sends(true);
      *spawn.mutable_workers(worker)->add_links() = link;
    }
    for (const int worker : receivers) {
      link.set_host(false);
      link.set_sends(false);
      *spawn.mutable_workers(worker)->add_links() = link;
    }
  }
}

void ProgramCrew::Bind(const Plan& plan) {
  for (ProgramObject& object : program_.objects) {
    const Over over = OverOf(plan, object);
    const internal::MechanismRecord* const record = zygote_.Find(over.mechanism);
    if (record == nullptr) continue;
    switch (record->mechanism().discipline()) {
      case v1::Mechanism::BY_PRIORITY:
        object.discipline = Discipline::kByPriority;
        break;
      case v1::Mechanism::BY_TYPE:
        object.discipline = Discipline::kByType;
        break;
      default:
        break;
    }
    const auto kind = over.options.find("kind");
    object.error_checking = kind != over.options.end() && kind->second == "errorcheck";
    if (over.mechanism == "sysv_sem") object.most = 32767;  // SEMVMX
  }
}

internal::FromWorker ProgramCrew::Await(int worker, std::vector<UniqueFd>& descriptors) {
  internal::FromWorker message;
  if (auto received = AwaitMessage(members_[static_cast<size_t>(worker)].control)) {
    EXPECT_TRUE(received->Parse(message).ok());
    descriptors = std::move(received->descriptors);
  }
  if (message.has_failed()) complaint_ = message.failed().message();
  return message;
}

bool ProgramCrew::Connect() {
  if (members_.empty()) return false;
  std::vector<std::pair<internal::Ready, std::vector<UniqueFd>>> ready;
  for (int host = 0; host < size(); ++host) {
    std::vector<UniqueFd> descriptors;
    const internal::FromWorker message = Await(host, descriptors);
    if (!message.has_ready()) return false;
    ready.emplace_back(message.ready(), std::move(descriptors));
  }
  for (const auto& [said, descriptors] : ready) {
    size_t next = 0;
    for (const internal::Offer& offer : said.offers()) {
      std::vector<int> fds;
      Offer& kept = offers_[object_of_link_.at(static_cast<size_t>(offer.link()))];
      kept.bytes = offer.offer();
      for (int i = 0; i < offer.descriptors(); ++i) {
        fds.push_back(descriptors.at(next++).get());
        kept.descriptors.emplace_back(::fcntl(fds.back(), F_DUPFD_CLOEXEC, 0));
      }
      if (!Join(offer, fds)) return false;
    }
  }
  return true;
}

bool ProgramCrew::Join(const internal::Offer& offer, std::span<const int> descriptors) {
  internal::ToWorker command;
  command.mutable_join()->set_link(offer.link());
  command.mutable_join()->set_offer(offer.offer());
  for (const internal::WorkerSetup& worker : spawn_.workers()) {
    for (const internal::LinkSetup& link : worker.links()) {
      if (link.link() != offer.link() || link.host()) continue;
      EXPECT_TRUE(
          members_[static_cast<size_t>(worker.index())].control.Send(command, descriptors).ok());
      std::vector<UniqueFd> none;
      if (!Await(worker.index(), none).has_joined()) return false;
    }
  }
  return true;
}

BatonPage& ProgramCrew::baton() { return BatonPageOf(pages_.data(), size(), source_bytes_); }

int64_t* ProgramCrew::state() { return StateWordsOf(pages_.data(), size(), source_bytes_); }

internal::FromWorker ProgramCrew::AwaitAny() {
  std::vector<pollfd> sockets;
  for (Member& member : members_) sockets.push_back({member.control.fd(), POLLIN, 0});
  EXPECT_GT(::poll(sockets.data(), sockets.size(), kPatienceMilliseconds), 0)
      << "nobody said a word";
  for (int worker = 0; worker < size(); ++worker) {
    if (sockets[static_cast<size_t>(worker)].revents == 0) continue;
    std::vector<UniqueFd> none;
    return Await(worker, none);
  }
  return {};
}

internal::FromWorker ProgramCrew::Steps(const std::vector<Choose>& steps) {
  internal::FromWorker answer;
  for (size_t begin = 0; begin < steps.size(); begin += BatonPage::kMaxPlan) {
    const size_t count = std::min<size_t>(steps.size() - begin, BatonPage::kMaxPlan);
    std::copy_n(steps.begin() + static_cast<std::ptrdiff_t>(begin), count, baton().plan.begin());
    baton().length = static_cast<uint32_t>(count);
    for (size_t i = begin; i < begin + count; ++i) {
      EXPECT_EQ(ReadinessOf(program_, model_.data(), steps[i].worker), Readiness::kReady)
          << "step " << i;
      Apply(program_, model_.data(), steps[i].worker, steps[i].wakes, nullptr);
    }
    Order(baton(), BatonCommand::kSteps, size());
    answer = AwaitAny();
    if (!answer.has_leg_done()) return answer;
  }
  return answer;
}

internal::FromWorker ProgramCrew::Rewind(const std::vector<Choose>& prefix) {
  std::ranges::copy(prefix, baton().plan.begin());
  baton().length = static_cast<uint32_t>(prefix.size());
  BeginProgram(program_, model_.data(), nullptr);
  for (const Choose& choice : prefix) {
    Apply(program_, model_.data(), choice.worker, choice.wakes, nullptr);
  }
  Order(baton(), BatonCommand::kRewind, size());
  return AwaitAny();
}

internal::FromWorker ProgramCrew::RunFree() {
  Order(baton(), BatonCommand::kFree, size());
  return AwaitAny();
}

RunBatch& ProgramCrew::batch() {
  return RunBatchOf(pages_.data(), size(), source_bytes_, program_.state_words);
}

internal::FromWorker ProgramCrew::Runs(const std::vector<std::vector<Choose>>& runs, bool spins) {
  RunBatch& batch = this->batch();
  batch.runs = 0;
  batch.spins = spins;
  size_t end = 0;
  for (const std::vector<Choose>& run : runs) {
    std::ranges::copy(run, batch.steps.begin() + static_cast<std::ptrdiff_t>(end));
    end += run.size();
    batch.ends.at(batch.runs++) = static_cast<uint32_t>(end);
  }
  for (const internal::WorkerSetup& worker : spawn_.workers()) {
    for (const internal::LinkSetup& link : worker.links()) {
      const auto object = static_cast<size_t>(link.object().object());
      if (link.sends() || program_.objects[object].kind != ObjectKind::kChannel) continue;
      batch.drainers.at(object) = static_cast<uint8_t>(worker.index());
    }
  }
  OpenBatch(batch, size());
  Order(baton(), BatonCommand::kRuns, size());
  return AwaitAny();
}

std::string ProgramCrew::Disagreement() {
  const size_t bytes = model_.size() * sizeof(int64_t);
  if (::memcmp(state(), model_.data(), bytes) == 0) return "";
  for (size_t word = 0; word < model_.size(); ++word) {
    if (state()[word] == model_[word]) continue;
    return absl::StrCat("word ", word, ": the workers' is ", state()[word], ", the model's ",
                        model_[word]);
  }
  return "";
}

std::vector<Choose> ProgramCrew::PlanToEnd(uint64_t seed, int most) {
  std::vector<int64_t> state = model_;
  std::mt19937_64 random(seed);
  std::vector<Choose> plan;
  while (static_cast<int>(plan.size()) < most) {
    std::vector<int> enabled;
    const uint32_t bits = EnabledOf(program_, state.data());
    for (int worker = 0; worker < size(); ++worker) {
      if ((bits >> worker & 1) != 0) enabled.push_back(worker);
    }
    if (enabled.empty()) break;
    Choose choice;
    choice.worker = static_cast<int8_t>(enabled[seed == 0 ? 0 : random() % enabled.size()]);
    const uint32_t wakes = MayWake(program_, state.data(), choice.worker);
    if (wakes != 0 && seed != 0) {
      std::vector<int8_t> waiting;
      for (int8_t worker = 0; worker < size(); ++worker) {
        if ((wakes >> worker & 1) != 0) waiting.push_back(worker);
      }
      choice.wakes = waiting[random() % waiting.size()];
    }
    plan.push_back(choice);
    Apply(program_, state.data(), choice.worker, choice.wakes, nullptr);
  }
  return plan;
}

std::vector<int> ProgramCrew::Quit() {
  quit_ = true;
  if (pages_.data() != nullptr) Order(baton(), BatonCommand::kQuit, size());
  internal::ToWorker command;
  command.mutable_quit();  // for those who still join
  for (Member& member : members_) member.control.Send(command).IgnoreError();
  std::vector<int> codes(members_.size(), -1);
  for (size_t i = 0; i < members_.size(); ++i) {
    const TestZygote::Answer answer = zygote_.Await();
    EXPECT_TRUE(answer.message.has_ended()) << answer.message.ShortDebugString();
    const internal::Ended& ended = answer.message.ended();
    if (ended.signal() == 0) codes.at(static_cast<size_t>(ended.index())) = ended.exit_code();
  }
  return codes;
}

const ProgramCrew::Offer& ProgramCrew::offer(std::string_view object) {
  return offers_.at(FindObject(program_, object));
}

}  // namespace ipclab
