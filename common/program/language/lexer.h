// From the text of a lab program to its words, numbers, strings and signs. Used by the parser.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/program/language/findings.h"

namespace ipclab::lang {

enum class TokenKind : uint8_t { kName, kNumber, kString, kSign, kEnd };

struct Token {
  TokenKind kind = TokenKind::kEnd;
  bool starts_line = false;  // first of its line
  bool after_space = false;
  std::string_view text;  // as it stands in the source, which must live as long
  SourceSpan span;
  uint64_t number = 0;  // of kNumber: up to 2^63, of which only "-" makes a value
  std::string string;   // of kString: what it says
};

// The last one is kEnd. What is no token is an error in findings, and left out. A source that is
// too long or no UTF-8 is one error, and has no tokens.
std::vector<Token> Tokenize(std::string_view source, Findings& findings);

}  // namespace ipclab::lang
