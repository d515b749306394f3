// What the shell offers when Tab is pressed: worked out from the very tree of commands and options
// that reads the command line, so that it cannot go stale.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace ipclab::cli {

struct Candidate {
  std::string word;
  std::string description = "";

  bool operator==(const Candidate&) const = default;
};

struct Completion {
  // What the last word may become.
  std::vector<Candidate> candidates = {};

  // What it may become besides, which only a server or the file system knows.
  enum class More { kNothing, kExperiments, kMechanisms, kPrograms, kFiles } more = More::kNothing;

  // How those candidates begin: the last word, or what follows "--option=" in it.
  std::string lead = "";    // "--option=", put before each
  std::string prefix = "";  // what they must start with
};

// words are those behind the program's name; the last is being typed and may be empty.
Completion Complete(const CLI::App& app, const std::vector<std::string>& words);

}  // namespace ipclab::cli
