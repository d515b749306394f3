// What stands below the pictures: under which circumstances the figures were taken, and what spoils
// them. Pure.
#pragma once

#include <string>
#include <vector>

#include "clients/cli/plot/item.h"

namespace ipclab::plot {

struct Circumstance {
  std::string name;  // "Host", "Warning"; short, for it stands in a column
  std::string text;
  bool warns = false;

  bool operator==(const Circumstance&) const = default;
};

// In the order in which they are to be read. What is the same for all items is said once.
std::vector<Circumstance> CircumstancesOf(const Results& results);

}  // namespace ipclab::plot
