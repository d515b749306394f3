// The programs of the table of exact numbers.
#pragma once

#include <string_view>

namespace ipclab {

inline constexpr std::string_view kCounterProgram = R"(
param workers = 2 in 1..8
param rounds  = 1 in 1..1000000
variant racy, mutex
shared counter = 0
mutex m
process P[workers] {
  repeat rounds {
    if variant == mutex { lock(m) }
    counter = counter + 1
    if variant == mutex { unlock(m) }
  }
}
finally counter == workers * rounds
)";

inline constexpr std::string_view kTwoLocksProgram = R"(
variant opposite, same
mutex m, n
process First  { lock(m); lock(n); unlock(n); unlock(m) }
process Second {
  if variant == opposite { lock(n); lock(m); unlock(m); unlock(n) }
  if variant == same     { lock(m); lock(n); unlock(n); unlock(m) }
}
)";

inline constexpr std::string_view kPhilosophersProgram = R"(
variant left_first, ordered
mutex fork[3]
process Philosopher[3] {
  first = self
  second = (self + 1) % 3
  if variant == ordered {
    if second < first { first = second; second = self }
  }
  lock(fork[first]); lock(fork[second])
  unlock(fork[second]); unlock(fork[first])
}
)";

inline constexpr std::string_view kRoomProgram = R"(
semaphore s = 2
process Guest[3] {
  wait(s)
  critical room max 2 { }
  post(s)
}
)";

}  // namespace ipclab
