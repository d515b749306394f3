#include "worker/program/executor.h"

#include <unistd.h>

#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/baton.h"
#include "common/pages.h"
#include "common/program/compile.h"
#include "worker/last_words.h"
#include "worker/program/free_run.h"
#include "worker/program/runner.h"
#include "worker/program/stepper.h"
#include "worker/program/views.h"

namespace ipclab {
namespace {

absl::StatusOr<Program> Compile(const internal::WorkerSetup& setup, const Mapping& pages) {
  const internal::ProgramPart& part = setup.program();
  const auto source_bytes = static_cast<size_t>(part.source_bytes());
  if (pages.size() < PagesBytes(setup.crew()) + BatonOffset(source_bytes)) {
    return absl::InvalidArgumentError("the pages have no room for the program's text");
  }
  const std::string_view source(ProgramSourceOf(pages.data(), setup.crew()), source_bytes);
  ProgramChoice choice{part.variant(), {}};
  for (const auto& [name, value] : part.parameters()) choice.parameters[name] = value;
  Compilation compilation = CompileProgram("program", source, choice);
  if (!compilation.program) {
    return absl::InvalidArgumentError(
        compilation.diagnostics.empty()
            ? "the program cannot be compiled"
            : FormatDiagnostic(compilation.diagnostics.front(), "program", source));
  }
  Program& program = *compilation.program;
  if (HashText(program) != part.hash()) {
    return absl::FailedPreconditionError(absl::StrCat("the program is @", HashText(program),
                                                      " to the worker and @", part.hash(),
                                                      " to the server: both must be of one build"));
  }
  if (static_cast<int>(program.workers.size()) != setup.crew()) {
    return absl::InvalidArgumentError(absl::StrCat("the program has ", program.workers.size(),
                                                   " workers, the experiment ", setup.crew()));
  }
  const size_t extra_bytes = part.explores() ? ExtraBytesWithRuns(source_bytes, program.state_words)
                                             : ExtraBytes(source_bytes, program.state_words);
  if (pages.size() < PagesBytes(setup.crew()) + extra_bytes) {
    return absl::InvalidArgumentError("the pages have no room for the program's state");
  }
  return std::move(program);
}

class Executor {
 public:
  Executor(const internal::WorkerSetup& setup, const Mapping& pages, MessageSocket& control,
           const Heritage& heritage, Program program)
      : setup_(setup),
        pages_(pages),
        control_(control),
        clock_(heritage.clock),
        program_(std::move(program)),
        objects_(setup, program_, heritage.mechanisms),
        page_(WorkerPageOf(pages.data(), setup.index())),
        baton_(BatonPageOf(pages.data(), setup.crew(), SourceBytes())),
        state_(StateWordsOf(pages.data(), setup.crew(), SourceBytes())),
        turn_(baton_.turns[static_cast<size_t>(setup.index())]),
        stepper_(program_, setup.index(), objects_, baton_, state_) {}

  // Makes what it is to make, and says so.
  void BeReady();
  // Joins the rest, as the offers come. False when it is to quit before that.
  bool JoinAll();
  // Waits for turns until it is told to quit.
  void Serve();

 private:
  size_t SourceBytes() const { return static_cast<size_t>(setup_.program().source_bytes()); }
  // Before its first turn. False when others have the baton: they only wait for this.
  bool Open();
  // As what they are over decides, told by those who made them.
  void Bind();
  void GoOn();
  void Rewind();
  void RunFree();
  void MakeRuns();
  void Progress() { page_.progress.fetch_add(1, std::memory_order_relaxed); }
  void MismatchUnlessOk(const absl::Status& status);
  void TellDone();
  Turn& TurnOf(int worker) { return baton_.turns[static_cast<size_t>(worker)]; }
  uint32_t crew() const { return static_cast<uint32_t>(setup_.crew()); }

  const internal::WorkerSetup& setup_;
  const Mapping& pages_;
  MessageSocket& control_;
  const Clock& clock_;
  Program program_;
  Objects objects_;
  WorkerPage& page_;
  BatonPage& baton_;
  int64_t* const state_;
  Turn& turn_;
  Stepper stepper_;
  uint32_t seen_ = 0;  // of the turn
  bool is_open_ = false;
  std::optional<Runner> runner_;  // once it has made runs
};

void Executor::BeReady() {
  std::vector<UniqueFd> descriptors;  // gone when this returns, or nobody ever sees the end
  auto offers = objects_.Host(baton_.bindings, descriptors);
  if (!offers.ok()) Fail(control_, offers.status());
  if (setup_.index() == 0) BeginProgram(program_, state_, &baton_.prints);
  MismatchUnlessOk(stepper_.Look());
  internal::FromWorker message;
  message.mutable_ready()->mutable_offers()->Add(offers->begin(), offers->end());
  std::vector<int> fds;
  for (const UniqueFd& descriptor : descriptors) fds.push_back(descriptor.get());
  Tell(control_, message, fds);
}

bool Executor::JoinAll() {
  while (objects_.missing() > 0) {
    auto received = control_.ReceiveBlocking();
    if (absl::IsUnavailable(received.status())) return false;
    if (!received.ok()) Fail(control_, received.status());
    internal::ToWorker message;
    if (auto status = received->Parse(message); !status.ok()) Fail(control_, status);
    if (message.has_quit()) return false;
    if (!message.has_join()) Fail(control_, absl::InvalidArgumentError("this is no join"));
    const absl::Status joined = objects_.Join(message.join(), std::move(received->descriptors));
    if (!joined.ok()) Fail(control_, joined);
    internal::FromWorker answer;
    answer.mutable_joined()->set_link(message.join().link());
    Tell(control_, answer);
  }
  return true;
}

void Executor::Serve() {
  while (true) {
    seen_ = Await(turn_, seen_);
    const BatonCommand command = baton_.command;
    if (command == BatonCommand::kQuit) return;
    Progress();
    if (!is_open_ && !Open()) continue;
    switch (command) {
      case BatonCommand::kSteps:
        GoOn();
        break;
      case BatonCommand::kRewind:
        Rewind();
        break;
      case BatonCommand::kFree:
        RunFree();
        break;
      case BatonCommand::kRuns:
        MakeRuns();
        break;
      case BatonCommand::kNone:
      case BatonCommand::kQuit:
        break;
    }
  }
}

bool Executor::Open() {
  const bool for_all =
      baton_.command == BatonCommand::kFree || baton_.command == BatonCommand::kRuns;
  const bool begins = !for_all && baton_.opening.exchange(1, std::memory_order_acq_rel) == 0;
  if (begins) {
    for (int other = 0; other < setup_.crew(); ++other) {
      if (other != setup_.index()) Give(TurnOf(other));
    }
  }
  if (absl::Status status = objects_.Connect(); !status.ok()) Fail(control_, status);
  Bind();
  is_open_ = true;
  Arrive(baton_.opened);
  if (for_all || begins) AwaitAll(baton_.opened, crew());
  return for_all || begins;
}

void Executor::Bind() {
  for (size_t i = 0; i < program_.objects.size(); ++i) {
    const Binding& binding = baton_.bindings[i];
    program_.objects[i].discipline = static_cast<Discipline>(binding.discipline);
    program_.objects[i].error_checking = binding.error_checking != 0;
    program_.objects[i].most = binding.most;
    objects_[static_cast<int>(i)].error_checking = binding.error_checking != 0;
  }
}

void Executor::GoOn() {
  while (baton_.position < baton_.length) {
    const Choose choice = baton_.plan[baton_.position];
    if (choice.worker != setup_.index()) {
      Give(TurnOf(choice.worker));
      return;
    }
    MismatchUnlessOk(stepper_.Step(choice));
    ++baton_.position;
    Progress();
    std::atomic<int64_t>& steps = baton_.tallies[static_cast<size_t>(setup_.index())].steps;
    steps.store(steps.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  TellDone();
}

// By one after the other, in order; and once all have undone theirs the steps of the plan, which
// who has undone as the last begins.
void Executor::Rewind() {
  if (baton_.undone < crew()) {
    MismatchUnlessOk(stepper_.Undo());
    if (++baton_.undone < crew()) {
      Give(TurnOf(static_cast<int>(baton_.undone)));
      return;
    }
    MismatchUnlessOk(stepper_.Reset());
  }
  GoOn();
}

void Executor::RunFree() {
  // The others wait for worker 0 before they begin.
  if (setup_.index() == 0) {
    if (absl::Status status = PrepareMeetings(program_, baton_); !status.ok()) {
      Fail(control_, status);
    }
  }
  FreeRun run(program_, setup_.index(), objects_, baton_, state_, page_.progress, clock_);
  if (absl::Status status = run.Run(); !status.ok()) Fail(control_, status);
  if (baton_.running.fetch_sub(1, std::memory_order_acq_rel) > 1) return;
  TakeOver(program_, objects_, state_);
  TellDone();
}

void Executor::MakeRuns() {
  RunBatch& batch = RunBatchOf(pages_.data(), setup_.crew(), SourceBytes(), program_.state_words);
  if (!runner_) runner_.emplace(program_, setup_.index(), objects_, baton_, batch, page_.progress);
  MismatchUnlessOk(runner_->MakeAll());
  if (batch.reading.fetch_sub(1, std::memory_order_acq_rel) == 1) TellDone();
}

void Executor::MismatchUnlessOk(const absl::Status& status) {
  if (!status.ok()) {
    Fail(control_, internal::Failed::MISMATCH, std::string(status.message()));
  }
}

void Executor::TellDone() {
  internal::FromWorker done;
  done.mutable_leg_done();
  Tell(control_, done);
}

}  // namespace

void ExecuteProgram(const internal::WorkerSetup& setup, const Mapping& pages,
                    MessageSocket& control, const Heritage& heritage) {
  absl::StatusOr<Program> program = Compile(setup, pages);
  if (!program.ok()) Fail(control, program.status());
  // Never destroyed: as it ends, so do its ends.
  Executor& executor = *new Executor(setup, pages, control, heritage, *std::move(program));
  executor.BeReady();
  if (executor.JoinAll()) executor.Serve();
  ::_exit(0);
}

}  // namespace ipclab
