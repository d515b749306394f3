// What stands in a file: declarations, one per line, and processes.

#include <array>
#include <utility>

#include "common/program/language/parser.h"
#include "common/program/language/sentence.h"
#include "common/program/language/vocabulary.h"

namespace ipclab::lang {
namespace {

struct ObjectWord {
  std::string_view word;
  ObjectKind kind;
};
constexpr std::array<ObjectWord, 8> kObjectWords = {{{"shared", ObjectKind::kCells},
                                                     {"mutex", ObjectKind::kMutex},
                                                     {"semaphore", ObjectKind::kSemaphore},
                                                     {"condition", ObjectKind::kCondition},
                                                     {"rwlock", ObjectKind::kRwLock},
                                                     {"barrier", ObjectKind::kBarrier},
                                                     {"channel", ObjectKind::kChannel},
                                                     {"critical", ObjectKind::kCritical}}};

}  // namespace

void Parser::File() {
  while (!AtEnd()) {
    if (Take(";")) continue;
    if (Sees("}")) {
      // Where a block was taken for closed too early this is its end.
      if (!said_unclosed_) {
        findings_.Error(Now().span, "no block is open here", "remove this '}'");
      }
      ++at_;
      continue;
    }
    const size_t begin = at_;
    Declaration();
    ExpectEndOfStatement();
    if (panic_) Recover(begin);
  }
}

void Parser::Declaration() {
  for (const ObjectWord& each : kObjectWords) {
    if (Take(each.word)) return Objects(each.kind);
  }
  for (const std::string_view word : {"title", "lesson", "question", "answer"}) {
    if (Sees(word)) return Prose();
  }
  if (Take("goal")) return Goal();
  if (Take("param")) return ParameterLine();
  if (Take("variant")) return Variants();
  if (Take("process")) return Process();
  if (Take("always")) return CheckLine(CheckKind::kAlways);
  if (Take("finally")) return CheckLine(CheckKind::kFinally);
  if (Take("observe")) return Observe();
  NoDeclaration();
}

void Parser::Prose() {
  const Token& word = Now();
  ++at_;
  if (Now().kind != TokenKind::kString) {
    FailExpecting("a string", Sentence("write ", word.text, " \"...\""));
    return;
  }
  const bool first =
      syntax_.prose.try_emplace(std::string(word.text), Name{Strings(), word.span}).second;
  if (!first) Fail(word.span, Sentence("there is a ", word.text, " already"));
}

void Parser::Goal() {
  const Token& word = Last();
  if (syntax_.prose.contains("goal") || syntax_.goal != nullptr) {
    Fail(word.span, "there is a goal already");
    return;
  }
  if (Now().kind != TokenKind::kString) syntax_.goal = Value();
  if (!panic_ && Now().kind == TokenKind::kString) {
    syntax_.prose["goal"] = {Strings(), word.span};
  }
}

void Parser::ParameterLine() {
  do {
    ParameterSyntax parameter;
    parameter.name = NewName("the name of a parameter");
    if (panic_) return;
    parameter.value = Expect("=", "and the parameter's value") ? Value() : Bad();
    if (Take("in")) {
      parameter.minimum = Value();
      parameter.maximum =
          Expect("..", "between the smallest and the largest value") ? Value() : Bad();
    }
    syntax_.parameters.push_back(std::move(parameter));
  } while (Take(","));
}

void Parser::Variants() {
  do {
    // Any word will do: it only ever follows "variant ==".
    Name name = TakeName("the name of a variant");
    if (panic_) return;
    syntax_.variants.push_back(std::move(name));
  } while (Take(","));
}

void Parser::Objects(ObjectKind kind) {
  const size_t before = syntax_.objects.size();
  do {
    ObjectSyntax object;
    object.kind = kind;
    object.name = NewName("a name");
    Brackets(object);
    if (kind == ObjectKind::kCritical && Take("max")) object.capacity = Value();
    if (Take("=")) Initial(object);
    // What has a name stands for something, whatever else is wrong with it.
    if (!object.name.text.empty()) syntax_.objects.push_back(std::move(object));
  } while (Take(","));
  if (!Take("over")) return;
  const Name mechanism = TakeName("the id of a mechanism, as pipe or posix_mq");
  for (size_t i = before; i < syntax_.objects.size(); ++i) {
    syntax_.objects[i].mechanism = mechanism.text;
  }
}

void Parser::Brackets(ObjectSyntax& object) {
  const bool channel = object.kind == ObjectKind::kChannel;
  for (int brackets = 0; !Now().starts_line && Take("["); ++brackets) {
    const SourceSpan opening = Last().span;
    if (Sees("]") && channel) {
      return Fail(Cover(opening, Now().span), "a channel needs a capacity",
                  "say how many records it holds: channel c[8]; what is unbounded is refused");
    }
    if (brackets == (channel ? 2 : 1)) return Fail(opening, "there are no arrays of arrays");
    // The last brackets of a channel hold its capacity.
    const Expression* const size = Value();
    if (channel) {
      object.count = object.capacity;
      object.capacity = size;
    } else {
      object.count = size;
    }
    if (!Expect("]", "")) return;
  }
}

void Parser::Initial(ObjectSyntax& object) {
  if (!Take("{")) {
    object.initial.push_back(Value());
    return;
  }
  object.has_list = true;
  do {
    object.initial.push_back(Value());
  } while (Take(","));
  Expect("}", "after the values");
  if (!panic_) return;
  // The rest of the list is no block.
  while (!AtEnd() && !Now().starts_line && !Sees("}")) ++at_;
  if (Sees("}")) ++at_;
}

void Parser::Process() {
  ProcessSyntax process;
  const SourceSpan owner = Last().span;
  process.name = NewName("the name of a process");
  if (!Now().starts_line && Take("[")) {
    process.count = Value();
    Expect("]", "");
  }
  if (!panic_ && Sees("after")) {
    Fail(Now().span, "'process ... after' is not known yet to this version");
  }
  if (process.name.text.empty()) process.name.span = owner;
  if (panic_) SkipHead();
  process.body = Braces("a process", owner);
  syntax_.processes.push_back(std::move(process));
}

void Parser::CheckLine(CheckKind kind) {
  const size_t first = at_ - 1;
  const Expression* const expression = Value();
  if (panic_) return;
  syntax_.checks.push_back({kind, expression, TextFrom(first), SpanFrom(first)});
}

void Parser::Observe() {
  do {
    const size_t first = at_;
    const Expression* const expression = Value();
    if (panic_) return;
    syntax_.observed.push_back({expression, TextFrom(first)});
  } while (Take(","));
}

void Parser::NoDeclaration() {
  const Token& token = Now();
  if (token.kind != TokenKind::kName) {
    Fail(token.span, Sentence("expected a declaration, found ", FoundFirst()),
         "a file has declarations, as shared x = 0, and processes");
    return;
  }
  const std::string word(token.text);
  ++at_;
  if (IsOfLaterVersion(word)) {
    Fail(token.span, Sentence("'", word, "' is not known yet to this version"));
    return;
  }
  for (const std::string& each : StatementWords()) {
    if (each != word) continue;
    Fail(token.span, Sentence("'", word, "' stands in a process"),
         "put it between the braces of process P { ... }");
    return;
  }
  if (Sees("=") && !Now().starts_line) {
    Fail(token.span, Sentence("'", word, "' is assigned outside of processes"),
         Sentence("a shared cell is declared by shared ", word, " = ..."));
    return;
  }
  std::string hint = findings_.DidYouMean(word, DeclarationWords());
  const std::string nearest = hint.empty() ? "" : NearestName(word, DeclarationWords());
  for (const ObjectWord& each : kObjectWords) {
    if (nearest != each.word) continue;
    // It is taken for that, so that the name is known.
    findings_.Error(token.span, Sentence("'", word, "' begins no declaration"), hint);
    return Objects(each.kind);
  }
  if (hint.empty()) hint = HintForForeignWord(word);
  if (hint.empty()) hint = "a file has declarations, as shared x = 0, and processes";
  Fail(token.span, Sentence("'", word, "' begins no declaration"), std::move(hint));
}

}  // namespace ipclab::lang
