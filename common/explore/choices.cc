#include "common/explore/choices.h"

#include <bit>

#include "common/program/apply.h"

namespace ipclab {

void AddChoices(const Program& program, const int64_t* state, uint32_t enabled,
                std::vector<Choose>& choices) {
  for (; enabled != 0; enabled &= enabled - 1) {
    const auto worker = static_cast<int8_t>(std::countr_zero(enabled));
    uint32_t may_wake = MayWake(program, state, worker);
    if (may_wake == 0) choices.push_back({worker, -1});
    for (; may_wake != 0; may_wake &= may_wake - 1) {
      choices.push_back({worker, static_cast<int8_t>(std::countr_zero(may_wake))});
    }
  }
}

}  // namespace ipclab
