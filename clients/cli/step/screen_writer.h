// What must be written to a terminal so that it shows a page, given what it shows already.
#pragma once

#include <string>
#include <vector>

#include "clients/cli/step/styled_line.h"

namespace ipclab::cli {

class ScreenWriter {
 public:
  ScreenWriter(bool colours, bool utf8) : colours_(colours), utf8_(utf8) {}

  // Only those lines that changed.
  std::string Draw(const StyledLines& lines);

  // What the terminal shows is not known any more: it was resized, or left and taken again.
  void Forget() { shown_.clear(); }

 private:
  const bool colours_;
  const bool utf8_;
  std::vector<std::string> shown_;
};

}  // namespace ipclab::cli
