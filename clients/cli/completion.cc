#include "clients/cli/completion.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "clients/cli/experiment_name.h"
#include "clients/cli/parse.h"
#include "ipclab/v1/mechanism.pb.h"

namespace ipclab::cli {
namespace {

using More = Completion::More;

// The first line of a description, which the help wraps.
std::string Brief(const std::string& description) {
  return std::vector<std::string>(absl::StrSplit(description, '\n'))[0];
}

bool TakesValue(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

const CLI::App* FindCommand(const CLI::App& app, const std::string& word) {
  for (const CLI::App* each : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (each->get_name() == word) return each;
  }
  return nullptr;
}

const CLI::Option* FindOption(const CLI::App& app, const std::string& word) {
  if (word.size() < 2 || word[0] != '-') return nullptr;
  for (const CLI::Option* option : app.get_options()) {
    const bool found = absl::StartsWith(word, "--") ? option->check_lname(word.substr(2))
                                                    : option->check_sname(word.substr(1));
    if (found) return option;
  }
  return nullptr;
}

// The positional that the next bare word belongs to; the last one takes all that follow.
const CLI::Option* PositionalAt(const CLI::App& app, size_t index) {
  const CLI::Option* last = nullptr;
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_positional()) continue;
    last = option;
    if (index == 0) return option;
    --index;
  }
  return last && last->get_items_expected_max() > 1 ? last : nullptr;
}

std::vector<std::string> Choices(const std::string& type) {
  if (absl::StrContains(type, "|")) return absl::StrSplit(type, '|');
  std::vector<std::string> names;
  if (type != "PATTERN") return names;
  const auto& kinds = *v1::Pattern::Kind_descriptor();
  for (int i = 1; i < kinds.value_count(); ++i) names.push_back(LowerName(kinds.value(i)->name()));
  return names;
}

// What a value may be is told by the name of its type, which the help shows: NAME, FILE, a|b|c.
Completion Values(const CLI::Option& option, const std::string& lead, const std::string& prefix) {
  Completion completion = {.lead = lead, .prefix = prefix};
  const std::string type = option.get_type_name();
  if (type == kExperimentType) completion.more = More::kExperiments;
  if (type == "MECHANISM" || type == "ID") completion.more = More::kMechanisms;
  // A program is a name or a file, which a path shows.
  if (type == "PROGRAM") {
    completion.more = absl::StrContains(prefix, '/') ? More::kFiles : More::kPrograms;
  }
  if (type == "FILE" || type == "FOLDER" || type == "DIR") completion.more = More::kFiles;
  for (const std::string& choice : Choices(type)) {
    if (absl::StartsWith(choice, prefix)) completion.candidates.push_back({lead + choice});
  }
  return completion;
}

Completion Options(const CLI::App& command, const std::string& prefix) {
  Completion completion = {.prefix = prefix};
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_group().empty()) continue;  // hidden
    for (const std::string& name : option->get_lnames()) {
      if (!absl::StartsWith("--" + name, prefix)) continue;
      completion.candidates.push_back({"--" + name, Brief(option->get_description())});
    }
  }
  return completion;
}

Completion Commands(const CLI::App& app, const std::string& prefix) {
  Completion completion = {.prefix = prefix};
  for (const CLI::App* each : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (each->get_group().empty() || !absl::StartsWith(each->get_name(), prefix)) continue;
    completion.candidates.push_back({each->get_name(), Brief(each->get_description())});
  }
  return completion;
}

// Where the words before the last one lead.
struct Place {
  const CLI::App* command;
  const CLI::Option* awaits = nullptr;  // an option whose value comes next
  size_t positionals = 0;
  bool only_positionals = false;  // "--" was there
};

Place PlaceAfter(const CLI::App& app, const std::vector<std::string>& words) {
  Place place = {.command = &app};
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    const std::string& word = words[i];
    if (place.awaits) {
      place.awaits = nullptr;
    } else if (word == "--") {
      place.only_positionals = true;
    } else if (!place.only_positionals && word.size() > 1 && word[0] == '-') {
      const CLI::Option* option = FindOption(*place.command, word);
      if (option && TakesValue(*option)) place.awaits = option;
    } else if (const CLI::App* command =
                   place.positionals == 0 ? FindCommand(*place.command, word) : nullptr) {
      place.command = command;
    } else {
      ++place.positionals;
    }
  }
  return place;
}

}  // namespace

Completion Complete(const CLI::App& app, const std::vector<std::string>& words) {
  const std::string last = words.empty() ? "" : words.back();
  const Place place = PlaceAfter(app, words);
  if (place.awaits) return Values(*place.awaits, "", last);
  if (!place.only_positionals && absl::StartsWith(last, "-")) {
    const size_t equals = last.find('=');
    const CLI::Option* option =
        equals == std::string::npos ? nullptr : FindOption(*place.command, last.substr(0, equals));
    if (option) return Values(*option, last.substr(0, equals + 1), last.substr(equals + 1));
    return Options(*place.command, last);
  }
  if (const CLI::Option* positional = PositionalAt(*place.command, place.positionals)) {
    return Values(*positional, "", last);
  }
  return place.positionals == 0 ? Commands(*place.command, last) : Completion{};
}

}  // namespace ipclab::cli
