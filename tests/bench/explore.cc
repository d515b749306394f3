// What exploring a lab program over the model takes: every schedule by itself, all of them counted
// over the graph of states, and the first that fails. Copying as many words as a state has is the
// control, as of the benchmark of the model.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "common/explore/search.h"
#include "common/program/compile.h"
#include "tests/common/oracle_programs.h"

namespace ipclab {
namespace {

Program Counter(const char* variant, int64_t workers, int64_t rounds) {
  Compilation compilation = CompileProgram("explore", kCounterProgram,
                                           {variant, {{"workers", workers}, {"rounds", rounds}}});
  if (!compilation.program.has_value()) std::abort();
  return *std::move(compilation.program);
}

// To the end, then the result; of each time the schedules that there are to count.
void Explore(benchmark::State& benchmark, const Program& program, const SearchOptions& options) {
  Exploration exploration;
  int64_t bytes = 0;
  for (auto _ : benchmark) {
    const auto search = MakeSearch(program, options);
    while (search->Next() != nullptr) {
    }
    exploration = search->Result();
    bytes = search->progress().bytes;
  }
  benchmark.SetItemsProcessed(exploration.runs * static_cast<int64_t>(benchmark.iterations()));
  benchmark.counters["states"] = static_cast<double>(exploration.states);
  benchmark.counters["bytes"] = static_cast<double>(bytes);
  benchmark.SetLabel(CountText(exploration.schedules) + " schedules; items are runs");
}

void CopyOfASearchedState(benchmark::State& benchmark) {
  const Program program = Counter("racy", 3, 4);
  std::vector<int64_t> from(program.state_words, 1);
  std::vector<int64_t> to(program.state_words);
  for (auto _ : benchmark) {
    std::copy(from.begin(), from.end(), to.begin());
    benchmark::DoNotOptimize(to.data());
    benchmark::ClobberMemory();
  }
  benchmark.SetLabel("the control");
}

const SearchOptions kEach{.mode = SearchMode::kCount, .reduction = Reduction::kNone};
const SearchOptions kStates{.mode = SearchMode::kCount, .reduction = Reduction::kStates};
const SearchOptions kFind{.mode = SearchMode::kFind};
const SearchOptions kPct{.mode = SearchMode::kSample, .max_schedules = 1'000};

BENCHMARK_CAPTURE(Explore, each_2x4, Counter("racy", 2, 4), kEach)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Explore, count_2x6, Counter("racy", 2, 6), kStates)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Explore, count_3x4, Counter("racy", 3, 4), kStates)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Explore, find_3x4, Counter("racy", 3, 4), kFind)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(Explore, find_mutex_3x4, Counter("mutex", 3, 4), kFind)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Explore, pct_3x4, Counter("racy", 3, 4), kPct)->Unit(benchmark::kMillisecond);
BENCHMARK(CopyOfASearchedState);

}  // namespace
}  // namespace ipclab
