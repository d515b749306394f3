#include "tests/support/tmux.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/support/program.h"

namespace ipclab {
namespace {

constexpr char kPrompt[] = "ready$ ";

std::string MakeFolder() {
  std::string folder = ::testing::TempDir() + "/ipclab-tmux-XXXXXX";
  EXPECT_NE(::mkdtemp(folder.data()), nullptr);
  return folder;
}

// False once it has ended, reaped or not.
bool Lives(pid_t process) {
  std::ifstream environment(absl::StrCat("/proc/", process, "/environ"));
  return environment.peek() != std::ifstream::traits_type::eof();
}

}  // namespace

bool TmuxScreen::Available() {
  const char* path = std::getenv("PATH");
  for (const std::string& folder :
       std::vector<std::string>(absl::StrSplit(path ? path : "/usr/bin", ':'))) {
    if (::access(absl::StrCat(folder, "/tmux").c_str(), X_OK) == 0) return true;
  }
  return false;
}

TmuxScreen::TmuxScreen(Size size, const std::map<std::string, std::string>& environment)
    : folder_(MakeFolder()) {
  std::vector<std::string> command = {"-f",
                                      "/dev/null",
                                      "-u",
                                      "new-session",
                                      "-d",
                                      "-x",
                                      absl::StrCat(size.columns),
                                      "-y",
                                      absl::StrCat(size.rows),
                                      "-e",
                                      "LC_ALL=C.UTF-8"};
  for (const auto& [name, value] : environment) {
    command.insert(command.end(), {"-e", absl::StrCat(name, "=", value)});
  }
  command.insert(command.end(),
                 {absl::StrCat("env 'PS1=", kPrompt, "' bash --norc --noprofile -i")});
  Ask(command);
  Ask({"set-option", "-g", "status", "off"});
  Ask({"set-option", "-g", "window-size", "manual"});
  Resize(size);
  AwaitShell();
}

// Waits for the shell: whoever looks for what was left behind must not find it in the middle of its
// end.
TmuxScreen::~TmuxScreen() {
  const pid_t shell = Shell();
  const absl::Time deadline = absl::Now() + kPatience;
  Ask({"kill-server"});
  while (shell > 0 && Lives(shell) && absl::Now() < deadline) Ask({"has-session"});
  std::filesystem::remove_all(folder_);
}

std::vector<std::string> TmuxScreen::Ask(const std::vector<std::string>& arguments) const {
  std::vector<std::string> words = {"tmux", "-S", folder_ + "/socket"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  ChildProgram tmux(words, {});
  std::vector<std::string> lines;
  while (auto line = tmux.AwaitLine()) lines.push_back(*line);
  tmux.AwaitExit();
  return lines;
}

void TmuxScreen::Type(const std::string& text) const {
  const std::vector<std::string> lines = absl::StrSplit(text, '\n');
  for (size_t i = 0; i < lines.size(); ++i) {
    if (!lines[i].empty()) Ask({"send-keys", "-l", "--", lines[i]});
    if (i + 1 < lines.size()) Press("Enter");
  }
}

void TmuxScreen::Press(const std::string& key) const { Ask({"send-keys", key}); }

void TmuxScreen::Resize(Size size) const {
  Ask({"resize-window", "-x", absl::StrCat(size.columns), "-y", absl::StrCat(size.rows)});
}

std::string TmuxScreen::Text() const {
  std::string text;
  for (const std::string& line : Ask({"capture-pane", "-p"})) absl::StrAppend(&text, line, "\n");
  return text;
}

bool TmuxScreen::Await(const std::string& wanted) const {
  const absl::Time deadline = absl::Now() + kPatience;
  do {
    if (absl::StrContains(Text(), wanted)) return true;
  } while (absl::Now() < deadline);
  return false;
}

bool TmuxScreen::AwaitShell() const {
  const absl::Time deadline = absl::Now() + kPatience;
  do {
    const std::vector<std::string> modes =
        Ask({"display-message", "-p", "#{alternate_on} #{cursor_flag} #{pane_current_command}"});
    const std::string text(absl::StripTrailingAsciiWhitespace(Text()));
    const std::string prompt(absl::StripTrailingAsciiWhitespace(kPrompt));
    if (!modes.empty() && modes[0] == "0 1 bash" && absl::EndsWith(text, prompt)) return true;
  } while (absl::Now() < deadline);
  return false;
}

pid_t TmuxScreen::Shell() const {
  const std::vector<std::string> shell = Ask({"display-message", "-p", "#{pane_pid}"});
  pid_t process = 0;
  return !shell.empty() && absl::SimpleAtoi(shell[0], &process) ? process : 0;
}

pid_t TmuxScreen::Program() const {
  const pid_t shell = Shell();
  std::ifstream children(absl::StrCat("/proc/", shell, "/task/", shell, "/children"));
  pid_t program = 0;
  children >> program;
  return program;
}

}  // namespace ipclab
