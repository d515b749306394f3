// Which search does what is asked for.

#include <cstdio>
#include <cstdlib>

#include "common/explore/enumeration.h"
#include "common/explore/search.h"
#include "common/explore/state_search.h"

namespace ipclab {

std::unique_ptr<Search> MakeSearch(const Program& program, const SearchOptions& options) {
  switch (options.mode) {
    case SearchMode::kCount:
      if (options.reduction == Reduction::kNone) return MakeEnumeration(program, options);
      if (options.reduction == Reduction::kStates) return MakeStateSearch(program, options);
      break;
    default:
      break;
  }
  std::fputs("this search cannot be made\n", stderr);
  std::abort();
}

}  // namespace ipclab
