#include "worker/hello.h"

#include <string>

#include "worker/host_probe.h"

namespace ipclab {
namespace {

// The compiler that built the workers, and how.
std::string Build() {
#if defined(__clang__)
  std::string build = "clang " __clang_version__;
#else
  std::string build = "g++ " __VERSION__;
#endif
#if defined(__OPTIMIZE__)
  build += ", optimized";
#else
  build += ", not optimized";
#endif
#if defined(IPCLAB_SANITIZE)
  build += ", sanitized: " IPCLAB_SANITIZE;
#endif
  return build;
}

}  // namespace

internal::Hello MakeHello(const Heritage& heritage) {
  internal::Hello hello;
  for (const Mechanism* const mechanism : heritage.mechanisms) {
    *hello.add_mechanisms() = Describe(*mechanism);
  }
  v1::Environment& environment = *hello.mutable_environment();
  environment.set_worker_clock(std::string(heritage.clock.name()));
  environment.set_clock_cost_nanos(heritage.clock.cost_nanos());
  environment.set_clock_step_nanos(heritage.clock.step_nanos());
  environment.set_clock_synchronised(heritage.clock.synchronised());
  environment.set_clock_hertz(heritage.clock.hertz());
  environment.set_build(Build());
  for (v1::HostShortcoming& each : ShortcomingsOf(ProbeHost())) {
    *hello.add_shortcomings() = std::move(each);
  }
  return hello;
}

}  // namespace ipclab
