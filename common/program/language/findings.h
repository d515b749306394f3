// Gathers what is wrong with a program, and finds the name that was meant. Used by all parts of the
// compiler, by one thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/program/compile.h"

namespace ipclab::lang {

class Findings {
 public:
  // What is beyond that many errors helps nobody, and is dropped.
  static constexpr int kMost = 100;

  void Error(const SourceSpan& span, std::string message, std::string hint = "");
  void Warning(const SourceSpan& span, std::string message, std::string hint = "");

  bool failed() const { return errors_ > 0; }
  bool full() const { return errors_ >= kMost; }

  // "did you mean 'lock'?", or empty. After many it is always empty: no text makes it slow.
  std::string DidYouMean(std::string_view word, const std::vector<std::string>& names);

  // In order of the text, nothing twice.
  std::vector<Diagnostic> Take();

 private:
  void Add(Diagnostic diagnostic);

  std::vector<Diagnostic> found_;
  int errors_ = 0;
  int suggestions_ = 0;
};

// The name that is a slip or two away from word; empty where there is none, or too many names to
// look through.
std::string NearestName(std::string_view word, const std::vector<std::string>& names);

// From the first of one piece of text to the last of another.
SourceSpan Cover(const SourceSpan& first, const SourceSpan& last);

}  // namespace ipclab::lang
