#include "server/program/program_work.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/program/state.h"
#include "server/durations.h"
#include "server/ends.h"
#include "server/errors.h"
#include "server/program/view.h"

namespace ipclab {
namespace {

// Of one answer.
constexpr size_t kMostOperations = 256;

// Of one plan, which then ends: some 5 ms of the model, during which nobody else is served.
constexpr int64_t kPlanInstructions = 1'000'000;

std::string RunText(v1::RunExperimentRequest request) {
  request.clear_control();
  request.clear_name();
  return request.SerializeAsString();
}

}  // namespace

ProgramWork::ProgramWork(Place& place, std::string name, const ExperimentPlan& plan,
                         v1::Environment environment)
    : place_(place),
      name_(std::move(name)),
      plan_(*plan.program),
      environment_(std::move(environment)),
      program_(plan_.program),
      course_(program_) {
  // What is asked for before the workers are there is asked for at the step that they are taken to.
  for (const Choose choice : plan_.schedule) course_.MakeAgain(choice);
}

BatonPage* ProgramWork::page() const {
  Crew* const crew = place_.crew();
  if (crew == nullptr || crew->pages() == nullptr) return nullptr;
  return &BatonPageOf(crew->pages(), workers(), plan_.source.size());
}

const int64_t* ProgramWork::real_state() const {
  return StateWordsOf(place_.crew()->pages(), workers(), plan_.source.size());
}

// The workers know best what their mechanisms are like.
bool ProgramWork::Bind() {
  const BatonPage& baton = *page();
  for (const ObjectLinkPlan& link : plan_.links) {
    const size_t index = static_cast<size_t>(link.object);
    ProgramObject& object = program_.objects[index];
    object.discipline = static_cast<Discipline>(baton.bindings[index].discipline);
    object.error_checking = baton.bindings[index].error_checking != 0;
    object.most = baton.bindings[index].most;
  }
  course_ = Course(program_);
  return Agrees();
}

bool ProgramWork::Prepare() {
  if (!Bind()) return false;
  if (plan_.schedule.empty()) return true;
  preparing_ = true;
  again_ = plan_.schedule;
  handed_over_ = 0;
  BeginAgain(BatonCommand::kSteps);
  return false;
}

absl::Status ProgramWork::OrderRun(const v1::RunExperimentRequest& request) {
  if (request.free()) {
    std::vector<FieldViolation> wrong;
    if (request.has_choice()) wrong.push_back({"choice", "goes without free: nobody chooses"});
    if (request.has_until()) wrong.push_back({"until", "goes without free: it runs to its end"});
    if (!wrong.empty()) return InvalidRequest(wrong);
    if (absl::Status status = OrderFree(); !status.ok()) return status;
  } else {
    auto aim = Aim::Of(course_, request.choice(), std::nullopt, request.until());
    if (!aim.ok()) return aim.status();
    if (aim->WhyNot(course_)) return absl::OkStatus();  // it is where it would stop
    order_ = std::make_unique<Order>(Order{.aim = *std::move(aim)});
  }
  order_->run = RunText(request);
  return absl::OkStatus();
}

absl::Status ProgramWork::OrderFree() {
  if (course_.step() > 0) {
    return PreconditionFailed(
        {{"NOT_AT_STEP_0", name_,
          absl::StrCat(name_, " is at step ", course_.step(),
                       ", and runs free only from step 0; rewind it to step 0 first")}});
  }
  order_ = std::make_unique<Order>(Order{.kind = Kind::kFree});
  return absl::OkStatus();
}

void ProgramWork::OrderStep(const v1::StepExperimentRequest& request, StepReply reply) {
  std::optional<int64_t> count;
  if (request.count() > 0) count = request.count();
  if (!count && !request.has_until()) count = 1;
  auto aim = Aim::Of(course_, request.choice(), count, request.until());
  if (!aim.ok()) return reply(aim.status());
  const std::optional<Response::Stopped> why_not = aim->WhyNot(course_);
  if (why_not) {
    Response response;
    response.set_stopped(*why_not);
    response.set_step(course_.step());
    *response.mutable_program() = ViewNow();
    AddKernel(*response.mutable_program());
    return reply(std::move(response));
  }
  order_ = std::make_unique<Order>(Order{.aim = *std::move(aim), .reply = std::move(reply)});
}

absl::Status ProgramWork::OrderRewind(int64_t step) {
  if (step < 0 || step > course_.step()) {
    return InvalidRequest({{"step", absl::StrCat("is ", step, ", must be 0 to ", course_.step(),
                                                 ", where the experiment is")}});
  }
  if (step == course_.step()) return absl::OkStatus();
  order_ = std::make_unique<Order>(Order{.kind = Kind::kRewind, .rewind_to = step});
  return absl::OkStatus();
}

std::string ProgramWork::WhyNoPause() const {
  if (!order_ || order_->kind != Kind::kFree) return "";
  return "it runs free, which only its end or CancelExperiment ends";
}

bool ProgramWork::IsSame(const v1::RunExperimentRequest& request) const {
  return order_ && !order_->reply && order_->kind != Kind::kRewind &&
         order_->run == RunText(request);
}

void ProgramWork::Begin() {
  order_->begun_at = course_.step();
  switch (order_->kind) {
    case Kind::kSteps:
      return BeginSteps();
    case Kind::kRewind: {
      again_.assign(course_.steps().begin(), course_.steps().begin() + order_->rewind_to);
      handed_over_ = 0;
      course_.Rewind(0);
      return BeginAgain(BatonCommand::kRewind);
    }
    case Kind::kFree:
      steps_before_free_.clear();
      for (int i = 0; i < workers(); ++i) {
        steps_before_free_.push_back(page()->tallies[static_cast<size_t>(i)].steps);
      }
      free_steps_.assign(steps_before_free_.size(), 0);
      blocked_.assign(steps_before_free_.size(), absl::ZeroDuration());
      ran_free_ = true;
      return HandOver(BatonCommand::kFree, {});
  }
}

// As many steps as go into a plan, made by the model first. The answer is put together while the
// workers are at it.
void ProgramWork::BeginSteps() {
  Order& order = *order_;
  std::vector<Choose> plan;
  plan_begun_at_ = course_.step();
  const int64_t most = course_.instructions() + kPlanInstructions;
  while (!order.why && plan.size() < BatonPage::kMaxPlan && course_.instructions() < most) {
    order.why = order.aim->WhyNot(course_);
    if (order.why) break;
    plan.push_back(order.aim->Next(course_));
    order.made.push_back(course_.Make(plan.back()));
    if (order.made.size() > kMostOperations) order.made.pop_front();
    order.why = order.aim->WhyStop(course_, order.made.back());
  }
  if (!order.why) order.why = order.aim->WhyNot(course_);
  HandOver(BatonCommand::kSteps, plan);
  if (order.why) for_log_ = response_ = ResponseOf(order, *order.why);
}

void ProgramWork::BeginAgain(BatonCommand command) {
  const std::span<const Choose> plan =
      std::span(again_)
          .subspan(handed_over_)
          .first(std::min<size_t>(again_.size() - handed_over_, BatonPage::kMaxPlan));
  const int64_t most = course_.instructions() + kPlanInstructions;
  plan_begun_at_ = course_.step();
  size_t made = 0;
  for (; made < plan.size() && course_.instructions() < most; ++made) {
    if (preparing_) {
      course_.Make(plan[made]);
    } else {
      course_.MakeAgain(plan[made]);
    }
  }
  handed_over_ += made;
  HandOver(command, plan.first(made));
}

void ProgramWork::HandOver(BatonCommand command, std::span<const Choose> plan) {
  BatonPage& baton = *page();
  std::ranges::copy(plan, baton.plan.begin());
  baton.length = static_cast<uint32_t>(plan.size());
  place_.crew()->ExpectLegDone();
  ipclab::Order(baton, command, workers());
  place_.time().BeginLeg();
}

// False: the workers have come elsewhere than the model, and the experiment ends.
bool ProgramWork::Agrees() {
  const int64_t* const real = real_state();
  const size_t words = static_cast<size_t>(program_.state_words);
  if (std::memcmp(real, course_.state(), words * sizeof *real) == 0) return true;
  const size_t first =
      static_cast<size_t>(std::mismatch(real, real + words, course_.state()).first - real);
  std::string where = "how it stands with a worker";
  for (const ProgramObject& object : program_.objects) {
    const size_t offset = static_cast<size_t>(object.offset);
    if (first >= offset && first < offset + static_cast<size_t>(object.words)) where = object.name;
  }
  place_.EndBecause(
      MakeEnd(v1::End::LOST, "MISMATCH",
              absl::StrCat("at step ", course_.step(),
                           " the workers have another state than the lab's ", "model: ", where,
                           " differs: ", real[first], " and not ", course_.state()[first])));
  return false;
}

Work::LegEnd ProgramWork::OnLegDone(bool pausing) {
  place_.time().EndLeg();
  if (order_ && order_->kind == Kind::kFree) {
    TakeFreeRun();
    return LegEnd::kDone;
  }
  if (!Agrees()) return LegEnd::kGoesOn;  // to its end
  place_.SetStep(course_.step());
  if (preparing_ || order_->kind == Kind::kRewind) {
    if (handed_over_ < again_.size()) {
      BeginAgain(BatonCommand::kSteps);
      return LegEnd::kGoesOn;
    }
    preparing_ = false;
    again_.clear();
    return LegEnd::kParked;
  }
  if (!order_->why && !pausing) {
    BeginSteps();
    return LegEnd::kGoesOn;
  }
  return LegEnd::kParked;
}

// What the workers of a free run cannot know: whether the checks of the end hold.
void ProgramWork::TakeFreeRun() {
  std::vector<int64_t> words(real_state(), real_state() + program_.state_words);
  const State state(program_, words.data());
  for (size_t i = 0; i < program_.checks.size(); ++i) {
    const Check& check = program_.checks[i];
    if (state.failure().kind != FailureKind::kNone || check.kind != CheckKind::kFinally) continue;
    if (Evaluate(program_, words.data(), check.expression) != 0) continue;
    state.failure() = {FailureKind::kFinally, static_cast<int64_t>(i), 0};
  }
  course_.Replace(words, page()->prints);
  free_end_is_known_ = true;
  ReadTallies();
  place_.SetStep(FreeSteps());
}

// Who waits comes first, and the log after.
void ProgramWork::Answer() {
  const std::unique_ptr<Order> order = std::exchange(order_, nullptr);
  if (!order || order->kind == Kind::kFree) return;
  if (order->kind == Kind::kRewind) return LogRewind(ViewNow());
  if (!response_) for_log_ = response_ = ResponseOf(*order, Response::PAUSED);
  Response response = *std::exchange(response_, std::nullopt);
  Response for_log = *std::exchange(for_log_, std::nullopt);
  AddKernel(*response.mutable_program());
  if (order->reply) order->reply(std::move(response));
  AddKernel(*for_log.mutable_program());
  LogStep(std::move(for_log));
}

void ProgramWork::Finish() {
  place_.crew()->ExpectEnds();
  ipclab::Order(*page(), BatonCommand::kQuit, workers());
}

void ProgramWork::Drop() {
  const std::unique_ptr<Order> order = std::exchange(order_, nullptr);
  if (!order || !order->reply) return;
  Response response;
  response.set_stopped(Response::PAUSED);
  response.set_step(course_.step());
  *response.mutable_program() = ViewNow();
  AddKernel(*response.mutable_program());
  order->reply(std::move(response));
}

// The model is ahead of the workers while they are at it.
void ProgramWork::CutShort() {
  if (!place_.time().in_leg()) return;
  place_.time().EndLeg();
  const BatonPage* const baton = page();
  if (baton == nullptr) return;
  if (ran_free_) {
    ReadTallies();
    return place_.SetStep(FreeSteps());
  }
  const int64_t made = std::min<int64_t>(baton->position, course_.step() - plan_begun_at_);
  course_.Rewind(plan_begun_at_ + made);
  place_.SetStep(course_.step());
}

void ProgramWork::Fail(const absl::Status& status) {
  const std::unique_ptr<Order> order = std::exchange(order_, nullptr);
  response_.reset();
  for_log_.reset();
  if (order && order->reply) order->reply(status);
}

}  // namespace ipclab
