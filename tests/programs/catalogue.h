// The programs of the catalogue, from the source tree, for tests.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/program/compile.h"

namespace ipclab {

// In order of their names.
const std::vector<std::string>& CatalogueNames();

// The text of one.
std::string CatalogueText(std::string_view name);

// Its objects as the mechanisms make them that the text asks for.
Compilation CompileCatalogue(std::string_view name, std::string_view variant = "",
                             const std::map<std::string, int64_t>& parameters = {});

// A program that compiles. A test that asks for another one ends there.
Program CatalogueProgram(std::string_view name, std::string_view variant = "",
                         const std::map<std::string, int64_t>& parameters = {});

}  // namespace ipclab
