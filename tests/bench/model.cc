// What a step of a lab program costs on the model, and how many schedules of one it tries in a
// second. Copying as many words as a state has is the control.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "common/program/apply.h"
#include "common/program/compile.h"
#include "common/program/schedule.h"
#include "common/program/state.h"
#include "tests/common/oracle_programs.h"

namespace ipclab {
namespace {

constexpr std::string_view kBuffer = R"(
shared buffer[5], in, out, count
mutex m
condition not_full, not_empty
process Producer[2] {
  repeat 20 as i {
    lock(m)
    while count == 5 { cond_wait(not_full, m) }
    buffer[in] = i; in = (in + 1) % 5; count = count + 1
    signal(not_empty); unlock(m)
  }
}
process Consumer[2] {
  repeat 20 {
    lock(m)
    while count == 0 { cond_wait(not_empty, m) }
    item = buffer[out]; out = (out + 1) % 5; count = count - 1
    signal(not_full); unlock(m)
  }
}
always count >= 0 && count <= 5
)";

Program Compiled(std::string_view source, const ProgramChoice& choice) {
  Compilation compilation = CompileProgram("model", source, choice);
  if (!compilation.program.has_value()) std::abort();
  return *std::move(compilation.program);
}

Program Counter(const char* variant, int64_t workers, int64_t rounds) {
  return Compiled(kCounterProgram, {variant, {{"workers", workers}, {"rounds", rounds}}});
}

// To the end, by who comes next of those who can: every other step is made by another worker.
std::vector<Choose> RoundRobin(const Program& program) {
  std::vector<int64_t> state(program.state_words);
  BeginProgram(program, state.data(), nullptr);
  std::vector<Choose> steps;
  int last = -1;
  for (uint32_t enabled; (enabled = EnabledOf(program, state.data())) != 0;) {
    const uint32_t behind = enabled & ~((2u << last) - 1);
    last = std::countr_zero(last >= 0 && behind != 0 ? behind : enabled);
    steps.push_back({static_cast<int8_t>(last), -1});
    Apply(program, state.data(), last, -1, nullptr);
  }
  return steps;
}

void Steps(benchmark::State& benchmark, const Program& program) {
  const std::vector<Choose> steps = RoundRobin(program);
  std::vector<int64_t> begin(program.state_words);
  BeginProgram(program, begin.data(), nullptr);
  std::vector<int64_t> state(program.state_words);
  for (auto _ : benchmark) {
    std::copy(begin.begin(), begin.end(), state.begin());
    for (const Choose& step : steps) {
      benchmark::DoNotOptimize(Apply(program, state.data(), step.worker, -1, nullptr));
    }
  }
  benchmark.counters["per_step"] = benchmark::Counter(
      static_cast<double>(steps.size()),
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

// Depth first; the schedules below a state.
int64_t Enumerate(const Program& program, const int64_t* state) {
  constexpr int kMostWords = 64;
  int64_t schedules = 0;
  uint32_t enabled = EnabledOf(program, state);
  if (enabled == 0) return 1;
  for (; enabled != 0; enabled &= enabled - 1) {
    int64_t next[kMostWords];
    std::copy_n(state, program.state_words, next);
    Apply(program, next, std::countr_zero(enabled), -1, nullptr);
    schedules += Enumerate(program, next);
  }
  return schedules;
}

void Schedules(benchmark::State& benchmark, const Program& program) {
  std::vector<int64_t> begin(program.state_words);
  BeginProgram(program, begin.data(), nullptr);
  int64_t schedules = 0;
  for (auto _ : benchmark) schedules += Enumerate(program, begin.data());
  benchmark.SetItemsProcessed(schedules);
  benchmark.SetLabel("schedules");
}

// What a worker that runs free does beside its operations, per operation.
void LocalCode(benchmark::State& benchmark) {
  const Program program = Counter("racy", 1, 1'000'000);
  std::vector<int64_t> words(program.state_words);
  BeginLocal(program, 0, words.data(), nullptr);
  const Frame& frame = *reinterpret_cast<const Frame*>(words.data());
  for (auto _ : benchmark) {
    benchmark::DoNotOptimize(AnnounceLocal(program, 0, words.data()));
    ContinueLocal(program, 0, words.data(), 1, 0, nullptr);
    if (frame.run == RunState::kDone) BeginLocal(program, 0, words.data(), nullptr);
  }
}

void CopyOfAState(benchmark::State& benchmark) {
  const Program program = Counter("racy", 2, 6);
  std::vector<int64_t> from(program.state_words, 1);
  std::vector<int64_t> to(program.state_words);
  for (auto _ : benchmark) {
    std::copy(from.begin(), from.end(), to.begin());
    benchmark::DoNotOptimize(to.data());
    benchmark::ClobberMemory();
  }
  benchmark.SetLabel("the control");
}

BENCHMARK_CAPTURE(Steps, counter, Counter("racy", 2, 6));
BENCHMARK_CAPTURE(Steps, counter_of_eight, Counter("racy", 8, 6));
BENCHMARK_CAPTURE(Steps, mutex, Counter("mutex", 2, 6));
BENCHMARK_CAPTURE(Steps, conditions, Compiled(kBuffer, {}));
BENCHMARK_CAPTURE(Schedules, counter_2x2, Counter("racy", 2, 2));
BENCHMARK_CAPTURE(Schedules, counter_2x4, Counter("racy", 2, 4));
BENCHMARK_CAPTURE(Schedules, counter_2x6, Counter("racy", 2, 6))->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Schedules, mutex_2x6, Counter("mutex", 2, 6));
BENCHMARK(LocalCode);
BENCHMARK(CopyOfAState);

}  // namespace
}  // namespace ipclab
