// Small lab programs drawn by lot: some make sense, most do not, and all have courses that differ.
#pragma once

#include <cstdint>
#include <iterator>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"

namespace ipclab {

// The same text for the same seed, on every machine. What each worker saw last is shown by a cell.
inline std::string RandomProgram(uint32_t seed) {
  static constexpr const char* kStatements[] = {
      "x = y",
      "x = x + 1",
      "seen = x",
      "seen = seen * 3 + atomic_add(x, 1)",
      "if x > 0 { y = 1 }",
      "await(x > 0 || y == 1)",
      "lock(m); x = x + 2; unlock(m)",
      "lock(m); lock(n); unlock(n); unlock(m)",
      "lock(n); lock(m); seen = y; unlock(m); unlock(n)",
      "lock(m); cond_wait(c, m); seen = x; unlock(m)",
      "lock(m); cond_wait(c, m); y = y + 1; unlock(m)",
      "signal(c)",
      "broadcast(c)",
      "wait(s)",
      "post(s)",
      "if trywait(s) { seen = y; post(s) }",
      "if trylock(m) { unlock(m) }",
      "unlock(m)",
      "send(q, x)",
      "seen = receive(q)",
      "read_lock(r); seen = x; unlock(r)",
      "write_lock(r); y = y + 2; unlock(r)",
      "barrier_wait(b)",
      "futex_wait(x, 0)",
      "seen = futex_wake(x, 1)",
      "critical k max 1 { }",
      "critical k max 1 { y = y + 1 }",
      "assert seen < 2",
      "seen = seen + cas(x, 0, 2)",
      "a[y % 2 * (y > 0)] = x",
      "seen = exchange(a[1], 7)",
  };
  std::mt19937 lots(seed);
  const auto draw = [&lots](size_t count) { return lots() % count; };
  std::string text =
      "shared x = 0\nshared y = 0\nshared a[2]\nmutex m, n\nsemaphore s = 1\ncondition c\n"
      "rwlock r\nbarrier b = 2\nchannel q[1]\n";
  const size_t workers = 2 + draw(2);
  for (size_t i = 0; i < workers; ++i) absl::StrAppend(&text, "shared last", i, " = 0\n");
  for (size_t i = 0; i < workers; ++i) {
    absl::StrAppend(&text, "process P", i, " {\n  seen = 0\n");
    const size_t statements = 2 + draw(workers == 2 ? 4 : 2);
    for (size_t j = 0; j < statements; ++j) {
      absl::StrAppend(&text, "  ", kStatements[draw(std::size(kStatements))], "\n");
    }
    absl::StrAppend(&text, "  last", i, " = seen\n}\n");
  }
  if (draw(2) == 0) absl::StrAppend(&text, "always x <= y + 1\n");
  if (draw(2) == 0) absl::StrAppend(&text, "finally a[0] + a[1] != 7\n");
  return text;
}

}  // namespace ipclab
