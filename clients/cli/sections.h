// A page for people: sections of named lines under a title.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "clients/cli/terminal.h"

namespace ipclab::cli {

// Name and value. A line whose value is empty is left out.
using NamedLines = std::vector<std::pair<std::string, std::string>>;

// The title, and the lines indented below it, their values aligned and wrapped. Empty without
// lines.
std::string Section(const std::string& title, const NamedLines& lines, const Terminal& terminal);

// Text that is indented by two columns, line by line.
std::string Indented(const std::string& text);

}  // namespace ipclab::cli
