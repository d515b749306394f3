#include "common/explore/failing_prefix.h"

#include <cstdint>

#include "common/explore/outcomes.h"
#include "common/program/apply.h"

namespace ipclab {

std::vector<Choose> FailingPrefix(const Program& program, std::span<const Choose> steps) {
  std::vector<int64_t> state(static_cast<size_t>(program.state_words));
  BeginProgram(program, state.data(), nullptr);
  size_t made = 0;
  while (made < steps.size() && !HasFailed(state.data())) {
    Apply(program, state.data(), steps[made].worker, steps[made].wakes, nullptr);
    ++made;
  }
  return {steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(made)};
}

}  // namespace ipclab
