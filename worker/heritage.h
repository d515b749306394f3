// What every worker is born with, from whichever process forks it; borrowed.
#pragma once

#include <span>

#include "common/clock.h"
#include "worker/mechanism.h"

namespace ipclab {

struct Heritage {
  const Clock& clock;
  std::span<const Mechanism* const> mechanisms;
};

}  // namespace ipclab
