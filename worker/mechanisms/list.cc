// The one list of all mechanisms, in the order in which they are shown.

#include <array>

#include "worker/mechanism.h"

namespace ipclab {

extern const Mechanism kNull;
extern const Mechanism kPipe;

std::span<const Mechanism* const> AllMechanisms() {
  static constexpr std::array kMechanisms = {&kPipe, &kNull};
  return kMechanisms;
}

}  // namespace ipclab
