#include "tests/spin/verification.h"

#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/support/program.h"
#include "tests/support/temporary_folder.h"

namespace ipclab {
namespace {

// What `env` says of a program that it cannot find.
constexpr int kNotFound = 127;

// What the command writes, run in this folder.
absl::StatusOr<std::vector<std::string>> LinesOf(const TemporaryFolder& folder,
                                                 const std::vector<std::string>& command) {
  std::vector<std::string> arguments = {"/usr/bin/env", "-C", folder.path()};
  arguments.insert(arguments.end(), command.begin(), command.end());
  ChildProgram child(arguments, {{"LC_ALL", "C"}});
  std::vector<std::string> lines;
  while (const std::optional<std::string> line = child.AwaitLine()) lines.push_back(*line);
  const std::optional<int> code = child.AwaitExit();
  if (code == 0) return lines;
  if (code == kNotFound) {
    return absl::NotFoundError(absl::StrCat("there is no ", command[0], " here; as root, run\n",
                                            "  apt-get install spin gcc\n",
                                            "or ./lab test, which does so by itself"));
  }
  return absl::InternalError(absl::StrCat(absl::StrJoin(command, " "), ": ",
                                          code ? absl::StrCat("exit code ", *code) : "never ended",
                                          "\n", absl::StrJoin(lines, "\n"), child.Complaints()));
}

// Without what SPIN does on its own to have fewer states: -o1 keeps values that it takes for dead,
// -o2 variables that nobody reads, and -o3 does not make one step of several.
std::vector<std::string> SpinCommand(const Program& program) {
  std::vector<std::string> command = {"spin", "-a", "-o1", "-o2", "-o3"};
  command.push_back("-DVARIANT_" + program.variant);
  for (const Parameter& parameter : program.parameters) {
    command.push_back(absl::StrCat("-D", parameter.name, "=", parameter.value));
  }
  command.push_back(absl::StrCat(IPCLAB_SOURCES "/tests/spin/", program.name, ".pml"));
  return command;
}

// NOREDUCE: no partial order reduction, which leaves out states that change no verdict. SAFETY:
// only ends are asked for, no circles. PRINTF: the model says how it ended. States are kept whole,
// which BITSTATE and HC would change: none is taken for another one.
const std::vector<std::string> kCompileCommand = {"gcc",      "-w", "-DNOREDUCE", "-DSAFETY",
                                                  "-DPRINTF", "-o", "pan",        "pan.c"};

// c0: goes on behind an error. w18: a table of states of 2 MiB, in place of 128.
const std::vector<std::string> kVerifyCommand = {"./pan", "-c0", "-w18"};

constexpr std::string_view kOutcome = "outcome ";        // of a model
constexpr std::string_view kStored = " states, stored";  // of pan
constexpr std::string_view kErrors = "errors: ";
constexpr std::string_view kTooDeep = "max search depth too small";
constexpr std::string_view kIncomplete = "Search not completed";

absl::StatusOr<Verification> ReadReport(const std::vector<std::string>& lines) {
  Verification found;
  int64_t judged = 0;
  int64_t stored = -1;
  int64_t errors = -1;
  for (const std::string& line : lines) {
    const auto has = [&line](std::string_view what) { return line.find(what) != line.npos; };
    bool is_read = true;
    if (line.starts_with(kOutcome)) {
      ++found.ends[line.substr(kOutcome.size())];
      ++judged;
    } else if (has(kStored)) {
      is_read = absl::SimpleAtoi(line.substr(0, line.find(kStored)), &stored);
    } else if (has(kErrors)) {
      is_read = absl::SimpleAtoi(line.substr(line.find(kErrors) + kErrors.size()), &errors);
    } else if (has(kTooDeep) || has(kIncomplete)) {
      is_read = false;
    }
    if (!is_read) return absl::InternalError("pan says: " + line);
  }
  if (stored < 0 || errors < 0) {
    return absl::InternalError("pan says no numbers:\n" + absl::StrJoin(lines, "\n"));
  }
  // The judge's step, which says how it ended, leads to a state of its own.
  found.states = stored - judged;
  found.deadlocks = errors;
  return found;
}

}  // namespace

absl::StatusOr<Verification> VerifyWithSpin(const Program& program) {
  const TemporaryFolder folder;
  for (const std::vector<std::string>& command : {SpinCommand(program), kCompileCommand}) {
    if (const auto lines = LinesOf(folder, command); !lines.ok()) return lines.status();
  }
  const auto report = LinesOf(folder, kVerifyCommand);
  if (!report.ok()) return report.status();
  return ReadReport(*report);
}

}  // namespace ipclab
