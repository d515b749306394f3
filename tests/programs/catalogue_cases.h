// What is known of every program and variant of the catalogue: whether it can fail, by which
// schedule, and how many courses it has. For the tests of the model and of real processes.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "common/program/program.h"
#include "common/program/schedule.h"

namespace ipclab {

// Of the numbers of schedules.
inline constexpr int64_t kCircular = -1;  // some course goes in a circle
inline constexpr int64_t kVast = -2;      // more than 63 bits can count

struct CatalogueCase {
  std::string_view program;
  std::string_view variant;
  // The items of a schedule that ends with the first failure, with as few preemptions as any has;
  // empty of what cannot fail.
  std::string_view schedule;
  std::string_view failure;  // how that is called
  int64_t preemptions;       // in it
  int64_t states;            // distinct ones; with the parameters' own values, as all of this
  int64_t schedules;
  int64_t failing;  // schedules

  bool fails() const { return !schedule.empty(); }
  std::string name() const;  // "lost_update_racy"
};

// For GoogleTest.
void PrintTo(const CatalogueCase& each, std::ostream* out);

// By program, in the order of its variants.
const std::vector<CatalogueCase>& CatalogueCases();

// Its own schedule; of what cannot fail, that of the program's first variant, which can.
std::string_view ScheduleFor(const CatalogueCase& each);

// The steps of these items.
std::vector<Choose> StepsOf(std::string_view items);

// These items as far as they are possible, then whoever comes first, to the end or to most_steps.
std::vector<Choose> CourseAlong(const Program& program, std::string_view items, int most_steps);

}  // namespace ipclab
