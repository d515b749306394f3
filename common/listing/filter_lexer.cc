#include "common/listing/filter_lexer.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace ipclab {
namespace {

using Kind = FilterToken::Kind;

constexpr char kPunctuation[] = "_-+.:/";
constexpr char kEscapes[] = "\"'\\nrt";     // what may follow a backslash,
constexpr char kEscaped[] = "\"'\\\n\r\t";  // and what it stands for

bool IsWord(char each) {
  return absl::ascii_isalnum(static_cast<unsigned char>(each)) ||
         absl::string_view(kPunctuation).find(each) != absl::string_view::npos;
}

class Lexer {
 public:
  explicit Lexer(const std::string& filter) : filter_(filter) {}

  std::vector<FilterToken> Run() {
    while (true) {
      const size_t gap = at_;
      while (at_ < filter_.size() &&
             absl::ascii_isspace(static_cast<unsigned char>(filter_[at_]))) {
        ++at_;
      }
      const size_t start = at_;
      FilterToken token = Next();
      token.offset = start;
      token.follows_directly = gap == start;
      tokens_.push_back(std::move(token));
      if (tokens_.back().kind == Kind::kEnd) return std::move(tokens_);
    }
  }

 private:
  static FilterToken Token(Kind kind, std::string text) {
    return {kind, std::move(text), 0, false};
  }

  FilterToken Next() {
    if (at_ == filter_.size()) return Token(Kind::kEnd, "");
    const char first = filter_[at_];
    if (IsWord(first)) return Word();
    if (first == '"' || first == '\'') return Text(first);
    if (first == '=' || first == '<' || first == '>' || first == '!') return Operator(first);
    // A whole character, which may be several bytes.
    const size_t start = at_++;
    while (at_ < filter_.size() && (static_cast<unsigned char>(filter_[at_]) & 0xc0) == 0x80) ++at_;
    return Token(
        Kind::kMistake,
        absl::StrCat("'", absl::Utf8SafeCEscape(filter_.substr(start, at_ - start)),
                     "' has no meaning here; put values that are more than letters, digits "
                     "and _ - + . : / in quotes, and join comparisons by AND alone"));
  }

  FilterToken Word() {
    const size_t start = at_;
    while (at_ < filter_.size() && IsWord(filter_[at_])) ++at_;
    return Token(Kind::kWord, filter_.substr(start, at_ - start));
  }

  FilterToken Operator(char first) {
    ++at_;
    const bool with_equals = first != '=' && at_ < filter_.size() && filter_[at_] == '=';
    if (with_equals) ++at_;
    if (first == '!' && !with_equals) {
      return Token(Kind::kMistake, "'!' has no meaning alone; the operator is !=");
    }
    return Token(Kind::kOperator, std::string(1, first) + (with_equals ? "=" : ""));
  }

  // To the closing quote even after a mistake, so that the rest is not taken for something else.
  FilterToken Text(char quote) {
    std::string text;
    std::string mistake;
    for (++at_; at_ < filter_.size(); ++at_) {
      const char each = filter_[at_];
      if (each == quote) {
        ++at_;
        if (!mistake.empty()) return Token(Kind::kMistake, mistake);
        return Token(Kind::kText, text);
      }
      if (each != '\\') {
        text += each;
        continue;
      }
      if (++at_ == filter_.size()) break;
      const size_t escape = absl::string_view(kEscapes).find(filter_[at_]);
      if (escape == absl::string_view::npos) {
        mistake = R"(the quoted text that starts here has an escape other than \" \' \\ \n \r \t)";
      } else {
        text += kEscaped[escape];
      }
    }
    return Token(Kind::kMistake, "the quoted text that starts here has no closing quote");
  }

  const std::string& filter_;
  size_t at_ = 0;
  std::vector<FilterToken> tokens_;
};

}  // namespace

std::vector<FilterToken> LexFilter(const std::string& filter) { return Lexer(filter).Run(); }

}  // namespace ipclab
