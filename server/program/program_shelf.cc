#include "server/program/program_shelf.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/program/compile.h"
#include "server/did_you_mean.h"

namespace ipclab {
namespace {

constexpr size_t kLongestProgramId = 64;

bool IsProgramId(std::string_view id) {
  return !id.empty() && id.size() <= kLongestProgramId &&
         std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

// One byte more than a program may have is enough to see that it has too many.
absl::StatusOr<std::string> ReadSource(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(ProgramLimits::kSourceBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad()) return absl::UnavailableError("cannot be read");
  text.resize(static_cast<size_t>(file.gcount()));
  return text;
}

}  // namespace

ProgramShelf ProgramShelf::Load(const std::string& folder) {
  ProgramShelf shelf;
  std::error_code error;
  std::set<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".lab") paths.insert(entry.path());
  }
  if (error) {
    shelf.complaints_.push_back(absl::StrCat("no lab programs: ", folder, ": ", error.message(),
                                             "; --programs says where they are"));
  }
  for (const auto& path : paths) shelf.Add(path.stem().string(), path.string());
  return shelf;
}

void ProgramShelf::Add(const std::string& id, const std::string& path) {
  if (!IsProgramId(id)) {
    complaints_.push_back(
        absl::StrCat(path, " is left out: the name of a program has only a-z, 0-9 and \"_\""));
    return;
  }
  absl::StatusOr<std::string> source = ReadSource(path);
  if (!source.ok()) {
    complaints_.push_back(absl::StrCat(path, " ", std::string(source.status().message())));
    return;
  }
  Compilation compilation = CompileProgram(id, *source);
  if (compilation.program) {
    programs_.push_back({id, *std::move(source), *std::move(compilation.program)});
    return;
  }
  const auto first = std::ranges::find_if(compilation.diagnostics, &Diagnostic::is_error);
  complaints_.push_back(absl::StrCat(path, " is left out: ",
                                     first == compilation.diagnostics.end()
                                         ? std::string("it cannot be compiled")
                                         : absl::StrCat("line ", first->span.line, ", column ",
                                                        first->span.column, ": ", first->message)));
}

const ShelvedProgram* ProgramShelf::Find(std::string_view id) const {
  const auto found = std::ranges::find(programs_, id, &ShelvedProgram::id);
  return found == programs_.end() ? nullptr : &*found;
}

std::string ProgramShelf::Hint(std::string_view id) const {
  std::vector<std::string> ids;
  for (const ShelvedProgram& each : programs_) ids.push_back(each.id);
  return DidYouMean(id, ids, "ListPrograms");
}

std::string ProgramIdOf(const std::string& name) {
  absl::string_view id = name;
  absl::ConsumePrefix(&id, "programs/");
  return IsProgramId({id.data(), id.size()}) ? std::string(id) : "";
}

}  // namespace ipclab
