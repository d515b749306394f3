#include "common/program/language/lexer.h"
#include "common/program/language/sentence.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/ascii.h"

namespace ipclab::lang {
namespace {

// Longer ones first. Some are there only to be named in a message.
constexpr std::array<std::string_view, 39> kSigns = {
    "<<=", ">>=", "...", "==", "!=", "<=", ">=", "&&", "||", "..", "++", "--", "+=",
    "-=",  "*=",  "/=",  "%=", "=>", "->", "<<", ">>", "+",  "-",  "*",  "/",  "%",
    "=",   "<",   ">",   "!",  "(",  ")",  "[",  "]",  "{",  "}",  ",",  ";",  ":"};
constexpr std::string_view kLoneSigns = "&|^?~.@$";
constexpr uint64_t kLargest = uint64_t{1} << 63;

bool StartsName(char each) {
  return absl::ascii_isalpha(static_cast<unsigned char>(each)) || each == '_';
}
bool ContinuesName(char each) {
  return StartsName(each) || absl::ascii_isdigit(static_cast<unsigned char>(each));
}
bool IsDigit(char each) { return absl::ascii_isdigit(static_cast<unsigned char>(each)); }

// The bytes of the character at the beginning of text; 0 where that is no UTF-8.
size_t CharacterBytes(std::string_view text) {
  const auto byte = [text](size_t i) -> unsigned {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const size_t bytes = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4) return 0;
  for (size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const unsigned second = byte(1);
  if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
      (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f)) {
    return 0;
  }
  return bytes;
}

// For a message: without control characters.
std::string Printable(std::string_view text) {
  std::string printable(text);
  for (char& each : printable) {
    if (static_cast<unsigned char>(each) < 0x20 || each == 0x7f) each = '?';
  }
  return printable;
}

// Of those that word processors make, and of characters in C.
bool IsQuote(std::string_view text) {
  constexpr std::array<std::string_view, 6> kQuotes = {"'",      "\u201c", "\u201d",
                                                       "\u201e", "\u2018", "\u2019"};
  return std::find(kQuotes.begin(), kQuotes.end(), text) != kQuotes.end();
}

class Lexer {
 public:
  Lexer(std::string_view source, Findings& findings) : source_(source), findings_(findings) {}

  std::vector<Token> Run() {
    if (!IsText()) {
      tokens_.clear();
      Add(TokenKind::kEnd, 0, 0);
      return std::move(tokens_);
    }
    while (true) {
      const size_t gap = at_;
      SkipSpace();
      after_space_ = at_ > gap;
      if (at_ == source_.size()) break;
      Next();
    }
    Add(TokenKind::kEnd, at_, at_);
    return std::move(tokens_);
  }

 private:
  bool IsText() {
    if (source_.size() > ProgramLimits::kSourceBytes) {
      findings_.Error({1, 1, 1, 1},
                      Sentence("the program is ", source_.size(), " bytes long; at most ",
                               ProgramLimits::kSourceBytes, " are taken"));
      return false;
    }
    SourceSpan span{1, 1, 1, 2};
    for (size_t at = 0; at < source_.size();) {
      const size_t bytes = CharacterBytes(source_.substr(at));
      if (bytes == 0) {
        findings_.Error(span, "this is no text in UTF-8",
                        "save the file in the encoding UTF-8, or write ASCII");
        return false;
      }
      if (source_[at] == '\n') {
        ++span.line;
        span.column = 0;
      }
      at += bytes;
      span.column += static_cast<int>(source_[at - bytes] == '\n' ? 1 : bytes);
      span.end_line = span.line;
      span.end_column = span.column + 1;
    }
    return true;
  }

  char Peek(size_t ahead = 0) const {
    return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
  }
  bool Sees(std::string_view text) const { return source_.substr(at_, text.size()) == text; }
  int ColumnOf(size_t offset) const { return static_cast<int>(offset - line_start_) + 1; }
  SourceSpan SpanOf(size_t begin, size_t end) const {
    return {line_, ColumnOf(begin), line_, ColumnOf(end)};
  }

  void SkipSpace() {
    while (at_ < source_.size()) {
      const char each = source_[at_];
      if (each == '\n') {
        ++line_;
        line_start_ = at_ + 1;
        new_line_ = true;
      } else if (each == '#' || Sees("//")) {
        at_ = std::min(source_.find('\n', at_), source_.size());
        continue;
      } else if (each != ' ' && each != '\t' && each != '\r') {
        return;
      }
      ++at_;
    }
  }

  Token& Add(TokenKind kind, size_t begin, size_t end) {
    Token token;
    token.kind = kind;
    token.starts_line = new_line_;
    token.after_space = after_space_;
    token.text = source_.substr(begin, end - begin);
    token.span = SpanOf(begin, end);
    new_line_ = false;
    tokens_.push_back(std::move(token));
    return tokens_.back();
  }

  void Next() {
    const size_t begin = at_;
    if (StartsName(Peek())) {
      while (ContinuesName(Peek())) ++at_;
      Add(TokenKind::kName, begin, at_);
    } else if (IsDigit(Peek())) {
      Number();
    } else if (Peek() == '"') {
      String();
    } else if (Sees("/*")) {
      findings_.Error(SpanOf(begin, begin + 2), "'/*' has no meaning here",
                      "comments start with # or // and go to the end of the line");
      at_ = std::min(source_.find('\n', at_), source_.size());
    } else {
      Sign();
    }
  }

  void Number() {
    const size_t begin = at_;
    const bool hexadecimal = Peek() == '0' && (Peek(1) == 'x' || Peek(1) == 'X');
    if (hexadecimal) at_ += 2;
    uint64_t value = 0;
    bool fits = true;
    bool is_number = !hexadecimal || absl::ascii_isxdigit(static_cast<unsigned char>(Peek()));
    for (; ContinuesName(Peek()); ++at_) {
      const char each = Peek();
      if (each == '_') continue;
      const bool is_digit =
          hexadecimal ? absl::ascii_isxdigit(static_cast<unsigned char>(each)) != 0 : IsDigit(each);
      if (!is_digit) {
        is_number = false;
        continue;
      }
      const uint64_t base = hexadecimal ? 16 : 10;
      const uint64_t digit = IsDigit(each)
                                 ? static_cast<uint64_t>(each - '0')
                                 : static_cast<uint64_t>(absl::ascii_tolower(each) - 'a' + 10);
      fits = fits && value <= (kLargest - digit) / base;
      value = value * base + digit;
    }
    if (Peek() == '.' && IsDigit(Peek(1))) {
      while (IsDigit(Peek()) || Peek() == '.') ++at_;
      findings_.Error(SpanOf(begin, at_), "there are only whole numbers");
      is_number = fits = true;
    } else if (!is_number) {
      findings_.Error(SpanOf(begin, at_),
                      Sentence("'", source_.substr(begin, at_ - begin), "' is no number"),
                      "a name begins with a letter; a number has only digits");
    } else if (!fits) {
      findings_.Error(SpanOf(begin, at_), "this number does not fit in 64 bits",
                      "the largest is 9223372036854775807");
    }
    Add(TokenKind::kNumber, begin, at_).number = is_number && fits ? value : 0;
  }

  void String() {
    const size_t begin = at_++;
    std::string value;
    bool has_control = false;
    while (true) {
      if (at_ == source_.size() || Peek() == '\n') {
        findings_.Error(SpanOf(begin, at_), "this string does not end on its line",
                        "expected \" before the end of the line");
        break;
      }
      const char each = source_[at_++];
      if (each == '"') break;
      if (each == '\\') {
        Escape(value);
      } else if (static_cast<unsigned char>(each) < 0x20 && each != '\t' && each != '\r') {
        if (!has_control) {
          findings_.Error(SpanOf(at_ - 1, at_), "a string holds no control characters");
        }
        has_control = true;
      } else {
        value += each;
      }
    }
    Add(TokenKind::kString, begin, at_).string = std::move(value);
  }

  void Escape(std::string& value) {
    const size_t begin = at_ - 1;
    constexpr std::string_view kEscapes = "nt\\\"";
    constexpr std::string_view kMeaning = "\n\t\\\"";
    const size_t which = at_ < source_.size() ? kEscapes.find(Peek()) : std::string_view::npos;
    if (which != std::string_view::npos) {
      value += kMeaning[which];
      ++at_;
      return;
    }
    if (at_ < source_.size() && Peek() != '\n') at_ += CharacterBytes(source_.substr(at_));
    findings_.Error(
        SpanOf(begin, at_),
        Sentence("'", Printable(source_.substr(begin, at_ - begin)), "' means nothing in a string"),
        "there are \\n, \\t, \\\" and \\\\");
  }

  void Sign() {
    const size_t begin = at_;
    for (const std::string_view sign : kSigns) {
      if (!Sees(sign)) continue;
      at_ += sign.size();
      Add(TokenKind::kSign, begin, at_);
      return;
    }
    const bool lone = kLoneSigns.find(Peek()) != std::string_view::npos;
    at_ += CharacterBytes(source_.substr(at_));
    if (lone) {
      Add(TokenKind::kSign, begin, at_);
      return;
    }
    if (IsQuote(source_.substr(begin, at_ - begin))) return Quoted(begin);
    findings_.Error(
        SpanOf(begin, at_),
        Sentence("'", Printable(source_.substr(begin, at_ - begin)), "' has no meaning here"),
        "outside of strings and comments there are only ASCII letters and signs");
    // What follows at once is no better.
    while (at_ < source_.size() && static_cast<unsigned char>(Peek()) >= 0x80) {
      at_ += CharacterBytes(source_.substr(at_));
    }
  }

  // A string, but for its quotes.
  void Quoted(size_t begin) {
    findings_.Error(SpanOf(begin, at_),
                    Sentence("'", source_.substr(begin, at_ - begin), "' begins no string"),
                    "strings stand in \"straight double quotes\"");
    while (at_ < source_.size() && Peek() != '\n') {
      const size_t bytes = CharacterBytes(source_.substr(at_));
      const bool ends = IsQuote(source_.substr(at_, bytes)) || Peek() == '"';
      at_ += bytes;
      if (ends) break;
    }
    Add(TokenKind::kString, begin, at_);
  }

  const std::string_view source_;
  Findings& findings_;
  std::vector<Token> tokens_;
  size_t at_ = 0;
  size_t line_start_ = 0;
  int line_ = 1;
  bool new_line_ = true;
  bool after_space_ = false;
};

}  // namespace

std::vector<Token> Tokenize(std::string_view source, Findings& findings) {
  return Lexer(source, findings).Run();
}

}  // namespace ipclab::lang
