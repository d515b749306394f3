#include "common/program/words/phrases.h"

#include "absl/strings/str_cat.h"

namespace ipclab {

std::string ObjectName(const Program& program, int object, int element) {
  if (object < 0) return "";
  const ProgramObject& described = program.objects[object];
  if (described.kind != ObjectKind::kCells || !described.is_array) return described.name;
  return absl::StrCat(described.name, "[", element, "]");
}

std::string Letters(const std::vector<int>& workers) {
  std::string letters;
  for (size_t i = 0; i < workers.size(); ++i) {
    if (i > 0) letters += i + 1 == workers.size() ? " and " : ", ";
    letters += LetterOf(workers[i]);
  }
  return letters;
}

std::vector<int> WorkersOf(uint64_t bits) {
  std::vector<int> workers;
  for (int worker = 0; worker < ProgramLimits::kWorkers; ++worker) {
    if ((bits >> worker & 1) != 0) workers.push_back(worker);
  }
  return workers;
}

std::string RecordsText(int64_t records) {
  return absl::StrCat(records, records == 1 ? " record" : " records");
}

}  // namespace ipclab
