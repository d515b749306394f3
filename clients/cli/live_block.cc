#include "clients/cli/live_block.h"

#include <unistd.h>

#include "absl/strings/str_cat.h"

namespace ipclab::cli {

// In one call, so that no half of it shows; what a terminal does not take is not worth a failure.
void LiveBlock::Draw(const std::vector<std::string>& lines) {
  const std::string text = Redraw(drawn_, lines);
  [[maybe_unused]] const ssize_t written = ::write(fd_, text.data(), text.size());
  drawn_ = lines.size();
}

std::string Redraw(size_t drawn, const std::vector<std::string>& lines) {
  std::string text = drawn > 0 ? absl::StrCat("\r\033[", drawn, "A") : "";
  for (const std::string& line : lines) absl::StrAppend(&text, line, "\033[K\n");
  return text + "\033[J";  // a block that has become shorter leaves nothing below
}

}  // namespace ipclab::cli
