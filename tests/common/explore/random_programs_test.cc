// Programs that nobody would write: by lot, so that whatever a search takes for equal, unreachable
// or of no consequence is held against what does not.

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "common/explore/lots.h"
#include "tests/common/explore/explored.h"
#include "tests/common/program_run.h"

namespace ipclab {
namespace {

class RandomText {
 public:
  explicit RandomText(uint64_t seed) : lots_(seed) {}

  std::string Program() {
    std::string text =
        "shared x, y\nmutex m\nsemaphore s = 0\ncondition k\nchannel ch[2]\n"
        "always x < 3\nfinally y == 0 || x == y\n";
    const uint64_t processes = 2 + lots_.Below(2);
    for (uint64_t i = 0; i < processes; ++i) {
      text += "process P" + std::to_string(i) + " { a = 0; b = 1; c = self\n";
      for (uint64_t more = lots_.Below(3) + 1; more > 0; --more) text += Statement(2) + "\n";
      text += "}\n";
    }
    return text;
  }

 private:
  std::string Local() { return OneOf<3>({"a", "b", "c"}); }
  std::string Cell() { return OneOf<2>({"x", "y"}); }

  template <size_t count>
  std::string OneOf(const std::array<std::string, count>& all) {
    return all[lots_.Below(count)];
  }

  std::string Value(int depth) {
    const std::string simple = OneOf<5>({"0", "1", "2", Local(), Cell()});
    if (depth == 0 || lots_.Below(2) == 0) return simple;
    return "(" + simple + OneOf<3>({" + ", " == ", " && "}) + Value(depth - 1) + ")";
  }

  std::string Block(int depth) {
    return "{ " + Statement(depth - 1) + "\n" + Statement(depth - 1) + " }";
  }

  std::string Statement(int depth) {
    const std::string simple =
        OneOf<11>({Local() + " = " + Value(1), Cell() + " = " + Value(1), Local() + " = " + Cell(),
                   "await(" + Cell() + " <= " + Local() + " || " + Cell() + " == 1)",
                   OneOf<2>({"lock(m)", "unlock(m)"}), OneOf<2>({"trywait(s)", "post(s)"}),
                   OneOf<2>({"signal(k)", "broadcast(k)"}), OneOf<2>({"print a", "send(ch, b)"}),
                   "if error == 11 { x = 2 }", Local() + " = 6 / " + Value(0),
                   "lock(m); cond_wait(k, m); unlock(m)"});
    if (depth == 0 || lots_.Below(3) != 0) return simple;
    return OneOf<3>({"if " + Value(1) + " " + Block(depth) + " else " + Block(depth),
                     "repeat 2 " + Block(depth), "while " + Value(0) + " > 1 " + Block(depth)});
  }

  Lots lots_;
};

using Rows = std::map<std::pair<std::string, bool>, std::string>;

Rows RowsOf(const Exploration& exploration) {
  Rows rows;
  for (const OutcomeTally& each : exploration.outcomes) {
    rows[{each.outcome, each.failing}] = CountText(each.schedules);
  }
  return rows;
}

TEST(RandomProgramsTest, AllSearchesSayTheSameOfThem) {
  int compared = 0;
  for (uint64_t seed = 1; seed <= 1'000; ++seed) {
    const std::string text = RandomText(seed).Program();
    SCOPED_TRACE(text);
    const Program program = Compiled(text);
    // Some have no end of states.
    const Exploration states =
        Explored(program, {.mode = SearchMode::kCount, .max_bytes = 1 << 18});
    if (!states.complete) continue;
    const Exploration found = Explored(program, {.mode = SearchMode::kFind, .max_preemptions = 30});
    EXPECT_EQ(found.found.has_value(), states.found.has_value());
    EXPECT_EQ(found.least_preemptions, states.least_preemptions);
    EXPECT_EQ(found.exhausted, !states.found.has_value());
    if (states.cyclic || states.schedules > 1'000) continue;
    const Exploration each = Counted(program, Reduction::kNone);
    EXPECT_EQ(RowsOf(each), RowsOf(states));
    EXPECT_EQ(each.least_preemptions, states.least_preemptions);
    ++compared;
  }
  EXPECT_GT(compared, 500);
}

}  // namespace
}  // namespace ipclab
