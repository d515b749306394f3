// A few lines at the bottom of a terminal that are drawn over again and again.
//
// Not thread safe. What else is written to the terminal meanwhile spoils the drawing.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace ipclab::cli {

class LiveBlock {
 public:
  explicit LiveBlock(int fd) : fd_(fd) {}

  // Draws the lines in place of the ones before. Each must fit the terminal's width.
  void Draw(const std::vector<std::string>& lines);

 private:
  const int fd_;
  size_t drawn_ = 0;
};

// What takes the cursor over so many lines drawn before and replaces them.
std::string Redraw(size_t drawn, const std::vector<std::string>& lines);

}  // namespace ipclab::cli
