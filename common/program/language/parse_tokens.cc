// How the parser looks at tokens, and how it goes on after a mistake.

#include <algorithm>
#include <utility>

#include "common/program/language/parse.h"
#include "common/program/language/parser.h"
#include "common/program/language/sentence.h"
#include "common/program/language/vocabulary.h"

namespace ipclab::lang {

const Token& Parser::Ahead(size_t tokens) const {
  return tokens_[std::min(at_ + tokens, tokens_.size() - 1)];
}

bool Parser::Sees(std::string_view text) const {
  return (Now().kind == TokenKind::kSign || Now().kind == TokenKind::kName) && Now().text == text;
}

bool Parser::Take(std::string_view text) {
  if (panic_ || !Sees(text)) return false;
  ++at_;
  return true;
}

bool Parser::Expect(std::string_view sign, std::string_view why) {
  if (Take(sign)) return true;
  FailExpecting(Sentence("'", sign, "'", why.empty() ? "" : " ", why));
  return false;
}

bool Parser::AtEndOfStatement() const {
  return AtEnd() || Now().starts_line || Sees(";") || Sees("}");
}

void Parser::Fail(const SourceSpan& span, std::string message, std::string hint) {
  if (!panic_) findings_.Error(span, std::move(message), std::move(hint));
  panic_ = true;
}

void Parser::FailExpecting(std::string_view what, std::string hint) {
  // What is missing at the end of a line is missing there, not where the next one begins.
  SourceSpan span = Now().span;
  if ((AtEnd() || Now().starts_line) && at_ > 0) {
    span = Last().span;
    span.column = span.end_column;
    span.line = span.end_line;
    span.end_column = span.column + 1;
  }
  Fail(span, Sentence("expected ", what, ", found ", Found()), std::move(hint));
}

std::string Parser::Found() const {
  if (AtEnd()) return "the end of the text";
  if (Now().starts_line && at_ > 0) return "the end of the line";
  return FoundFirst();
}

std::string Parser::FoundFirst() const {
  if (Now().kind == TokenKind::kString) return "a string";
  return Sentence("'", Now().text, "'");
}

void Parser::ExpectEndOfStatement() {
  if (panic_ || AtEndOfStatement()) return;
  FailExpecting("the end of the statement", "one statement per line, or ';' between them");
}

void Parser::Recover(size_t begin) {
  if (at_ == begin && !AtEnd()) ++at_;
  while (!AtEndOfStatement() && !Sees("{")) ++at_;
  panic_ = false;
  // What stands in its block is looked through for mistakes of its own.
  if (Sees("{") && !Now().starts_line) SkipBlock();
}

std::string Parser::TextFrom(size_t first) const {
  std::string text;
  for (size_t i = first; i < at_; ++i) {
    if (i > first && (tokens_[i].after_space || tokens_[i].starts_line)) text += ' ';
    text += tokens_[i].text;
  }
  return text;
}

SourceSpan Parser::SpanFrom(size_t first) const {
  return Cover(tokens_[first].span, tokens_[std::max(first + 1, at_) - 1].span);
}

Name Parser::TakeName(std::string_view what) {
  if (panic_) return {};
  if (Now().kind != TokenKind::kName || Now().starts_line) {
    FailExpecting(what);
    return {};
  }
  const Name name{std::string(Now().text), Now().span};
  ++at_;
  return name;
}

Name Parser::NewName(std::string_view what) {
  const size_t first = at_;
  Name name = TakeName(what);
  if (IsReserved(name.text)) {
    at_ = first;
    Fail(name.span, Sentence("'", name.text, "' is a word of the language and can be no name"),
         Sentence("call it otherwise: my_", name.text));
  }
  return name;
}

Syntax ParseProgram(std::string_view source, Findings& findings) {
  Syntax syntax;
  const std::vector<Token> tokens = Tokenize(source, findings);
  if (tokens.size() > 1 || !findings.failed()) Parser(tokens, syntax, findings).File();
  return syntax;
}

const Expression* ParseExpression(std::string_view source, Syntax& syntax, Findings& findings) {
  const std::vector<Token> tokens = Tokenize(source, findings);
  if (tokens.size() == 1 && findings.failed()) return nullptr;
  return Parser(tokens, syntax, findings).LoneExpression();
}

}  // namespace ipclab::lang
