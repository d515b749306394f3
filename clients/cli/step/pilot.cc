#include "clients/cli/step/pilot.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/failure.h"
#include "clients/cli/step/found_path.h"

namespace ipclab::cli {
namespace {

constexpr int kPageLines = 10;

bool IsLetter(char character) { return character >= 'A' && character <= 'P'; }

std::string LettersText(const v1::ProgramView& view) {
  std::vector<std::string> letters;
  for (const v1::ProgramWorker& worker : view.workers()) letters.push_back(worker.letter());
  return absl::StrJoin(letters, ", ");
}

// Steps that went on from the last one are added, so what was seen of them before goes.
void Append(const v1::StepExperimentResponse& answer, std::vector<v1::ProgramOperation>& history) {
  for (const v1::ProgramOperation& operation : answer.operations()) {
    while (!history.empty() && history.back().step() >= operation.step()) history.pop_back();
    history.push_back(operation);
  }
}

}  // namespace

PilotAction StepPilot::Next() {
  while (!awaits_answer_ && !keys_.empty()) {
    const Key key = keys_.front();
    keys_.pop_front();
    PilotAction action = OnKey(key);
    awaits_answer_ = action.kind == PilotAction::kSend;
    if (action.kind != PilotAction::kNone) return action;
  }
  return {};
}

PilotAction StepPilot::OnKey(const Key& key) {
  if (key.kind == KeyKind::kRedraw) return {.kind = PilotAction::kRedraw};
  if (key.kind == KeyKind::kInterrupt) return {.kind = PilotAction::kQuit};
  if (screen_.help) {
    screen_.help = false;
    const bool quits = key == Key{KeyKind::kCharacter, 'q'};
    return {.kind = quits ? PilotAction::kQuit : PilotAction::kNone};
  }
  if (!waker_.empty()) return OnWakeKey(key);
  switch (key.kind) {
    case KeyKind::kCharacter:
      return OnCharacter(key.character);
    case KeyKind::kTab:
      screen_.pane = screen_.pane == Pane::kText      ? Pane::kObjects
                     : screen_.pane == Pane::kObjects ? Pane::kHistory
                                                      : Pane::kText;
      return {};
    case KeyKind::kBackspace:
      return OnCharacter('u');
    case KeyKind::kEscape:
      if (searches_) return {.kind = PilotAction::kStopSearch};
      return runs_free_ ? PilotAction{.kind = PilotAction::kStopFreeRun} : PilotAction{};
    default:
      Scroll(key.kind);
      return {};
  }
}

PilotAction StepPilot::OnCharacter(char character) {
  if (IsLetter(character)) return StepWorker(std::string(1, character));
  if (character >= '1' && character <= '9') {
    return StepWorker(std::string(1, static_cast<char>('A' + (character - '1'))));
  }
  switch (character) {
    case 'q':
      return {.kind = PilotAction::kQuit};
    case 'h':
      screen_.help = true;
      return {};
    case '?':
      return Explain();
    case 'e':
      return Search();
    case 'n':
      return StepAlong();
    case ' ':
      return screen_.last.empty()
                 ? Refuse(absl::StrCat("nobody has made a step yet: choose one of ",
                                       LettersText(screen_.view)))
                 : StepWorker(screen_.last);
    case 'u':
      return screen_.view.step() == 0 ? Refuse("this is step 0: there is nothing to undo")
                                      : RewindTo(screen_.view.step() - 1);
    case 'r':
      if (over_) return {.kind = PilotAction::kRestart, .variant = screen_.variant};
      return RewindTo(0);
    case 'v':
      return NextVariant();
    case 'f':
      if (runs_free_) return Refuse("a free run is on its way; esc stops it");
      runs_free_ = true;
      SetStatus("runs free, at full speed, beside what you step ... (esc stops it)", Tone::kFaint);
      return {.kind = PilotAction::kFreeRun};
    case 'w':
      return {.kind = PilotAction::kWriteSchedule};
    case 'g':
      screen_.scrolls = {};
      return {};
    default:
      break;
  }
  const char upper = absl::ascii_toupper(character);
  if (upper != character && FindWorker(screen_.view, std::string(1, upper))) {
    return Refuse(absl::StrCat("workers have capital letters: ", std::string(1, upper), " steps ",
                               std::string(1, upper), "; h tells what keys there are"));
  }
  return Refuse("no such key; h tells what keys there are");
}

PilotAction StepPilot::StepWorker(const std::string& letter) {
  if (over_) return Refuse("this experiment is over: r begins anew, q quits");
  const v1::ProgramWorker* worker = FindWorker(screen_.view, letter);
  if (!worker) {
    return Refuse(
        absl::StrCat("there is no worker ", letter, ": there are ", LettersText(screen_.view)));
  }
  if (worker->may_wake_size() < 2) return SendStep(letter, "");
  waker_ = letter;
  SetStatus(absl::StrCat("whom does ", worker->next(), " of ", letter, " wake? ",
                         absl::StrJoin(worker->may_wake(), " or "),
                         "; enter: ", worker->may_wake(0), ", who waits longest; esc: not yet"),
            Tone::kStrong);
  return {};
}

PilotAction StepPilot::OnWakeKey(const Key& key) {
  const v1::ProgramWorker* worker = FindWorker(screen_.view, waker_);
  const std::string waker = std::exchange(waker_, "");
  const bool character = key.kind == KeyKind::kCharacter;
  if (!worker || key.kind == KeyKind::kEscape || (character && key.character == 'q')) {
    SetStatus("", Tone::kPlain);
    return {};
  }
  if (key.kind == KeyKind::kEnter) return SendStep(waker, worker->may_wake(0));
  char letter = character ? absl::ascii_toupper(key.character) : '\0';
  if (letter >= '1' && letter <= '9') letter = static_cast<char>('A' + (letter - '1'));
  for (const std::string& each : worker->may_wake()) {
    if (each.size() == 1 && each[0] == letter) return SendStep(waker, each);
  }
  waker_ = waker;  // still the question
  return {};
}

PilotAction StepPilot::SendStep(const std::string& letter, const std::string& wakes) {
  PilotAction action = {.kind = PilotAction::kSend};
  v1::DriveStep& step = *action.request.mutable_step();
  step.set_count(1);
  step.set_expected_step(screen_.view.step());
  step.mutable_choice()->set_worker(letter);
  step.mutable_choice()->set_wakes(wakes);
  return action;
}

PilotAction StepPilot::StepAlong() {
  if (screen_.found.empty()) {
    return Refuse("there is nothing to go along: e looks for a schedule that fails");
  }
  const PathStand stand = StandOn(screen_.found, screen_.view.schedule());
  if (stand.kind == PathStand::kOff) return RewindTo(0);
  if (stand.kind == PathStand::kEnd) {
    return Refuse("all of what was found is made: ? says why it fails, r goes back");
  }
  if (over_) return Refuse("this experiment is over: r begins anew, q quits");
  return SendStep(LetterOf(stand.next.worker),
                  stand.next.wakes < 0 ? "" : LetterOf(stand.next.wakes));
}

PilotAction StepPilot::Search() {
  if (searches_) return Refuse("a search is on its way; esc stops it");
  searches_ = true;
  SetStatus("looks for a schedule that fails, from step 0 ... (esc stops it)", Tone::kFaint);
  return {.kind = PilotAction::kSearch};
}

PilotAction StepPilot::Explain() {
  if (screen_.view.verdict().failing()) return {.kind = PilotAction::kExplain};
  return Refuse(absl::StrCat(
      "nothing has failed so far, so there is nothing to explain: step on, or ",
      screen_.found.empty() ? "e looks for a schedule that fails" : "n goes along what was found",
      "; h tells what keys there are"));
}

PilotAction StepPilot::RewindTo(int64_t step) {
  if (over_) return Refuse("this experiment is over: r begins anew, q quits");
  PilotAction action = {.kind = PilotAction::kSend};
  action.request.mutable_rewind()->set_step(step);
  return action;
}

PilotAction StepPilot::NextVariant() {
  const auto& variants = screen_.program.variants();
  if (variants.size() < 2) return Refuse("this program has no variants");
  const auto found = std::find(variants.begin(), variants.end(), screen_.variant);
  const auto next = found == variants.end() ? std::ptrdiff_t{1} : found - variants.begin() + 1;
  return {.kind = PilotAction::kRestart,
          .variant = variants.Get(static_cast<int>(next % variants.size()))};
}

PilotAction StepPilot::Refuse(const std::string& why) {
  SetStatus(why, Tone::kWarning);
  return {};
}

void StepPilot::Scroll(KeyKind kind) {
  Scrolls& scrolls = screen_.scrolls;
  int& lines = screen_.pane == Pane::kText      ? scrolls.text
               : screen_.pane == Pane::kObjects ? scrolls.objects
                                                : scrolls.history;
  constexpr int kFar = 1 << 20;
  switch (kind) {
    case KeyKind::kArrowUp:
      lines -= 1;
      break;
    case KeyKind::kArrowDown:
      lines += 1;
      break;
    case KeyKind::kPageUp:
      lines -= kPageLines;
      break;
    case KeyKind::kPageDown:
      lines += kPageLines;
      break;
    case KeyKind::kHome:
      lines = -kFar;
      break;
    case KeyKind::kEnd:
      lines = kFar;
      break;
    case KeyKind::kArrowLeft:
      scrolls.text_columns -= 4;
      break;
    case KeyKind::kArrowRight:
      scrolls.text_columns += 4;
      break;
    default:
      break;
  }
}

void StepPilot::Take(const v1::DriveExperimentResponse& answer) {
  awaits_answer_ = false;
  if (answer.has_error()) {
    // What was typed ahead was meant for what did not come to be.
    keys_.clear();
    SetStatus(FailureText(FailureOf(answer.error())), Tone::kWarning);
    return;
  }
  const int64_t before = screen_.view.step();
  if (answer.has_step()) {
    Append(answer.step(), screen_.history);
    if (answer.step().has_program()) screen_.view = answer.step().program();
  } else if (answer.experiment().has_program()) {
    screen_.view = answer.experiment().program();
  }
  std::erase_if(screen_.history, [this](const v1::ProgramOperation& operation) {
    return operation.step() > screen_.view.step();
  });
  screen_.last = screen_.history.empty() ? "" : screen_.history.back().worker();
  // A step shows what follows it; objects that were scrolled stay where they are.
  screen_.scrolls.text = 0;
  screen_.scrolls.history = 0;
  SetStatus(answer.has_experiment() && screen_.view.step() < before
                ? absl::StrCat("back at step ", screen_.view.step())
                : "",
            Tone::kFaint);
  const v1::Experiment& experiment = answer.experiment();
  if (experiment.has_end()) TakeEnd(experiment.end().message());
}

void StepPilot::TakeEnd(const std::string& why) {
  over_ = true;
  awaits_answer_ = false;
  keys_.clear();
  SetStatus(absl::StrCat(why.empty() ? "the experiment is over" : why, " (r begins anew)"),
            Tone::kBad);
}

void StepPilot::TakeRestart(const std::string& variant, const v1::ProgramView& view) {
  over_ = false;
  awaits_answer_ = false;
  searches_ = false;
  if (variant != screen_.variant) screen_.found.clear();
  waker_.clear();
  keys_.clear();
  screen_.variant = variant;
  screen_.view = view;
  screen_.history.clear();
  screen_.last.clear();
  screen_.scrolls = {};
  SetStatus(variant.empty() ? "from step 0" : absl::StrCat("variant ", variant, ", from step 0"),
            Tone::kFaint);
}

void StepPilot::TakeFreeRun(const std::string& text, Tone tone) {
  runs_free_ = false;
  SetStatus(text, tone);
}

void StepPilot::TakeSearch(const std::string& found, const std::string& text, Tone tone) {
  searches_ = false;
  if (!found.empty()) screen_.found = found;
  SetStatus(text, tone);
}

void StepPilot::SetStatus(const std::string& text, Tone tone) {
  screen_.status = text;
  screen_.status_tone = tone;
}

void StepPilot::SetHistory(std::vector<v1::ProgramOperation> history) {
  screen_.history = std::move(history);
  screen_.last = screen_.history.empty() ? "" : screen_.history.back().worker();
}

}  // namespace ipclab::cli
