// Lab programs: any text gives diagnostics that point into it, or a program whose steps stay within
// its state. build/fuzz/fuzz/program -dict=tests/fuzz/program.dict CORPUS programs

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "common/program/apply.h"
#include "common/program/compile.h"
#include "common/program/state.h"

namespace {

constexpr int kSteps = 64;

void Require(bool holds) {
  if (!holds) std::abort();
}

void CheckDiagnostics(const std::vector<ipclab::Diagnostic>& diagnostics,
                      const std::string& source) {
  const auto lines = std::count(source.begin(), source.end(), '\n') + 1;
  for (const ipclab::Diagnostic& each : diagnostics) {
    Require(!each.message.empty());
    Require(each.span.line >= 1 && each.span.line <= lines && each.span.column >= 1);
    Require(each.span.end_line > each.span.line || each.span.end_column >= each.span.column);
    Require(!ipclab::FormatDiagnostic(each, "a.lab", source).empty());
  }
}

void CheckCode(const ipclab::Program& program) {
  using ipclab::Op;
  const auto size = static_cast<int64_t>(program.code.size());
  for (const ipclab::Instruction& each : program.code) {
    if (each.op == Op::kJump || each.op == Op::kJumpIfZero || each.op == Op::kAwait) {
      Require(each.value >= 0 && each.value < size);
    }
    const bool has_object = each.op == Op::kPeek || (IsLabel(each.op) && each.op != Op::kAwait);
    Require(each.object < static_cast<int>(program.objects.size()));
    Require(!has_object || each.object >= 0);
    Require(each.span.line >= 1);
  }
  Require(program.state_words <= ipclab::ProgramLimits::kStateWords);
}

// One worker after the other as far as it comes; which one first is in the hash.
void Run(const ipclab::Program& program) {
  static auto& prints = *new ipclab::PrintLog;
  // Beyond the state there is nothing: the sanitizer watches.
  std::vector<int64_t> state(static_cast<size_t>(program.state_words));
  ipclab::BeginProgram(program, state.data(), &prints);
  uint32_t random = program.hash;
  for (int step = 0; step < kSteps; ++step) {
    const uint32_t enabled = ipclab::EnabledOf(program, state.data());
    if (enabled == 0) break;
    random = random * 1664525u + 1013904223u;
    int worker = static_cast<int>(random >> 28);
    while ((enabled >> worker & 1) == 0) worker = (worker + 1) % ipclab::ProgramLimits::kWorkers;
    ipclab::Apply(program, state.data(), worker, -1, &prints);
  }
  for (const ipclab::Check& each : program.checks) {
    if (each.expression >= 0) ipclab::Evaluate(program, state.data(), each.expression);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string source(reinterpret_cast<const char*>(data), size);
  ipclab::Compilation compilation = ipclab::CompileProgram("fuzz", source);
  CheckDiagnostics(compilation.diagnostics, source);
  const bool failed = std::any_of(compilation.diagnostics.begin(), compilation.diagnostics.end(),
                                  [](const ipclab::Diagnostic& each) { return each.is_error; });
  Require(failed != compilation.program.has_value());
  if (failed) return 0;
  CheckCode(*compilation.program);
  Run(*compilation.program);
  const ipclab::CompiledExpression expression =
      ipclab::CompileExpression(*compilation.program, source.substr(0, source.find('\n')));
  Require((expression.expression >= 0) == expression.diagnostics.empty());
  return 0;
}
