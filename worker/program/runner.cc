#include "worker/program/runner.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/program/apply.h"
#include "common/program/state.h"
#include "common/program/words.h"

namespace ipclab {
namespace {

// For the states that the steps of a run lead to, of all workers: 8 MiB.
constexpr size_t kRememberedWords = 1 << 20;

std::vector<int64_t> InitialState(const Program& program) {
  std::vector<int64_t> state(static_cast<size_t>(program.state_words));
  BeginProgram(program, state.data(), nullptr);
  return state;
}

}  // namespace

Runner::Runner(const Program& program, int worker, Objects& objects, BatonPage& baton,
               RunBatch& batch, std::atomic<uint64_t>& progress)
    : program_(program),
      worker_(worker),
      objects_(objects),
      batch_(batch),
      progress_(progress),
      initial_(InitialState(program)),
      state_(initial_),
      most_remembered_(kRememberedWords / (initial_.size() + 1) / program.workers.size()),
      stepper_(program, worker, objects, baton, state_.data()) {
  for (int i = 0; i < static_cast<int>(program.objects.size()); ++i) {
    const ObjectKind kind = program.objects[static_cast<size_t>(i)].kind;
    if (kind == ObjectKind::kMutex || kind == ObjectKind::kRwLock) locks_.push_back(i);
    if (kind == ObjectKind::kChannel) channels_.push_back(i);
  }
}

absl::Status Runner::MakeAll() {
  place_ = 0;
  actor_ = -1;
  uint32_t begin = 0;
  for (uint32_t run = 0; run < batch_.runs; ++run) {
    const uint32_t end = batch_.ends[run];
    absl::Status status = MakeRun(begin, end);
    if (status.ok()) status = EndRun(run);
    if (!status.ok()) {
      batch_.failed.store(run + 1, std::memory_order_relaxed);
      return status;
    }
    begin = end;
  }
  return absl::OkStatus();
}

bool Runner::IsNext(int actor) {
  ++place_;
  const int before = actor_;
  actor_ = actor;
  if (actor == worker_) {
    if (before != worker_) AwaitTurn(batch_, worker_, place_);
    return true;
  }
  if (before == worker_ && !std::exchange(passed_on_, false)) GiveTurn(batch_, actor, place_);
  return false;
}

// Most runs begin as the one before did: what their first steps come to is remembered.
absl::Status Runner::MakeRun(uint32_t begin, uint32_t end) {
  begin_ = begin;
  const size_t known = CountKnown(begin, end);
  for (size_t i = 0; i < known; ++i) {
    const Remembered& step = remembered_[i];
    if (!IsNext(step.choice.worker)) continue;
    absl::Status status = Call(begin + static_cast<uint32_t>(i), step.event);
    if (!status.ok()) return status;
  }
  const int64_t* const from = known == 0 ? initial_.data() : StateAfter(known - 1);
  std::copy_n(from, initial_.size(), state_.data());
  remembered_.resize(known);
  for (uint32_t step = begin + static_cast<uint32_t>(known); step < end; ++step) {
    if (absl::Status status = MakeStep(step); !status.ok()) return status;
  }
  return absl::OkStatus();
}

// How many steps are those of the run before.
size_t Runner::CountKnown(uint32_t begin, uint32_t end) const {
  const size_t most = std::min<size_t>(end - begin, remembered_.size());
  size_t known = 0;
  while (known < most && remembered_[known].choice == batch_.steps[begin + known]) ++known;
  return known;
}

// What it will come to is known before its turn: the model needs nobody for that.
absl::Status Runner::MakeStep(uint32_t step) {
  const Choose choice = batch_.steps[step];
  const bool is_mine = choice.worker == worker_;
  if (!is_mine) IsNext(choice.worker);
  const Event event = Apply(program_, state_.data(), choice.worker, choice.wakes, nullptr);
  if (step - begin_ == remembered_.size() && remembered_.size() < most_remembered_) {
    remembered_.push_back({choice, event});
    states_.resize(remembered_.size() * state_.size());
    std::ranges::copy(state_, states_.end() - static_cast<std::ptrdiff_t>(state_.size()));
  }
  if (!is_mine) return absl::OkStatus();
  IsNext(worker_);
  return Call(step, event);
}

// The real operation of a step of this worker.
absl::Status Runner::Call(uint32_t step, const Event& event) {
  const Operation& operation = event.operation;
  if (!IsCall(operation.op)) return absl::OkStatus();
  const Outcome outcome = stepper_.Call(operation);
  progress_.store(progress_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  const absl::Status status = stepper_.Compare(event, outcome, [&] {
    return absl::StrCat("worker ", LetterOf(worker_), ", ", OperationText(program_, operation));
  });
  if (status.ok()) return status;
  return absl::FailedPreconditionError(
      absl::StrCat(std::string(status.message()), "; after ", Before(step)));
}

// Who made the last step looks at the objects; then everybody undoes what only it can, and who did
// that last resets what is common.
absl::Status Runner::EndRun(uint32_t run) {
  const uint32_t end = batch_.ends[run];
  const bool is_last = actor_ == worker_;
  if (is_last) {
    const std::string difference = stepper_.DifferenceOfViews(/*tells=*/false);
    if (!difference.empty()) {
      return absl::FailedPreconditionError(absl::StrCat(difference, "; after ", Before(end)));
    }
  }
  const uint32_t undoing = WhoMustUndo();
  // To undo changes the mirror.
  if (is_last && undoing != 0) Note(run);
  for (uint32_t rest = undoing; rest != 0; rest &= rest - 1) {
    if (!IsNext(std::countr_zero(rest))) continue;
    if (absl::Status status = Undo(); !status.ok()) {
      return absl::FailedPreconditionError(
          absl::StrCat(std::string(status.message()), "; after ", Before(end)));
    }
  }
  if (actor_ == worker_) {
    Reset();
    PassOn(run);
  }
  // Else while the next one is at it already.
  if (is_last && undoing == 0) Note(run);
  return absl::OkStatus();
}

void Runner::Note(uint32_t run) {
  batch_.hashes[run] = HashOf(program_, state_.data());
  batch_.made.store(run + 1, std::memory_order_relaxed);
}

// The next run may begin.
void Runner::PassOn(uint32_t run) {
  if (run + 1 == batch_.runs) return;
  const int next = batch_.steps[batch_.ends[run]].worker;
  if (next == worker_) return;
  GiveTurn(batch_, next, place_ + 1);
  passed_on_ = true;
}

absl::Status Runner::Undo() {
  for (const int lock : locks_) {
    if (absl::Status status = stepper_.Release(lock); !status.ok()) return status;
  }
  for (const int channel : channels_) {
    if (batch_.drainers[static_cast<size_t>(channel)] != worker_ || !HasRecords(channel)) continue;
    if (absl::Status status = stepper_.Drain(channel); !status.ok()) return status;
  }
  return absl::OkStatus();
}

bool Runner::HasRecords(int channel) const {
  return state_[static_cast<size_t>(program_.objects[static_cast<size_t>(channel)].offset)] > 0;
}

// Of what the mirror says is not as it was; and it was held against the objects.
void Runner::Reset() {
  for (size_t i = 0; i < program_.objects.size(); ++i) {
    const ProgramObject& object = program_.objects[i];
    const ObjectEnd& end = objects_[static_cast<int>(i)];
    if (end.mechanism == nullptr) continue;
    const size_t offset = static_cast<size_t>(object.offset);
    if (object.kind == ObjectKind::kCells) {
      for (int element = 0; element < object.size; ++element) {
        const size_t word = offset + static_cast<size_t>(element);
        if (state_[word] != initial_[word]) end.cell(element).store(initial_[word]);
      }
    } else if (end.semaphore) {
      for (int64_t at = state_[offset]; at > initial_[offset]; --at) end.semaphore->TryWait();
      for (int64_t at = state_[offset]; at < initial_[offset]; ++at) end.semaphore->Post();
    }
  }
}

uint32_t Runner::WhoMustUndo() const {
  uint32_t who = 0;
  for (const int lock : locks_) {
    const ProgramObject& object = program_.objects[static_cast<size_t>(lock)];
    const int64_t* const words = state_.data() + object.offset;
    if (words[0] != 0) who |= 1u << (words[0] - 1);
    if (object.kind == ObjectKind::kRwLock) who |= static_cast<uint32_t>(words[1]);
  }
  for (const int channel : channels_) {
    if (HasRecords(channel)) who |= 1u << batch_.drainers[static_cast<size_t>(channel)];
  }
  return who;
}

// The schedule up to a step, or the end of it where that is long.
std::string Runner::Before(uint32_t step) const {
  constexpr size_t kMost = 300;
  const std::vector<Choose> before(batch_.steps.begin() + begin_, batch_.steps.begin() + step);
  if (before.empty()) return "step 0";
  std::string items = FormatItems(program_, before);
  if (items.size() <= kMost) return items;
  items.erase(0, items.find(' ', items.size() - kMost));
  return absl::StrCat(before.size(), " steps, at last", items);
}

}  // namespace ipclab
