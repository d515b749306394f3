#include "clients/cli/step/step_session.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/experiment_text.h"
#include "clients/cli/programs/hidden_answer.h"
#include "clients/cli/sparkline.h"
#include "clients/cli/step/end_watch.h"
#include "clients/cli/step/full_screen.h"
#include "clients/cli/step/pilot.h"
#include "clients/cli/step/screen_layout.h"
#include "clients/cli/step/screen_writer.h"
#include "clients/cli/step/step_search.h"

namespace ipclab::cli {
namespace {

constexpr int kEscapePatience = 50;  // ms: what follows an escape of a sequence comes sooner

class StepSession {
 public:
  StepSession(Connection& connection, Interrupt& interrupt, TerminalSignals& signals,
              const StepPlan& plan, std::unique_ptr<StepExperiment> experiment,
              FullScreen& terminal)
      : connection_(connection),
        interrupt_(interrupt),
        signals_(signals),
        plan_(plan),
        experiment_(std::move(experiment)),
        terminal_(terminal),
        pilot_(FirstScreen()),
        writer_(TerminalOf(STDOUT_FILENO).colours, GlyphsOfLocale() == Glyphs::kBlocks) {
    end_watch_.emplace(connection_, experiment_->name(), interrupt_);
  }

  void Run() {
    ShowStepsBefore();
    while (!quit_ && !interrupt_.raised()) {
      Draw();
      Wait();
      for (;;) {
        const PilotAction action = pilot_.Next();
        if (action.kind == PilotAction::kNone) break;
        Do(action);
      }
    }
  }

  const std::optional<Failure>& failure() const { return failure_; }
  const std::string& schedule() const { return pilot_.screen().view.schedule(); }

 private:
  StepScreen FirstScreen() const;
  void ShowStepsBefore();
  void Draw();
  void Wait();
  void OnSignals();
  void OnAnswers();
  void OnEnd();
  void Do(const PilotAction& action);
  v1::ProgramSpec SpecFromStep0() const;
  void Restart(const std::string& variant);
  void WriteSchedule();
  void Suspend();

  Connection& connection_;
  Interrupt& interrupt_;
  TerminalSignals& signals_;
  const StepPlan& plan_;
  std::unique_ptr<StepExperiment> experiment_;
  std::optional<EndWatch> end_watch_;  // of experiment_
  FullScreen& terminal_;
  StepPilot pilot_;
  ScreenWriter writer_;
  KeyDecoder keys_;
  ScreenSize size_;
  std::unique_ptr<FreeRun> free_run_;
  std::unique_ptr<StepSearch> search_;
  bool over_ = false;
  bool quit_ = false;
  std::optional<Failure> failure_;
};

StepScreen StepSession::FirstScreen() const {
  StepScreen screen;
  screen.subject = plan_.subject;
  screen.program = plan_.program;
  screen.program.set_source(WithoutAnswer(plan_.program.source()));
  screen.variant = plan_.spec.variant();
  if (screen.variant.empty() && plan_.program.variants_size() > 0) {
    screen.variant = plan_.program.variants(0);
  }
  screen.view = experiment_->first_view();
  return screen;
}

// Steps that were made at the creation are not told there; the model makes the same ones.
void StepSession::ShowStepsBefore() {
  if (pilot_.screen().view.step() == 0) return;
  const auto context = connection_.NewCall();
  const Interrupt::Guard guard(interrupt_, *context);
  v1::ReplayScheduleRequest request;
  request.set_schedule(schedule());
  request.set_source(plan_.spec.source());
  v1::ReplayScheduleResponse response;
  if (!connection_.programs().ReplaySchedule(context.get(), request, &response).ok()) return;
  pilot_.SetHistory({response.operations().begin(), response.operations().end()});
}

void StepSession::Draw() {
  const ScreenSize size = terminal_.size();
  if (size != size_) writer_.Forget();
  size_ = size;
  const ScreenPage page = LayOut(pilot_.screen(), size);
  pilot_.SetScrolls(page.scrolls);
  const std::string text = writer_.Draw(page.lines);
  if (!text.empty() && !terminal_.Write(text)) quit_ = true;
}

void StepSession::Wait() {
  const int free_run = free_run_ ? free_run_->fd() : -1;  // poll leaves out what is negative
  const int search = search_ ? search_->fd() : -1;
  const int stream = over_ ? -1 : experiment_->stream().fd();
  const int end = over_ || !end_watch_ ? -1 : end_watch_->fd();
  pollfd events[] = {{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0},
                     {.fd = signals_.fd(), .events = POLLIN, .revents = 0},
                     {.fd = interrupt_.raised_fd(), .events = POLLIN, .revents = 0},
                     {.fd = stream, .events = POLLIN, .revents = 0},
                     {.fd = free_run, .events = POLLIN, .revents = 0},
                     {.fd = end, .events = POLLIN, .revents = 0},
                     {.fd = search, .events = POLLIN, .revents = 0}};
  const int ready = ::poll(events, std::size(events), keys_.pending() ? kEscapePatience : -1);
  if (ready < 0) return;
  if (events[1].revents != 0) OnSignals();
  if (events[3].revents != 0) OnAnswers();
  if (events[5].revents != 0 && !over_ && !interrupt_.raised()) OnEnd();
  if (events[4].revents != 0) {
    const FreeRun::Outcome outcome = free_run_->Finish();
    free_run_.reset();
    pilot_.TakeFreeRun(outcome.text, outcome.tone);
  }
  if (events[6].revents != 0) {
    const StepSearch::Outcome outcome = search_->Finish();
    search_.reset();
    pilot_.TakeSearch(outcome.schedule, outcome.answer.text, outcome.answer.tone);
  }
  std::vector<Key> pressed;
  if (events[0].revents != 0) {
    std::string bytes;
    if (!terminal_.ReadKeys(bytes)) quit_ = true;
    pressed = keys_.Feed(bytes);
  } else if (ready == 0) {
    pressed = keys_.Flush();
  }
  for (const Key& key : pressed) pilot_.Press(key);
}

void StepSession::OnSignals() {
  while (const std::optional<int> signal = signals_.Take()) {
    if (*signal == SIGTSTP) Suspend();
    // Whatever went on meanwhile, the shell may have had the terminal.
    if (*signal == SIGCONT) {
      terminal_.Leave();
      terminal_.Return();
    }
    writer_.Forget();
  }
}

void StepSession::Suspend() {
  terminal_.Leave();
  TerminalSignals::StopHere();
  terminal_.Return();
}

void StepSession::OnAnswers() {
  while (const auto answer = experiment_->stream().Take()) {
    if (pilot_.awaits_answer()) pilot_.Take(*answer);
  }
  if (experiment_->stream().ended() && !interrupt_.raised()) OnEnd();
}

// Somebody ended the experiment, or one of its workers died; or the server is gone.
void StepSession::OnEnd() {
  const auto got = GetExperiment(connection_, experiment_->name());
  const auto* experiment = std::get_if<v1::Experiment>(&got);
  const bool lives = experiment && experiment->state() < v1::Experiment::STOPPING;
  if (lives && !experiment_->stream().ended()) {
    end_watch_.reset();  // which fell behind; steps go on
    return;
  }
  over_ = true;
  if (experiment) return pilot_.TakeEnd(lives ? "" : EndText(experiment->end()));
  Failure failure = std::get<Failure>(got);
  if (failure.exit_code != ExitCode::kCannotConnect) return pilot_.TakeEnd(FailureText(failure));
  failure_ = std::move(failure);
  quit_ = true;
}

void StepSession::Do(const PilotAction& action) {
  switch (action.kind) {
    case PilotAction::kSend:
      (void)experiment_->stream().Send(action.request);  // its failure ends the stream
      return;
    case PilotAction::kQuit:
      quit_ = true;
      return;
    case PilotAction::kRestart:
      return Restart(action.variant);
    case PilotAction::kFreeRun:
      free_run_ = std::make_unique<FreeRun>(connection_, SpecFromStep0(), interrupt_);
      return;
    case PilotAction::kStopFreeRun:
      if (free_run_) free_run_->Stop();
      return;
    case PilotAction::kSearch:
      search_ = std::make_unique<StepSearch>(connection_, SpecFromStep0(), interrupt_);
      return;
    case PilotAction::kStopSearch:
      if (search_) search_->Stop();
      return;
    case PilotAction::kExplain: {
      const StepAnswer answer =
          ExplainFailure(connection_, schedule(), plan_.spec.source(), interrupt_);
      return pilot_.SetStatus(answer.text, answer.tone);
    }
    case PilotAction::kWriteSchedule:
      return WriteSchedule();
    case PilotAction::kRedraw:
      writer_.Forget();
      return;
    case PilotAction::kNone:
      return;
  }
}

v1::ProgramSpec StepSession::SpecFromStep0() const {
  v1::ProgramSpec spec = plan_.spec;
  spec.set_variant(pilot_.screen().variant);
  spec.clear_schedule();
  return spec;
}

// The one before stays until there is another.
void StepSession::Restart(const std::string& variant) {
  v1::ProgramSpec spec = SpecFromStep0();
  spec.set_variant(variant);
  spec.clear_hash();
  auto started = StepExperiment::Start(connection_, spec, interrupt_);
  if (const auto* failure = std::get_if<Failure>(&started)) {
    pilot_.SetStatus(FailureText(*failure), Tone::kBad);
    return;
  }
  search_.reset();  // which was about the one before
  end_watch_.reset();
  experiment_ = std::move(std::get<std::unique_ptr<StepExperiment>>(started));
  end_watch_.emplace(connection_, experiment_->name(), interrupt_);
  over_ = false;
  pilot_.TakeRestart(variant, experiment_->first_view());
}

void StepSession::WriteSchedule() {
  std::string stem = plan_.subject;
  if (absl::EndsWith(stem, ".lab")) stem.resize(stem.size() - 4);
  const std::string path = absl::StrCat(stem, ".schedules");
  errno = 0;
  std::ofstream file(path, std::ios::app);
  file << schedule() << '\n';
  file.close();
  if (file.fail()) {
    pilot_.SetStatus(absl::StrCat(path, ": cannot be written (", std::strerror(errno), ")"),
                     Tone::kBad);
  } else {
    pilot_.SetStatus(absl::StrCat("the schedule is the last line of ", path,
                                  " now; ipclab replay makes it again"),
                     Tone::kGood);
  }
}

}  // namespace

int RunStepSession(Connection& connection, Interrupt& interrupt, TerminalSignals& signals,
                   const StepPlan& plan, std::unique_ptr<StepExperiment> experiment) {
  absl::StatusOr<FullScreen> terminal = FullScreen::Enter();
  if (!terminal.ok()) {
    return Report({.exit_code = ExitCode::kUsage,
                   .kind = "USAGE",
                   .message = std::string(terminal.status().message())},
                  /*json=*/false);
  }
  interrupt.BeforeEnd(RestoreTerminal);
  StepSession session(connection, interrupt, signals, plan, std::move(experiment), *terminal);
  session.Run();
  terminal->Leave();
  interrupt.BeforeEnd(nullptr);
  if (session.failure()) return Report(*session.failure(), /*json=*/false);
  std::printf("%s\n", Printable(session.schedule()).c_str());
  return interrupt.raised() ? ExitCodeOfSignal(interrupt.signal())
                            : static_cast<int>(ExitCode::kDone);
}

}  // namespace ipclab::cli
