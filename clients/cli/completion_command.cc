#include "clients/cli/completion_command.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <variant>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/completion.h"
#include "clients/cli/completion_scripts.h"
#include "clients/cli/experiment_list.h"
#include "clients/cli/experiment_name.h"
#include "clients/cli/experiment_text.h"
#include "clients/cli/failure.h"
#include "clients/cli/mechanisms_command.h"
#include "clients/cli/programs/program_source.h"
#include "clients/cli/programs/programs_command.h"
#include "clients/cli/running_server.h"

namespace ipclab::cli {
namespace {

constexpr char kCompletionExamples[] =
    "  source <(ipclab completion bash)           # for this bash; in ~/.bashrc for all\n"
    "  source <(ipclab completion zsh)            # likewise, after compinit\n"
    "  ipclab completion fish | source            # likewise, in ~/.config/fish/config.fish";

constexpr char kPatience[] = "1s";  // somebody waits with a finger on the key
constexpr int64_t kMostNames = 500;

// Takes in what the words say of the server: --server, --token-file and the like.
void ReadConnectionFlags(CLI::App& app, const std::vector<std::string>& words) {
  if (words.empty()) return;
  std::vector<std::string> before(words.rbegin() + 1, words.rend());  // as CLI11 wants them
  try {
    app.parse(before);
  } catch (const CLI::ParseError&) {
    // A line in the making is rarely a whole one; what could be read of it was.
  }
}

std::vector<Candidate> Experiments(Connection& connection) {
  std::vector<Candidate> candidates;
  (void)VisitExperiments(connection, {.limit = kMostNames}, [&](const v1::Experiment& each) {
    candidates.push_back({ExperimentId(each.name()),
                          absl::StrCat(StateText(each.state()), ", ", WorkText(each.spec()))});
  });
  return candidates;
}

std::vector<Candidate> Mechanisms(Connection& connection) {
  const auto listed = ListAllMechanisms(connection);
  std::vector<Candidate> candidates;
  if (const auto* mechanisms = std::get_if<std::vector<v1::Mechanism>>(&listed)) {
    for (const v1::Mechanism& each : *mechanisms) candidates.push_back({each.id(), each.summary()});
  }
  return candidates;
}

std::vector<Candidate> Programs(Connection& connection) {
  const auto listed = ListAllPrograms(connection);
  std::vector<Candidate> candidates;
  if (const auto* programs = std::get_if<std::vector<v1::Program>>(&listed)) {
    for (const v1::Program& each : *programs) {
      candidates.push_back({SubjectName(each.name()), each.title()});
    }
  }
  return candidates;
}

std::vector<Candidate> AskServer(CLI::App& app, CommonFlags& common, Completion::More more,
                                 const std::vector<std::string>& words) {
  ReadConnectionFlags(app, words);
  common.timeout = kPatience;
  const auto connection = OpenRunningServer(common);
  if (!connection.ok()) return {};
  if (more == Completion::More::kExperiments) return Experiments(**connection);
  return more == Completion::More::kPrograms ? Programs(**connection) : Mechanisms(**connection);
}

int PrintScript(const std::string& shell) {
  const std::string script = CompletionScript(shell);
  if (script.empty()) {
    return Report({.exit_code = ExitCode::kUsage,
                   .kind = "USAGE",
                   .message = absl::StrCat("\"", shell,
                                           "\" is no shell that can be completed for: use bash, "
                                           "zsh or fish")},
                  /*json=*/false);
  }
  std::fputs(script.c_str(), stdout);
  return static_cast<int>(ExitCode::kDone);
}

}  // namespace

Command AddCompletionCommand(CLI::App& app) {
  const auto shell = std::make_shared<std::string>();
  CLI::App& command = *app.add_subcommand(
      "completion", "Print what makes Tab complete commands, options and names in a shell");
  command.group(kServerGroup);
  command.add_option("shell", *shell, Described("The shell"))
      ->type_name("bash|zsh|fish")
      ->required();
  command.footer(absl::StrCat("Examples:\n", kCompletionExamples));
  return {&command, [shell] { return PrintScript(*shell); }};
}

int PrintCompletion(CLI::App& app, CommonFlags& common, const std::vector<std::string>& words) {
  Completion completion = Complete(app, words);
  if (completion.more == Completion::More::kFiles) std::printf("%s\n", kFilesLine);
  if (completion.more != Completion::More::kFiles &&
      completion.more != Completion::More::kNothing) {
    for (Candidate& each : AskServer(app, common, completion.more, words)) {
      if (!absl::StartsWith(each.word, completion.prefix)) continue;
      each.word = completion.lead + each.word;
      completion.candidates.push_back(std::move(each));
    }
  }
  // What is no program of the catalogue may still be a file.
  if (completion.more == Completion::More::kPrograms && completion.candidates.empty()) {
    std::printf("%s\n", kFilesLine);
  }
  for (const Candidate& each : completion.candidates) {
    // Neither may hold what parts one candidate from the next.
    std::printf("%s\t%s\n", Printable(each.word).c_str(), Printable(each.description).c_str());
  }
  return static_cast<int>(ExitCode::kDone);
}

}  // namespace ipclab::cli
