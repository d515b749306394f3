#include "tests/programs/catalogue.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace ipclab {
namespace {

const std::filesystem::path& Folder() {
  static const auto& folder = *new std::filesystem::path(IPCLAB_SOURCES "/programs");
  return folder;
}

// What the mechanisms that the texts ask for decide; the others hand records over in order.
void Bind(Program& program) {
  for (ProgramObject& object : program.objects) {
    if (object.mechanism == "posix_mq") object.discipline = Discipline::kByPriority;
    if (object.mechanism == "sysv_mq") object.discipline = Discipline::kByType;
  }
}

}  // namespace

const std::vector<std::string>& CatalogueNames() {
  static const auto& names = *[] {
    auto* const found = new std::vector<std::string>;
    for (const auto& file : std::filesystem::directory_iterator(Folder())) {
      if (file.path().extension() == ".lab") found->push_back(file.path().stem());
    }
    std::sort(found->begin(), found->end());
    return found;
  }();
  return names;
}

std::string CatalogueText(std::string_view name) {
  std::ifstream file(Folder() / (std::string(name) + ".lab"));
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Compilation CompileCatalogue(std::string_view name, std::string_view variant,
                             const std::map<std::string, int64_t>& parameters) {
  Compilation compilation =
      CompileProgram(name, CatalogueText(name), {std::string(variant), parameters});
  if (compilation.program) Bind(*compilation.program);
  return compilation;
}

Program CatalogueProgram(std::string_view name, std::string_view variant,
                         const std::map<std::string, int64_t>& parameters) {
  Compilation compilation = CompileCatalogue(name, variant, parameters);
  if (compilation.program) return *std::move(compilation.program);
  const std::string text = CatalogueText(name);
  for (const Diagnostic& each : compilation.diagnostics) {
    std::fputs(FormatDiagnostic(each, std::string(name) + ".lab", text).c_str(), stderr);
  }
  std::abort();
}

}  // namespace ipclab
