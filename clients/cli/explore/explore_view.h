// What `ipclab explore` shows on a terminal while it goes on: a value that takes in events, and
// draws itself as a few lines. Not thread safe.
#pragma once

#include <string>
#include <vector>

#include "clients/cli/explore/known_so_far.h"
#include "clients/cli/sparkline.h"
#include "clients/cli/terminal.h"

namespace ipclab::cli {

class ExploreView {
 public:
  // title: what is explored, in a few words.
  ExploreView(std::string title, Glyphs glyphs) : title_(std::move(title)), glyphs_(glyphs) {}

  void Take(const v1::ExploreEvent& event) { known_.Take(event); }

  const KnownSoFar& known() const { return known_; }

  // At most rows lines of at most the terminal's width, less one column.
  std::vector<std::string> Lines(const Terminal& terminal, size_t rows) const;

 private:
  const std::string title_;
  const Glyphs glyphs_;
  KnownSoFar known_;
};

// How far it is, in one line of at most width columns; the least important parts go first.
std::string ProgressText(const v1::ExploreProgress& progress, size_t width, Glyphs glyphs);

}  // namespace ipclab::cli
