// One command of the command line: how its words are read, and what it does.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace ipclab::cli {

struct Command {
  const CLI::App* app;       // owned by the App that it was added to
  std::function<int()> run;  // called once the words are read; returns the exit code
};

// The headings under which `ipclab --help` lists the commands.
inline constexpr char kMeasureGroup[] = "Measure";
inline constexpr char kProgramsGroup[] = "Programs";
inline constexpr char kExperimentsGroup[] = "Experiments of a running server";
inline constexpr char kServerGroup[] = "The server and this program";

}  // namespace ipclab::cli
