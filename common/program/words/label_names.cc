// Labels by their lines: what breakpoints are set at.

#include <algorithm>
#include <charconv>
#include <map>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/program/words.h"

namespace ipclab {
namespace {

// The process whose code an instruction is: the last one that begins before it.
int ProcessOf(const Program& program, int pc) {
  int found = -1;
  for (size_t i = 0; i < program.processes.size(); ++i) {
    const int entry = program.processes[i].entry;
    if (entry > pc) continue;
    if (found < 0 || entry > program.processes[found].entry) found = static_cast<int>(i);
  }
  return found;
}

// The first is 1.
int NumberOnItsLine(const Program& program, int pc) {
  int number = 1;
  const int process = ProcessOf(program, pc);
  for (int i = process < 0 ? 0 : program.processes[process].entry; i < pc; ++i) {
    const Instruction& other = program.code[i];
    number += IsLabel(other.op) && other.span.line == program.code[pc].span.line;
  }
  return number;
}

std::vector<int> LabelsOf(const Program& program) {
  std::vector<int> labels;
  for (size_t pc = 0; pc < program.code.size(); ++pc) {
    if (IsLabel(program.code[pc].op)) labels.push_back(static_cast<int>(pc));
  }
  return labels;
}

bool TakeNumber(std::string_view& text, int& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 1) return false;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return true;
}

absl::Status NoLabel(const Program& program, std::string_view name, absl::string_view flaw) {
  std::vector<int> lines;
  for (const int pc : LabelsOf(program)) lines.push_back(program.code[pc].span.line);
  std::sort(lines.begin(), lines.end());
  lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
  return absl::InvalidArgumentError(
      absl::StrCat("label '", absl::string_view(name.data(), name.size()), "': ", flaw,
                   "; lines with labels: ", absl::StrJoin(lines, ", ")));
}

}  // namespace

std::string LabelName(const Program& program, int pc) {
  const int number = NumberOnItsLine(program, pc);
  const std::string line = absl::StrCat(program.code[pc].span.line);
  return number == 1 ? line : absl::StrCat(line, ".", number);
}

absl::StatusOr<LabelSet> FindLabels(const Program& program, std::string_view name) {
  LabelSet found;
  std::string_view rest = name;
  const size_t at = rest.find('@');
  if (at != std::string_view::npos) {
    found.worker = FindWorker(program, rest.substr(0, at));
    if (found.worker < 0) return NoLabel(program, name, "there is no such worker before '@'");
    rest.remove_prefix(at + 1);
  }
  int line = 0;
  int number = 0;
  bool is_read = TakeNumber(rest, line);
  if (is_read && rest.starts_with('.')) {
    rest.remove_prefix(1);
    is_read = TakeNumber(rest, number);
  }
  if (!is_read || !rest.empty()) {
    return NoLabel(program, name, "expected a line as in 14, 14.2 or A@14");
  }
  for (const int pc : LabelsOf(program)) {
    if (program.code[pc].span.line != line) continue;
    if (number != 0 && NumberOnItsLine(program, pc) != number) continue;
    if (found.worker >= 0 && ProcessOf(program, pc) != program.workers[found.worker].process) {
      continue;
    }
    found.pcs.push_back(pc);
  }
  if (found.pcs.empty()) return NoLabel(program, name, "there is no label");
  return found;
}

}  // namespace ipclab
