// Filters of lists: any text gives comparisons that fit their fields, or mistakes at columns that
// exist.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "common/listing/filter.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using ipclab::FilterField;
  using Kind = FilterField::Kind;
  static const auto& fields = *new std::vector<FilterField>{
      {"name", Kind::kText},  {"state", Kind::kChoice, {"READY", "RUNNING"}},
      {"labels", Kind::kMap}, {"step", Kind::kNumber},
      {"time", Kind::kTime},
  };
  const std::string text(reinterpret_cast<const char*>(data), size);
  const ipclab::Filter filter = ipclab::ParseFilter(text, fields);
  for (const ipclab::FilterMistake& mistake : filter.mistakes) {
    if (mistake.column < 1 || mistake.column > size + 1 || mistake.message.empty()) std::abort();
  }
  if (filter.comparisons.size() > ipclab::kMaxFilterComparisons) std::abort();
  for (const ipclab::FilterComparison& comparison : filter.comparisons) {
    const FilterField& field = fields.at(comparison.field);
    const size_t type = field.kind == Kind::kNumber ? 1 : field.kind == Kind::kTime ? 2 : 0;
    if (comparison.value.index() != type) std::abort();
    if ((field.kind == Kind::kMap) == comparison.key.empty()) std::abort();
  }
  return 0;
}
