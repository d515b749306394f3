// The parser: recursive descent, bounded by ProgramLimits::kNesting. Private to parse_*.cc; others
// use parse.h.
//
// After a mistake it panics: nothing is taken and nothing said until Recover has found the end of
// the statement.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/program/language/findings.h"
#include "common/program/language/lexer.h"
#include "common/program/language/syntax.h"

namespace ipclab::lang {

class Parser {
 public:
  // All are borrowed; tokens end with kEnd.
  Parser(const std::vector<Token>& tokens, Syntax& syntax, Findings& findings)
      : tokens_(tokens), syntax_(syntax), findings_(findings) {}

  void File();
  const Expression* LoneExpression();

 private:
  // parse_tokens.cc
  const Token& Now() const { return tokens_[at_]; }
  const Token& Ahead(size_t tokens) const;
  const Token& Last() const { return tokens_[at_ > 0 ? at_ - 1 : 0]; }
  bool Sees(std::string_view text) const;
  bool Take(std::string_view text);
  bool Expect(std::string_view sign, std::string_view why);
  bool AtEnd() const { return Now().kind == TokenKind::kEnd; }
  bool AtEndOfStatement() const;
  void Fail(const SourceSpan& span, std::string message, std::string hint = "");
  void FailExpecting(std::string_view what, std::string hint = "");
  void ExpectEndOfStatement();
  void Recover(size_t begin);
  std::string Found() const;
  std::string FoundFirst() const;  // of a statement: on its line
  std::string TextFrom(size_t first) const;
  SourceSpan SpanFrom(size_t first) const;
  Name TakeName(std::string_view what);
  Name NewName(std::string_view what);

  // parse_expressions.cc
  const Expression* Value();
  const Expression* Binary(int least);
  const Expression* Unary();
  const Expression* Primary();
  const Expression* NameOrCall();
  const Expression* VariantTest();
  const Expression* Number(bool negative);
  std::vector<const Expression*> Arguments(std::string_view of);
  std::string Strings();
  Expression& NewExpression(Expression::Kind kind, const SourceSpan& span);
  const Expression* Bad();
  bool TooDeep();

  // parse_statements.cc
  Block Braces(std::string_view of, const SourceSpan& owner);
  Block WithoutBraces(std::string_view of, const SourceSpan& owner);
  void Body(Block& block);
  bool BeginsDeclaration() const;
  void SkipBlock();
  const Statement* OneStatement();
  const Statement* If();
  const Statement* While();
  const Statement* Repeat();
  const Statement* Critical();
  const Statement* Print();
  const Statement* Assert();
  const Statement* AssignOrCall();
  const Statement* For();
  const Statement* Typed();
  const Statement* NoStatement();
  const Expression* Condition();
  void SkipHead();
  Statement& NewStatement(Statement::Kind kind, size_t first);

  // parse_declarations.cc
  void Declaration();
  void Prose();
  void Goal();
  void ParameterLine();
  void Variants();
  void Objects(ObjectKind kind);
  void Brackets(ObjectSyntax& object);
  void Initial(ObjectSyntax& object);
  void Process();
  void CheckLine(CheckKind kind);
  void Observe();
  void NoDeclaration();

  const std::vector<Token>& tokens_;
  Syntax& syntax_;
  Findings& findings_;
  size_t at_ = 0;
  int depth_ = 0;
  bool panic_ = false;
  bool said_unclosed_ = false;
  bool headless_ = false;                 // the head of the block that comes next could not be read
  const Expression* compared_ = nullptr;  // the last comparison that has no parentheses
};

}  // namespace ipclab::lang
