#include "clients/cli/step/screen_writer.h"

#include "absl/strings/str_cat.h"
#include "clients/cli/step/glyphs.h"

namespace ipclab::cli {

std::string ScreenWriter::Draw(const StyledLines& lines) {
  const bool anew = shown_.size() != lines.size();
  std::string text = anew ? "\033[0m\033[2J" : "";
  shown_.resize(lines.size());
  for (size_t i = 0; i < lines.size(); ++i) {
    std::string line = lines[i].Ansi(colours_);
    if (!utf8_) line = AsciiOnly(line);
    if (!anew && line == shown_[i]) continue;
    // Cleared before and not after: behind a full line the cursor stands on its last column.
    absl::StrAppend(&text, "\033[", i + 1, ";1H\033[K", line);
    shown_[i] = std::move(line);
  }
  return text;
}

}  // namespace ipclab::cli
