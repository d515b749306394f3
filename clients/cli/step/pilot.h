// Turns keys into what is to be done, and answers into what is to be seen: `ipclab step` without
// its terminal and without its server.
//
// Not thread safe. One command is on its way at a time; keys that come meanwhile wait.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "clients/cli/step/keys.h"
#include "clients/cli/step/step_screen.h"
#include "ipclab/v1/experiment_service.pb.h"

namespace ipclab::cli {

// What whoever owns terminal and server is to do.
struct PilotAction {
  enum Kind {
    kNone,
    kSend,
    kQuit,
    kRestart,
    kFreeRun,
    kStopFreeRun,
    kSearch,
    kStopSearch,
    kExplain,
    kWriteSchedule,
    kRedraw
  };
  Kind kind = kNone;
  v1::DriveExperimentRequest request = {};  // of kSend
  std::string variant = {};                 // of kRestart: from step 0, in this variant
};

class StepPilot {
 public:
  // screen: with subject, variant and program; its view is that of a parked program.
  explicit StepPilot(StepScreen screen) : screen_(std::move(screen)) {}

  void Press(const Key& key) { keys_.push_back(key); }

  // What the next key that waits is good for; kNone when none waits, or an answer is awaited.
  // Called until it says so.
  PilotAction Next();

  // The answer to what was sent last.
  void Take(const v1::DriveExperimentResponse& answer);

  // The experiment is at its end, though nobody asked for it; why is a sentence. From now on there
  // is only restart and quit.
  void TakeEnd(const std::string& why);

  // Another experiment takes the place of the one before.
  void TakeRestart(const std::string& variant, const v1::ProgramView& view);

  // A free run has ended, or could not begin.
  void TakeFreeRun(const std::string& text, Tone tone);

  // A search has ended. found: the schedule; empty when there is none.
  void TakeSearch(const std::string& found, const std::string& text, Tone tone);

  void SetStatus(const std::string& text, Tone tone);
  void SetScrolls(const Scrolls& scrolls) { screen_.scrolls = scrolls; }
  void SetHistory(std::vector<v1::ProgramOperation> history);

  const StepScreen& screen() const { return screen_; }
  bool awaits_answer() const { return awaits_answer_; }
  bool runs_free() const { return runs_free_; }

 private:
  PilotAction OnKey(const Key& key);
  PilotAction OnCharacter(char character);
  PilotAction OnWakeKey(const Key& key);
  PilotAction StepWorker(const std::string& letter);
  PilotAction SendStep(const std::string& letter, const std::string& wakes);
  PilotAction StepAlong();
  PilotAction Search();
  PilotAction Explain();
  PilotAction RewindTo(int64_t step);
  PilotAction NextVariant();
  PilotAction Refuse(const std::string& why);
  void Scroll(KeyKind kind);

  StepScreen screen_;
  std::deque<Key> keys_;
  bool awaits_answer_ = false;
  bool runs_free_ = false;
  bool searches_ = false;
  bool over_ = false;
  std::string waker_;  // whose signal wakes whom is the question; empty: there is none
};

}  // namespace ipclab::cli
