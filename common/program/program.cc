#include "common/program/program.h"

#include "absl/strings/str_cat.h"

namespace ipclab {

std::string LetterOf(int worker) { return std::string(1, static_cast<char>('A' + worker)); }

int FindWorker(const Program& program, std::string_view letter_or_name) {
  for (size_t i = 0; i < program.workers.size(); ++i) {
    const int worker = static_cast<int>(i);
    if (LetterOf(worker) == letter_or_name) return worker;
  }
  for (size_t i = 0; i < program.workers.size(); ++i) {
    if (program.workers[i].name == letter_or_name) return static_cast<int>(i);
  }
  return -1;
}

int FindObject(const Program& program, std::string_view name) {
  for (size_t i = 0; i < program.objects.size(); ++i) {
    if (program.objects[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

std::string HashText(const Program& program) {
  return absl::StrCat(absl::Hex(program.hash, absl::kZeroPad8));
}

}  // namespace ipclab
