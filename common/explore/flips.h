// Which dependent steps two courses of a program make in different order. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "common/explore/dependency_table.h"
#include "common/explore/trail.h"

namespace ipclab {

struct FlippedPair {
  CourseStep first;     // in the failing course
  CourseStep second;    // made later there, or never
  bool is_made = true;  // the second one, there
};

struct Flips {
  int64_t dependent = 0;  // pairs of dependent steps that are the other way round
  int64_t all = 0;        // pairs of any steps of the failing course that are
  // That of the dependent ones which is earliest in the failing course.
  std::optional<FlippedPair> earliest;
};

// Steps are the same where worker and number are; one that was never made comes behind all others.
Flips FlipsBetween(const DependencyTable& table, const Trail& failing, const Trail& passing);

}  // namespace ipclab
