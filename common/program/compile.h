// From the text of a lab program to the program, or to all that is wrong with it.
//
// Pure; no text makes it fail otherwise than by diagnostics, and time and memory are bounded by
// ProgramLimits.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/program/program.h"

namespace ipclab {

struct Diagnostic {
  bool is_error = true;  // else a warning
  SourceSpan span;
  std::string message;  // what is wrong, and what was expected
  std::string hint;     // what to do; may be empty

  bool operator==(const Diagnostic&) const = default;
};

// "my.lab:3:7: error: ...", with the line of text, a mark under the span, and the hint.
std::string FormatDiagnostic(const Diagnostic& diagnostic, std::string_view file,
                             std::string_view source);

struct ProgramChoice {
  std::string variant;                        // empty: the first
  std::map<std::string, int64_t> parameters;  // what is absent has its default
};

struct Compilation {
  std::optional<Program> program;       // absent when there is an error
  std::vector<Diagnostic> diagnostics;  // in order of the text
};

// Parses, checks every variant, and compiles the one that is chosen. name: how schedules call it.
// What is wrong with the choice (no such variant, parameter out of range) is a diagnostic without a
// span.
Compilation CompileProgram(std::string_view name, std::string_view source,
                           const ProgramChoice& choice = {});

// An expression over the cells, parameters and constants of a program, as `until` has it: appended
// to its code. The index of its first instruction; or what is wrong with it.
struct CompiledExpression {
  int expression = -1;
  std::vector<Diagnostic> diagnostics;
};
CompiledExpression CompileExpression(Program& program, std::string_view text);

}  // namespace ipclab
