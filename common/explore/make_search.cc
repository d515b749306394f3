// Which search does what is asked for.

#include <cstdio>
#include <cstdlib>

#include "common/explore/dpor.h"
#include "common/explore/enumeration.h"
#include "common/explore/preemption_bounded.h"
#include "common/explore/sampling.h"
#include "common/explore/search.h"
#include "common/explore/state_search.h"

namespace ipclab {
namespace {

[[noreturn]] void EndOfImpossibleSearch(const char* why) {
  std::fprintf(stderr, "MakeSearch: %s\n", why);
  std::abort();
}

std::unique_ptr<Search> MakeCounting(const Program& program, const SearchOptions& options) {
  switch (options.reduction) {
    case Reduction::kStates:
      return MakeStateSearch(program, options);
    case Reduction::kNone:
      return MakeEnumeration(program, options);
    case Reduction::kDpor:
      return MakeDporSearch(program, options);
  }
  EndOfImpossibleSearch("which reduction?");
}

}  // namespace

std::unique_ptr<Search> MakeSearch(const Program& program, const SearchOptions& options) {
  switch (options.mode) {
    case SearchMode::kFind:
      return MakePreemptionBounded(program, options);
    case SearchMode::kCount:
      return MakeCounting(program, options);
    case SearchMode::kSample:
      break;
  }
  if (options.max_schedules <= 0) EndOfImpossibleSearch("how many samples?");
  if (options.depth < 1) EndOfImpossibleSearch("a bug has a depth of 1 at least");
  return MakeSampling(program, options);
}

}  // namespace ipclab
