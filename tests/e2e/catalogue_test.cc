// The catalogue of lab programs on real processes and real kernel objects: every variant goes as
// the model says, step by step, and over every mechanism that can carry one of its objects.

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/program/apply.h"
#include "common/program/schedule.h"
#include "common/program/state.h"
#include "common/program/words.h"
#include "gtest/gtest.h"
#include "tests/programs/catalogue.h"
#include "tests/programs/catalogue_cases.h"
#include "tests/support/lab_server.h"

namespace ipclab {
namespace {

using E = v1::Experiment;

constexpr int kMostCourseSteps = 120;

// Mechanisms of a program's objects, by the name of the object or of the array.
using Choices = std::map<std::string, const v1::Mechanism*>;

v1::ProgramObject::Kind ApiKind(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kCells:
      return v1::ProgramObject::CELLS;
    case ObjectKind::kMutex:
      return v1::ProgramObject::MUTEX;
    case ObjectKind::kSemaphore:
      return v1::ProgramObject::SEMAPHORE;
    case ObjectKind::kRwLock:
      return v1::ProgramObject::RWLOCK;
    case ObjectKind::kChannel:
      return v1::ProgramObject::CHANNEL;
    default:
      return v1::ProgramObject::KIND_UNSPECIFIED;
  }
}

Discipline DisciplineOf(const v1::Mechanism& mechanism) {
  if (mechanism.discipline() == v1::Mechanism::BY_PRIORITY) return Discipline::kByPriority;
  if (mechanism.discipline() == v1::Mechanism::BY_TYPE) return Discipline::kByType;
  return Discipline::kInOrder;
}

// Processes whose code names this channel in one of these operations, in workers.
int UsersOf(const Program& program, int channel, const std::set<Op>& operations) {
  int users = 0;
  for (size_t i = 0; i < program.processes.size(); ++i) {
    const auto begin = program.code.begin() + program.processes[i].entry;
    const auto end = i + 1 < program.processes.size()
                         ? program.code.begin() + program.processes[i + 1].entry
                         : program.code.end();
    const bool uses = std::any_of(begin, end, [&](const Instruction& each) {
      return each.object == channel && operations.contains(each.op);
    });
    if (uses) users += program.processes[i].count;
  }
  return users;
}

// Whether this mechanism makes sense for this object of the program.
bool Suits(const Program& program, int index, const v1::Mechanism& mechanism) {
  if (program.objects[static_cast<size_t>(index)].kind != ObjectKind::kChannel) return true;
  const bool typed = UsersOf(program, index, {Op::kReceiveType}) > 0;
  if (typed && mechanism.discipline() != v1::Mechanism::BY_TYPE) return false;
  const int senders = UsersOf(program, index, {Op::kSend});
  const int receivers = UsersOf(program, index, {Op::kReceive, Op::kReceiveType});
  const int both = UsersOf(program, index, {Op::kSend, Op::kReceive, Op::kReceiveType});
  const bool pair = senders == 1 && receivers == 1 && both == 2;
  return mechanism.sharing() == v1::Mechanism::MANY_TO_MANY || pair;
}

struct Expected {
  std::vector<Choose> course;
  std::string hash;
  bool failing = false;
  bool deadlocked = false;
};

// What the model says of the case's course with objects made of these.
Expected ModelOf(const CatalogueCase& each, const Choices& choices) {
  Program program = CatalogueProgram(each.program, each.variant);
  for (ProgramObject& object : program.objects) {
    const auto found = choices.find(object.array);
    if (found != choices.end()) object.discipline = DisciplineOf(*found->second);
  }
  Expected expected;
  std::vector<int64_t> state(static_cast<size_t>(program.state_words));
  // Where records come in another order than the text asks for, the course may be another one too.
  if (each.fails()) expected.course = StepsOf(each.schedule);
  if (!each.fails() || !Follow(program, expected.course, state.data()).ok()) {
    expected.course = CourseAlong(program, ScheduleFor(each), kMostCourseSteps);
  }
  const absl::Status followed = Follow(program, expected.course, state.data());
  EXPECT_TRUE(followed.ok()) << followed;
  expected.hash = absl::StrCat(absl::Hex(HashOf(program, state.data()), absl::kZeroPad16));
  expected.failing = State(program, state.data()).failure().kind != FailureKind::kNone;
  expected.deadlocked = IsDeadlock(program, state.data());
  return expected;
}

class CatalogueOnProcessesTest : public ::testing::TestWithParam<CatalogueCase> {
 protected:
  // One server for all: what an experiment leaves behind fails the last.
  static void SetUpTestSuite() {
    server_ = std::make_unique<LabServer>(
        LabServer::Options{.flags = {"--programs=" IPCLAB_SOURCES "/programs"}});
    v1::ListMechanismsRequest all;
    all.set_page_size(1000);
    const auto listed = server_->client().ListMechanisms(all);
    mechanisms_ = {listed->mechanisms().begin(), listed->mechanisms().end()};
  }
  static void TearDownTestSuite() { server_.reset(); }

  const LabClient& client() const { return server_->client(); }

  static v1::CreateExperimentRequest Request(const Choices& choices = {}) {
    v1::CreateExperimentRequest request;
    v1::ProgramSpec& spec = *request.mutable_spec()->mutable_program();
    spec.set_program(std::string(GetParam().program));
    spec.set_variant(std::string(GetParam().variant));
    for (const auto& [object, mechanism] : choices) {
      (*spec.mutable_mechanisms())[object].set_mechanism(mechanism->id());
    }
    return request;
  }

  static void ExpectAsTheModelSays(const v1::ProgramView& view, const Expected& expected) {
    EXPECT_EQ(view.state_hash(), expected.hash);
    EXPECT_EQ(view.step(), static_cast<int64_t>(expected.course.size()));
    EXPECT_EQ(view.verdict().failing(), expected.failing);
    EXPECT_EQ(view.verdict().deadlocked(), expected.deadlocked);
  }

  void Remove(const std::string& name) const {
    client().Cancel(name);
    client().AwaitEnd(name);
    EXPECT_TRUE(client().Delete(name).ok());
  }

  // The program's course over these mechanisms, made in one go.
  void FollowOver(const Choices& choices) const {
    const Expected expected = ModelOf(GetParam(), choices);
    const Program program = CatalogueProgram(GetParam().program, GetParam().variant);
    auto request = Request(choices);
    request.mutable_spec()->mutable_program()->set_schedule(FormatItems(program, expected.course));
    const E ready = client().CreateReady(request);
    ExpectAsTheModelSays(ready.program(), expected);
    Remove(ready.name());
  }

  static std::unique_ptr<LabServer> server_;
  static std::vector<v1::Mechanism> mechanisms_;
};

std::unique_ptr<LabServer> CatalogueOnProcessesTest::server_;
std::vector<v1::Mechanism> CatalogueOnProcessesTest::mechanisms_;

TEST_P(CatalogueOnProcessesTest, GoesStepByStepAsTheModelSays) {
  const Program program = CatalogueProgram(GetParam().program, GetParam().variant);
  const Expected expected = ModelOf(GetParam(), {});
  const std::string name = client().CreateReady(Request()).name();
  std::vector<int64_t> state(static_cast<size_t>(program.state_words));
  BeginProgram(program, state.data(), nullptr);
  v1::ProgramView view;
  for (const Choose& choice : expected.course) {
    Apply(program, state.data(), choice.worker, choice.wakes, nullptr);
    v1::StepExperimentRequest request;
    request.set_name(name);
    request.mutable_choice()->set_worker(LetterOf(choice.worker));
    if (choice.wakes >= 0) request.mutable_choice()->set_wakes(LetterOf(choice.wakes));
    const auto step = client().Step(request);
    ASSERT_TRUE(step.ok()) << step.status.error_message();
    view = step->program();
    ASSERT_EQ(view.state_hash(),
              absl::StrCat(absl::Hex(HashOf(program, state.data()), absl::kZeroPad16)));
  }
  ExpectAsTheModelSays(view, expected);
  EXPECT_EQ(view.verdict().failed_check(), GetParam().failure);
  Remove(name);
}

TEST_P(CatalogueOnProcessesTest, GoesAlikeOverEveryMechanism) {
  const Program program = CatalogueProgram(GetParam().program, GetParam().variant);
  std::set<Choices> seen;
  for (const ObjectKind kind : {ObjectKind::kCells, ObjectKind::kMutex, ObjectKind::kSemaphore,
                                ObjectKind::kRwLock, ObjectKind::kChannel}) {
    for (const v1::Mechanism& mechanism : mechanisms_) {
      if (!mechanism.available()) continue;
      if (std::count(mechanism.carries().begin(), mechanism.carries().end(), ApiKind(kind)) == 0) {
        continue;
      }
      Choices choices;
      for (size_t i = 0; i < program.objects.size(); ++i) {
        if (program.objects[i].kind != kind) continue;
        if (!Suits(program, static_cast<int>(i), mechanism)) continue;
        choices[program.objects[i].array] = &mechanism;
      }
      if (choices.empty() || !seen.insert(choices).second) continue;
      SCOPED_TRACE(absl::StrCat(choices.begin()->first, " over ", mechanism.id()));
      FollowOver(choices);
    }
  }
  EXPECT_GT(seen.size(), 1u) << "there was hardly anything to choose from";
}

// What goes round for ever need not end.
TEST_P(CatalogueOnProcessesTest, RunsFreeToAGoodEndWhereItCannotFail) {
  if (GetParam().fails() || GetParam().variant == "for_ever") return;
  const std::string name = client().CreateReady(Request()).name();
  v1::RunExperimentRequest request;
  request.set_name(name);
  request.set_free(true);
  const auto run = client().Run(request);
  ASSERT_TRUE(run.ok()) << run.status.error_message();
  const E ended = client().AwaitEnd(name);
  EXPECT_EQ(ended.state(), E::SUCCEEDED) << ended.ShortDebugString();
  EXPECT_FALSE(ended.result().program().failing()) << ended.result().program().ShortDebugString();
  EXPECT_TRUE(client().Delete(name).ok());
}

INSTANTIATE_TEST_SUITE_P(Catalogue, CatalogueOnProcessesTest, ::testing::ValuesIn(CatalogueCases()),
                         [](const auto& each) { return each.param.name(); });

}  // namespace
}  // namespace ipclab
