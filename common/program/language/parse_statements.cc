// Statements and blocks.

#include <utility>

#include "common/program/language/operations.h"
#include "common/program/language/parser.h"
#include "common/program/language/sentence.h"
#include "common/program/language/vocabulary.h"

namespace ipclab::lang {
namespace {

using StatementKind = Statement::Kind;

bool Stands(const Token& token, const std::vector<std::string>& words) {
  if (token.kind != TokenKind::kName) return false;
  for (const std::string& word : words) {
    if (token.text == word) return true;
  }
  return false;
}

}  // namespace

Block Parser::Braces(std::string_view of, const SourceSpan& owner) {
  if (!Sees("{")) return WithoutBraces(of, owner);
  if (depth_ >= ProgramLimits::kNesting) {
    TooDeep();
    SkipBlock();
    return {};
  }
  const Token& opening = Now();
  headless_ = false;
  ++at_;
  ++depth_;
  Block block;
  Body(block);
  --depth_;
  if (Sees("}")) {
    ++at_;
  } else if (!said_unclosed_) {
    said_unclosed_ = true;
    findings_.Error(
        opening.span, "this block is not closed",
        AtEnd() ? "expected '}' before the end of the text"
                : Sentence("expected '}' before '", Now().text, "' on line ", Now().span.line));
  }
  return block;
}

// Until what closes the block, or begins a declaration.
void Parser::Body(Block& block) {
  while (!AtEnd() && !Sees("}")) {
    if (Sees(";")) {
      ++at_;
      continue;
    }
    if (BeginsDeclaration()) return;
    const size_t begin = at_;
    const Statement* const statement = OneStatement();
    ExpectEndOfStatement();
    if (panic_) Recover(begin);
    // What could be read of it counts: a name that it assigns is one.
    if (statement != nullptr) block.push_back(statement);
  }
}

// Guesses by the indentation what was meant, so that only the braces are complained about.
Block Parser::WithoutBraces(std::string_view of, const SourceSpan& owner) {
  if (!headless_) FailExpecting("'{'", Sentence("what belongs to ", of, " stands in braces"));
  headless_ = panic_ = false;
  if (Sees("then") || Sees("do")) {
    ++at_;
    if (Sees("{")) return Braces(of, owner);
  }
  Block block;
  if (AtEnd() || Sees("}") || Sees(";") || BeginsDeclaration()) return block;
  const bool same_line = !Now().starts_line;
  if (depth_ >= ProgramLimits::kNesting) return block;
  ++depth_;
  while (!AtEnd() && !Sees("}") && !BeginsDeclaration() &&
         (same_line || Now().span.column > owner.column)) {
    const size_t begin = at_;
    const Statement* const statement = OneStatement();
    ExpectEndOfStatement();
    if (panic_) Recover(begin);
    // What could be read of it counts: a name that it assigns is one.
    if (statement != nullptr) block.push_back(statement);
    if (same_line) break;
  }
  --depth_;
  if (!same_line && Sees("}") && Now().span.column == owner.column) ++at_;
  return block;
}

// What no process can hold, at the left edge: the process before it is not closed.
bool Parser::BeginsDeclaration() const {
  return Now().starts_line && Now().span.column == 1 && Stands(Now(), DeclarationWords()) &&
         !Sees("critical") && Ahead(1).text != "=" && Ahead(1).text != "[";
}

// Past a block and all blocks in it. What is wrong in it is said, if it is not too deep for that.
void Parser::SkipBlock() {
  if (depth_ < ProgramLimits::kNesting) {
    Braces("", Now().span);
    return;
  }
  int open = 0;
  do {
    if (Sees("{")) ++open;
    if (Sees("}")) --open;
    ++at_;
  } while (open > 0 && !AtEnd());
}

const Statement* Parser::OneStatement() {
  if (Sees("if")) return If();
  if (Sees("while")) return While();
  if (Sees("repeat")) return Repeat();
  if (Sees("critical")) return Critical();
  if (Sees("print")) return Print();
  if (Sees("assert")) return Assert();
  if (Sees("break")) {
    const size_t first = at_++;
    return &NewStatement(StatementKind::kBreak, first);
  }
  if (Now().kind != TokenKind::kName) {
    Fail(Now().span, Sentence("expected a statement, found ", FoundFirst()));
    return nullptr;
  }
  return AssignOrCall();
}

const Expression* Parser::Condition() {
  const size_t begin = at_;
  const Expression* const condition = Value();
  if (!panic_ && (Sees("{") || AtEndOfStatement())) return condition;
  if (!panic_ && Now().kind == TokenKind::kName) return condition;  // the braces are missing
  if (!panic_) FailExpecting("an operator or '{'");
  if (at_ == begin && !AtEndOfStatement() && !Sees("{")) ++at_;
  SkipHead();
  return Bad();
}

// What is wrong before the braces is said: that there are none need not be said as well.
void Parser::SkipHead() {
  while (!AtEndOfStatement() && !Sees("{")) ++at_;
  panic_ = false;
  headless_ = true;
}

const Statement* Parser::If() {
  const size_t first = at_++;
  const SourceSpan owner = tokens_[first].span;
  std::vector<const Expression*> conditions = {Condition()};
  Statement& statement = NewStatement(StatementKind::kIf, first);
  statement.blocks.push_back(Braces("an if", owner));
  while (Take("else")) {
    if (!Take("if")) {
      statement.blocks.push_back(Braces("an else", owner));
      break;
    }
    conditions.push_back(Condition());
    statement.blocks.push_back(Braces("an if", owner));
  }
  statement.expressions = std::move(conditions);
  return &statement;
}

const Statement* Parser::While() {
  const size_t first = at_++;
  const Expression* const condition = Condition();
  Statement& statement = NewStatement(StatementKind::kWhile, first);
  statement.expressions = {condition};
  statement.blocks.push_back(Braces("a while", tokens_[first].span));
  return &statement;
}

const Statement* Parser::Repeat() {
  const size_t first = at_++;
  const Expression* count = nullptr;
  if (Sees("{") || Sees("as")) {
    findings_.Error(tokens_[first].span, "expected how many times after 'repeat'",
                    "for ever is: while true { ... }");
    count = Bad();
  } else {
    count = Condition();
  }
  Name name;
  if (Take("as")) {
    name = NewName("the name of the counter");
    if (panic_) SkipHead();
  }
  Statement& statement = NewStatement(StatementKind::kRepeat, first);
  statement.expressions = {count};
  statement.name = std::move(name);
  statement.blocks.push_back(Braces("a repeat", tokens_[first].span));
  return &statement;
}

const Statement* Parser::Critical() {
  const size_t first = at_++;
  Name name = NewName("the name of the critical section");
  const Expression* most = nullptr;
  if (Take("max")) most = Value();
  if (panic_) return nullptr;
  Statement& statement = NewStatement(StatementKind::kCritical, first);
  statement.name = std::move(name);
  if (most != nullptr) statement.expressions = {most};
  statement.blocks.push_back(Braces("a critical section", tokens_[first].span));
  return &statement;
}

const Statement* Parser::Print() {
  const size_t first = at_++;
  // print(a, b) is print a, b; but print (a + b) * 2 has one value.
  bool parentheses = Sees("(");
  if (parentheses) {
    size_t end = at_;
    for (int open = 0; end + 1 < tokens_.size(); ++end) {
      if (tokens_[end].text == "(") ++open;
      if (tokens_[end].text == ")" && --open == 0) break;
    }
    const Token& behind = tokens_[std::min(end + 1, tokens_.size() - 1)];
    parentheses = behind.starts_line || behind.text == ";" || behind.text == "}" ||
                  behind.kind == TokenKind::kEnd;
  }
  std::vector<const Expression*> values;
  if (parentheses) {
    values = Arguments("print");
  } else if (!AtEndOfStatement()) {
    do {
      values.push_back(Value());
    } while (Take(","));
  }
  Statement& statement = NewStatement(StatementKind::kPrint, first);
  statement.expressions = std::move(values);
  return &statement;
}

const Statement* Parser::Assert() {
  const size_t first = at_++;
  const Expression* const condition = Value();
  Statement& statement = NewStatement(StatementKind::kAssert, first);
  statement.expressions = {condition};
  statement.text = TextFrom(first);
  return &statement;
}

const Statement* Parser::AssignOrCall() {
  const size_t first = at_;
  const Token& next = Ahead(1);
  const bool called = !next.starts_line && next.text == "(";
  const bool indexed = !next.starts_line && next.text == "[";
  const bool assigned = !next.starts_line && next.text == "=";
  if (IsForeignType(Now().text) && next.kind == TokenKind::kName && !next.starts_line) {
    return Typed();
  }
  if (called && Sees("for")) return For();
  if (!called && !indexed && !assigned) return NoStatement();
  if (!called && IsReserved(Now().text)) return NoStatement();
  const Expression* const left = NameOrCall();
  if (panic_) return nullptr;
  if (left->kind == Expression::Kind::kCall) {
    if (Sees("=")) FailExpecting("the end of the statement", "a call cannot be assigned to");
    Statement& statement = NewStatement(StatementKind::kCall, first);
    statement.expressions = {left};
    return &statement;
  }
  if (!Expect("=", "")) return nullptr;
  const Expression* const value = Value();
  Statement& statement = NewStatement(StatementKind::kAssign, first);
  statement.target = left;
  statement.expressions = {value};
  return &statement;
}

// A declaration of other languages; what is behind the types is a statement.
const Statement* Parser::Typed() {
  const Token& type = Now();
  while (IsForeignType(Now().text)) ++at_;
  findings_.Error(type.span, Sentence("there are no types: '", type.text, "' is not needed"),
                  Sentence("write ", Now().text, " = ..."));
  return OneStatement();
}

// As of other languages. It is taken for a repeat, so that its counter is a name.
const Statement* Parser::For() {
  const size_t first = at_;
  findings_.Error(Now().span, "'for' begins no statement", std::string(HintForForeignWord("for")));
  int open = 0;
  do {
    ++at_;
    if (Sees("(")) ++open;
    if (Sees(")")) --open;
  } while (open > 0 && !AtEnd() && !Ahead(1).starts_line);
  if (Sees(")")) ++at_;
  Statement& statement = NewStatement(Statement::Kind::kRepeat, first);
  statement.expressions = {Bad()};
  if (tokens_[first + 2].kind == TokenKind::kName) {
    statement.name = {std::string(tokens_[first + 2].text), tokens_[first + 2].span};
  }
  headless_ = true;
  statement.blocks.push_back(Braces("a repeat", tokens_[first].span));
  return &statement;
}

// Says why.
const Statement* Parser::NoStatement() {
  const Token& token = Now();
  const Token& next = Ahead(1);
  const std::string word(token.text);
  ++at_;
  if (IsOfLaterVersion(word)) {
    Fail(token.span, Sentence("'", word, "' is not known yet to this version"));
  } else if (const OperationForm* const form = FindOperation(word)) {
    Fail(token.span, Sentence("expected '(' after '", word, "'"),
         Sentence("it is written ", form->usage));
  } else if (word == "else") {
    Fail(token.span, "there is no if before this else");
  } else if (Stands(token, DeclarationWords())) {
    Fail(token.span, Sentence("'", word, "' stands outside of processes"));
  } else if (IsReserved(word)) {
    Fail(token.span, Sentence("'", word, "' begins no statement and cannot be assigned to"));
  } else if (next.text.size() == 2 && next.text[1] == '=' && next.text != "==" &&
             next.text != "!=" && !next.starts_line && next.text != "<=" && next.text != ">=") {
    Fail(next.span, Sentence("there is no '", next.text, "'"),
         Sentence("write ", word, " = ", word, " ", next.text.substr(0, 1),
                  " ...: of a shared cell that is a read and a write, two steps"));
  } else if (!next.starts_line && (next.text == "++" || next.text == "--")) {
    Fail(next.span, Sentence("there is no '", next.text, "'"),
         Sentence("write ", word, " = ", word, " ", next.text.substr(0, 1),
                  " 1: of a shared cell that is a read and a write, two steps"));
  } else if (!next.starts_line && next.text == "==") {
    Fail(next.span, "'==' compares and does nothing here", "'=' assigns");
  } else {
    std::string hint(HintForForeignWord(word));
    if (hint.empty()) hint = findings_.DidYouMean(word, StatementWords());
    if (hint.empty())
      hint = "a statement assigns (x = 1), calls (lock(m)), or begins with a word as if";
    Fail(token.span, Sentence("'", word, "' begins no statement"), std::move(hint));
  }
  return nullptr;
}

Statement& Parser::NewStatement(Statement::Kind kind, size_t first) {
  Statement& statement = syntax_.statements.emplace_back();
  statement.kind = kind;
  statement.span = SpanFrom(first);
  return statement;
}

}  // namespace ipclab::lang
