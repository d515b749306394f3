#include "worker/program/free_run.h"

#include <algorithm>
#include <cerrno>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"
#include "common/program/words.h"
#include "worker/give_way.h"

namespace ipclab {
namespace {

class Inside {
 public:
  explicit Inside(MeetingPoint& meeting) : meeting_(meeting) {
    ::pthread_mutex_lock(&meeting_.mutex);
  }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;
  ~Inside() { ::pthread_mutex_unlock(&meeting_.mutex); }

  // Like any condition it may wake for nothing.
  void Sleep() { ::pthread_cond_wait(&meeting_.changed, &meeting_.mutex); }

 private:
  MeetingPoint& meeting_;
};

int Prepare(MeetingPoint& meeting) {
  pthread_mutexattr_t mutex;
  pthread_condattr_t changed;
  int error = ::pthread_mutexattr_init(&mutex);
  if (error == 0) error = ::pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED);
  if (error == 0) error = ::pthread_mutex_init(&meeting.mutex, &mutex);
  if (error == 0) error = ::pthread_condattr_init(&changed);
  if (error == 0) error = ::pthread_condattr_setpshared(&changed, PTHREAD_PROCESS_SHARED);
  if (error == 0) error = ::pthread_cond_init(&meeting.changed, &changed);
  meeting.arrived = meeting.generation = meeting.waited = meeting.woken = 0;
  meeting.inside.store(0, std::memory_order_relaxed);
  return error;
}

bool HasMeeting(const ProgramObject& object) {
  return object.kind == ObjectKind::kCondition || object.kind == ObjectKind::kBarrier ||
         object.kind == ObjectKind::kCritical;
}

}  // namespace

absl::Status PrepareMeetings(const Program& program, BatonPage& baton) {
  for (size_t i = 0; i < program.objects.size(); ++i) {
    if (!HasMeeting(program.objects[i])) continue;
    if (const int error = Prepare(baton.meetings[i]); error != 0) {
      return ErrnoStatus("pthread_cond_init", program.objects[i].name, error);
    }
  }
  return absl::OkStatus();
}

FreeRun::FreeRun(const Program& program, int worker, Objects& objects, BatonPage& baton,
                 int64_t* state, std::atomic<uint64_t>& progress, const Clock& clock)
    : program_(program),
      worker_(worker),
      objects_(objects),
      baton_(baton),
      state_(state),
      progress_(progress),
      clock_(clock),
      tally_(baton.tallies[static_cast<size_t>(worker)]),
      own_(static_cast<size_t>(program.state_words)) {}

absl::Status FreeRun::Run() {
  const size_t offset = static_cast<size_t>(program_.workers[static_cast<size_t>(worker_)].offset);
  int64_t* const words = own_.data() + offset;
  Frame& frame = *reinterpret_cast<Frame*>(words);
  Failure failure = BeginLocal(program_, worker_, words, prints_.get()).failure;
  Arrive(baton_.arrived);
  AwaitAll(baton_.arrived, static_cast<uint32_t>(program_.workers.size()));

  int64_t steps = tally_.steps.load(std::memory_order_relaxed);
  uint64_t progress = progress_.load(std::memory_order_relaxed);
  while (true) {
    if (failure.kind != FailureKind::kNone) [[unlikely]] {
      Keep(failure);
    }
    if (prints_->count != handed_over_) [[unlikely]] {
      HandOverPrints();
    }
    if (frame.run != RunState::kAtLabel) break;
    const Operation operation = AnnounceLocal(program_, worker_, words);
    const Outcome outcome = Perform(operation);
    if (outcome.status == IoStatus::kWouldBlock) [[unlikely]] {
      return NothingDone(operation);
    }
    if (IsInDeadlock(operation, outcome)) [[unlikely]] {
      EndInDeadlock(frame);
      break;
    }
    failure = ContinueLocal(program_, worker_, words, outcome.result, outcome.error, prints_.get())
                  .failure;
    tally_.steps.store(++steps, std::memory_order_relaxed);
    progress_.store(++progress, std::memory_order_relaxed);
  }
  const auto& process =
      program_
          .processes[static_cast<size_t>(program_.workers[static_cast<size_t>(worker_)].process)];
  std::copy_n(words, kFrameWords + static_cast<int>(process.locals.size()) + process.stack,
              state_ + offset);
  return absl::OkStatus();
}

Outcome FreeRun::Perform(const Operation& operation) {
  switch (operation.op) {
    case Op::kAwait:
      return AwaitCells();
    case Op::kCondWait:
      return WaitForCondition(operation);
    case Op::kSignal:
    case Op::kBroadcast:
      return Wake(operation);
    case Op::kBarrierWait:
      return MeetAtBarrier(operation);
    case Op::kEnter:
      return Enter(operation);
    case Op::kLeave:
      MeetingOf(operation).inside.fetch_sub(1);
      return {};
    case Op::kUnlock: {
      const Outcome outcome = Try(objects_[operation.object], operation);
      if (outcome.error == EPERM) Keep({FailureKind::kForeignUnlock, operation.object, worker_});
      return outcome;
    }
    default:
      return Call(objects_[operation.object], operation);
  }
}

Outcome FreeRun::Call(ObjectEnd& end, const Operation& operation) {
  // It has no form of its own that tries and stays.
  const bool sleeps = operation.op == Op::kFutexWait;
  if (!sleeps) {
    const Outcome outcome = Try(end, operation);
    if (outcome.status != IoStatus::kWouldBlock) [[likely]] {
      return outcome;
    }
  }
  const uint64_t before = clock_.Now();
  const Outcome outcome = Do(end, operation);
  tally_.blocked_nanos.fetch_add(clock_.Nanos(before, clock_.Now()), std::memory_order_relaxed);
  return outcome;
}

// Whoever signals comes in only when this worker sleeps, though the lock that the program waits
// with, over whatever mechanism, was released before.
Outcome FreeRun::WaitForCondition(const Operation& operation) {
  ObjectEnd& mutex = objects_[operation.second];
  MeetingPoint& meeting = MeetingOf(operation);
  Operation step = operation;
  {
    Inside inside(meeting);
    step.phase = Phase::kFirst;
    if (const Outcome released = Try(mutex, step); released.error != 0) {
      if (released.error == EPERM) Keep({FailureKind::kForeignUnlock, operation.second, worker_});
      return released;
    }
    const uint64_t before = clock_.Now();
    for (const int64_t ticket = meeting.waited++; meeting.woken <= ticket;) inside.Sleep();
    tally_.blocked_nanos.fetch_add(clock_.Nanos(before, clock_.Now()), std::memory_order_relaxed);
  }
  step.phase = Phase::kWoken;
  return Call(mutex, step);
}

Outcome FreeRun::Wake(const Operation& operation) {
  MeetingPoint& meeting = MeetingOf(operation);
  const Inside inside(meeting);
  if (meeting.woken == meeting.waited) return {};
  meeting.woken = operation.op == Op::kSignal ? meeting.woken + 1 : meeting.waited;
  ::pthread_cond_broadcast(&meeting.changed);
  return {};
}

Outcome FreeRun::MeetAtBarrier(const Operation& operation) {
  MeetingPoint& meeting = MeetingOf(operation);
  Inside inside(meeting);
  if (++meeting.arrived == program_.objects[static_cast<size_t>(operation.object)].size) {
    meeting.arrived = 0;
    ++meeting.generation;
    ::pthread_cond_broadcast(&meeting.changed);
    return {};
  }
  const uint64_t before = clock_.Now();
  for (const int64_t round = meeting.generation; meeting.generation == round;) inside.Sleep();
  tally_.blocked_nanos.fetch_add(clock_.Nanos(before, clock_.Now()), std::memory_order_relaxed);
  return {};
}

Outcome FreeRun::Enter(const Operation& operation) {
  const int inside = MeetingOf(operation).inside.fetch_add(1) + 1;
  if (inside > program_.objects[static_cast<size_t>(operation.object)].size) {
    Keep({FailureKind::kCritical, operation.object, worker_});
  }
  return {};
}

// Looks again and again, as a spin loop would, and gives way in between.
Outcome FreeRun::AwaitCells() {
  if (IsAwaited()) return {};
  const uint64_t before = clock_.Now();
  for (GiveWay give_way; !IsAwaited();) give_way();
  tally_.blocked_nanos.fetch_add(clock_.Nanos(before, clock_.Now()), std::memory_order_relaxed);
  return {};
}

bool FreeRun::IsAwaited() {
  for (size_t i = 0; i < program_.objects.size(); ++i) {
    const ProgramObject& object = program_.objects[i];
    if (object.kind != ObjectKind::kCells) continue;
    const ObjectEnd& end = objects_[static_cast<int>(i)];
    for (int element = 0; element < object.size; ++element) {
      own_[static_cast<size_t>(object.offset + element)] = end.cell(element).load();
    }
  }
  return ReadinessOf(program_, own_.data(), worker_) == Readiness::kReady;
}

bool FreeRun::IsInDeadlock(const Operation& operation, const Outcome& outcome) {
  if (outcome.error != EDEADLK) [[likely]] {
    return false;
  }
  const int lock = operation.op == Op::kCondWait ? operation.second : operation.object;
  return objects_[lock].lock != nullptr && !objects_[lock].error_checking;
}

// The others would wait for ever for what this worker has, and nobody would hear of the deadlock.
void FreeRun::EndInDeadlock(Frame& frame) {
  Keep({FailureKind::kDeadlock, 0, worker_});
  frame.run = RunState::kStuck;
  frame.error = EDEADLK;
  for (ObjectEnd& end : objects_.all()) {
    while (end.holds > 0 && end.lock->Release() == IoStatus::kOk) --end.holds;
  }
}

absl::Status FreeRun::NothingDone(const Operation& operation) const {
  return absl::OutOfRangeError(
      absl::StrCat("free run, worker ", LetterOf(worker_), ", ", OperationText(program_, operation),
                   ": the kernel came back from waiting with nothing done"));
}

void FreeRun::Keep(const Failure& failure) {
  if (baton_.failed.exchange(1, std::memory_order_acq_rel) != 0) return;
  State(program_, state_).failure() = failure;
}

void FreeRun::HandOverPrints() {
  for (GiveWay give_way; baton_.printing.exchange(1, std::memory_order_acquire) != 0;) give_way();
  PrintLog& all = baton_.prints;
  if (prints_->count - handed_over_ > PrintLog::kKept) {
    handed_over_ = prints_->count - PrintLog::kKept;
  }
  for (; handed_over_ < prints_->count; ++handed_over_) {
    all.entries[all.count++ % PrintLog::kKept] = prints_->entries[handed_over_ % PrintLog::kKept];
  }
  baton_.printing.store(0, std::memory_order_release);
}

MeetingPoint& FreeRun::MeetingOf(const Operation& operation) const {
  return baton_.meetings[static_cast<size_t>(operation.object)];
}

}  // namespace ipclab
