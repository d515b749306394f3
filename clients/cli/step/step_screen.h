// All that the screen of `ipclab step` shows: what StepPilot keeps and LayOut draws. A value.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "clients/cli/terminal.h"
#include "ipclab/v1/program_service.pb.h"

namespace ipclab::cli {

// What the arrow keys scroll.
enum class Pane { kText, kObjects, kHistory };

// By how many lines each part is off from where it would be by itself; columns of the text.
struct Scrolls {
  int text = 0;
  int text_columns = 0;
  int objects = 0;
  int history = 0;  // 0 or less: the newest lines are the last

  bool operator==(const Scrolls&) const = default;
};

struct StepScreen {
  std::string subject;  // as it was asked for: "lost_update", "my.lab"
  std::string variant;
  v1::Program program;  // with its text
  v1::ProgramView view;
  std::vector<v1::ProgramOperation> history;
  std::string last;  // the letter of who made the last step; empty before the first

  std::string found;  // a schedule that fails, as a search found it; empty: none

  std::string status;  // the answer to the last key
  Tone status_tone = Tone::kPlain;
  bool help = false;
  Pane pane = Pane::kText;
  Scrolls scrolls;
};

struct ScreenSize {
  size_t columns = 80;
  size_t rows = 24;

  bool operator==(const ScreenSize&) const = default;
};

// The worker with this letter; nullptr when there is none.
inline const v1::ProgramWorker* FindWorker(const v1::ProgramView& view, const std::string& letter) {
  for (const v1::ProgramWorker& worker : view.workers()) {
    if (worker.letter() == letter) return &worker;
  }
  return nullptr;
}

}  // namespace ipclab::cli
