// A terminal for programs that draw on one: tmux keeps its screen, so a test can press keys, resize
// it and read what a person would see. A private tmux server, ended when it is destroyed.
//
// Usage:
//   TmuxScreen screen({.columns = 80, .rows = 24}, {{"XDG_RUNTIME_DIR", folder}});
//   screen.Type("ipclab step lost_update\n");
//   ASSERT_TRUE(screen.Await("q quit")) << screen.Text();
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

namespace ipclab {

class TmuxScreen {
 public:
  // False on a host without tmux.
  static bool Available();

  struct Size {
    int columns = 80;
    int rows = 24;
  };

  // With a shell that has this environment too.
  TmuxScreen(Size size, const std::map<std::string, std::string>& environment);
  TmuxScreen(const TmuxScreen&) = delete;
  TmuxScreen& operator=(const TmuxScreen&) = delete;
  ~TmuxScreen();

  // Text as it is typed; a line break is the enter key.
  void Type(const std::string& text) const;

  // A key by tmux's name for it: "C-c", "Up", "PageDown".
  void Press(const std::string& key) const;

  void Resize(Size size) const;

  // The lines that are seen, without spaces at their ends.
  std::string Text() const;

  // True as soon as the text is seen; false when patience ran out.
  bool Await(const std::string& text) const;

  // True as soon as the shell waits for a command, on its own screen and with a cursor.
  bool AwaitShell() const;

  // The program that the shell runs; 0 when there is none.
  pid_t Program() const;

 private:
  std::vector<std::string> Ask(const std::vector<std::string>& arguments) const;

  pid_t Shell() const;

  const std::string folder_;  // of the test's own, with the socket
};

}  // namespace ipclab
