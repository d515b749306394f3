#include "worker/mechanisms/kernel_limit.h"

#include <fstream>

#include "absl/strings/str_cat.h"

namespace ipclab {

std::optional<int64_t> ReadSysctl(std::string_view path) {
  std::ifstream file(absl::StrCat("/proc/sys/", std::string(path)));
  int64_t value;
  if (!(file >> value)) return std::nullopt;
  return value;
}

v1::Limit MakeLimit(std::string_view name, int64_t value, std::string_view changed_by) {
  v1::Limit limit;
  limit.set_name(std::string(name));
  limit.set_value(value);
  limit.set_changed_by(std::string(changed_by));
  return limit;
}

}  // namespace ipclab
