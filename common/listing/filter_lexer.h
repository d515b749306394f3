// Cuts the text of a filter into words, quoted texts and operators. For filter.cc only.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace ipclab {

struct FilterToken {
  enum class Kind {
    kWord,      // letters, digits and _ - + . : / without quotes
    kText,      // in quotes; text is without them, escapes resolved
    kOperator,  // = != < <= > >=
    kMistake,   // text is the sentence to say
    kEnd,       // once, at last
  };

  Kind kind;
  std::string text;
  size_t offset;          // in bytes, of its first character
  bool follows_directly;  // nothing lies between it and the token before
};

// Always ends with kEnd.
std::vector<FilterToken> LexFilter(const std::string& filter);

}  // namespace ipclab
