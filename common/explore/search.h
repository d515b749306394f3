// Looking for schedules of a lab program: what is to be looked for, the search itself, and what
// came of it. Pure: the model alone, one thread, no I/O, no clock.
//
// A search hands out runs: schedules, from step 0 on, that processes may make beside the model.
// That it has none left is when it is over; who stops earlier gets what is known so far.
//
//   auto search = MakeSearch(program, {.mode = SearchMode::kCount});
//   while (const Run* run = search->Next()) Make(*run);
//   Exploration all = search->Result();
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/explore/count.h"
#include "common/program/program.h"
#include "common/program/schedule.h"

namespace ipclab {

enum class SearchMode : uint8_t {
  kFind,    // the first failure, by as few preemptions as it takes
  kCount,   // every schedule
  kSample,  // some of too many
};

// How kCount counts.
enum class Reduction : uint8_t {
  kStates,  // each distinct state expanded once, schedules counted over their graph
  kNone,    // each schedule by itself
  kDpor,    // one schedule at least of all that differ only in the order of independent steps
};

enum class Sampler : uint8_t { kPct, kUniform };

struct SearchOptions {
  SearchMode mode = SearchMode::kFind;
  Reduction reduction = Reduction::kStates;
  Sampler sampler = Sampler::kPct;
  int max_preemptions = 3;               // of kFind
  int depth = 3;                         // of kPct: bugs that so many ordered pairs of steps decide
  uint64_t seed = 1;                     // of kSample
  int64_t max_schedules = 0;             // 0: as many as there are; of kSample that is refused
  int64_t max_steps = 10'000;            // of one schedule; what is longer is truncated
  int64_t max_bytes = int64_t{1} << 30;  // for states, and whatever else grows
};

// A schedule from step 0 on. Borrowed until the next one.
struct Run {
  std::span<const Choose> steps;
  const int64_t* state = nullptr;  // where it leads to
  bool is_whole = false;           // nobody can go on
};

// How a schedule can end, and how many do. Named as OutcomeText has it; where some that end alike
// fail and others do not, there are two of them, the failing one behind.
struct OutcomeTally {
  std::string outcome;
  Count schedules = 0;  // of kDpor, and of what is cyclic: 0, for nobody knows
  bool failing = false;
  bool deadlocked = false;
};

// For ever, though nobody who could go on is kept from it: stem once, then loop again and again.
struct Lasso {
  std::vector<Choose> stem;
  std::vector<Choose> loop;
};

struct Exploration {
  // All that was to be looked at was; else why not: "the limit of 1024 MiB", as in "stopped at
  // ...".
  bool complete = false;
  std::string stopped_at;

  // Distinct schedules so far: all of them, where it is complete and not cyclic. Of kFind and of
  // kDpor those that were looked at.
  Count schedules = 0;
  Count failing = 0;
  Count deadlocked = 0;   // a part of failing
  bool overflow = false;  // a number needs more than 127 bits: those above mean nothing
  bool cyclic = false;    // by kStates: there are infinitely many schedules; those above are 0

  int64_t states = 0;        // distinct ones; 0 where nobody looks
  int64_t runs = 0;          // that Next gave
  int64_t steps = 0;         // of them
  int64_t truncated = 0;     // of them, at max_steps
  std::optional<int> bound;  // of kFind: all with at most so many preemptions were looked at
  // Of kFind: there is no schedule that has more than bound.
  bool exhausted = false;
  std::optional<int>
      least_preemptions;  // of a failing schedule; by kDpor and kSample of those seen

  // By outcome, in order of their text; the outcomes themselves are all there are, where complete.
  std::vector<OutcomeTally> outcomes;

  // The first failing schedule that was found, up to the step that fails.
  std::optional<std::vector<Choose>> found;
  std::optional<Lasso> livelock;
};

class Search {
 public:
  virtual ~Search() = default;

  // The next run; null when there is none left, or a limit is reached.
  virtual const Run* Next() = 0;

  // As it stands; at any time. Costs what there is to count: not for every run.
  virtual Exploration Result() const = 0;

  // What is cheap to ask at any time.
  struct Progress {
    Count schedules = 0;  // looked at
    int64_t states = 0;
    std::optional<int> bound;  // that is looked at now
    int64_t bytes = 0;
  };
  virtual Progress progress() const = 0;
};

// program must outlive it and not change.
std::unique_ptr<Search> MakeSearch(const Program& program, const SearchOptions& options);

}  // namespace ipclab
