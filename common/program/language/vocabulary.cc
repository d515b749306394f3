#include "common/program/language/vocabulary.h"

#include <algorithm>
#include <array>

#include "common/program/language/operations.h"

namespace ipclab::lang {
namespace {

const std::vector<std::string>& LaterWords() {
  static const auto& words = *new std::vector<std::string>{
      "stream",  "listener", "file",  "kill", "sigqueue", "block",     "unblock",
      "sigwait", "open",     "close", "read", "write",    "poll",      "connect",
      "accept",  "exit",     "crash", "on",   "flock",    "consistent"};
  return words;
}

bool Has(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

void AddOperations(std::vector<std::string>& words, bool only_values) {
  for (const OperationForm& each : AllOperations()) {
    if (each.gives_value || !only_values) words.emplace_back(each.name);
  }
}

}  // namespace

const std::vector<std::string>& DeclarationWords() {
  static const auto& words = *new std::vector<std::string>{
      "title",    "lesson",  "goal",      "question",  "answer", "param",   "variant",
      "shared",   "mutex",   "semaphore", "condition", "rwlock", "barrier", "channel",
      "critical", "process", "observe",   "always",    "finally"};
  return words;
}

const std::vector<std::string>& StatementWords() {
  static const auto& words = *[] {
    auto* all = new std::vector<std::string>{"if",    "else",  "while",  "repeat",
                                             "break", "print", "assert", "critical"};
    AddOperations(*all, false);
    return all;
  }();
  return words;
}

const std::vector<std::string>& ValueWords() {
  static const auto& words = *[] {
    auto* all = new std::vector<std::string>{"self", "error", "true", "false"};
    AddOperations(*all, true);
    return all;
  }();
  return words;
}

bool IsReserved(std::string_view word) {
  // What only begins a line of prose can be a name as well.
  static const auto& prose =
      *new std::vector<std::string>{"title", "lesson", "goal", "question", "answer"};
  return (Has(DeclarationWords(), word) && !Has(prose, word)) || Has(StatementWords(), word) ||
         Has(ValueWords(), word) || Has(LaterWords(), word);
}

std::string_view HintForForeignWord(std::string_view word) {
  struct Foreign {
    std::string_view word;
    std::string_view hint;
  };
  constexpr std::string_view kOutput = "did you mean 'print'? print \"x is\", x";
  constexpr std::string_view kLoop = "loops are while c { } and repeat n as i { }";
  constexpr std::string_view kProcess = "there are no functions: process P { ... }";
  constexpr std::string_view kNoTime = "there is no time here: who goes next is chosen";
  constexpr std::string_view kEnd =
      "a process ends with its last statement: put the rest in an else";
  static constexpr std::array<Foreign, 20> kForeign = {{{"for", kLoop},
                                                        {"do", kLoop},
                                                        {"loop", kLoop},
                                                        {"until", kLoop},
                                                        {"continue", "put the rest in an else"},
                                                        {"return", kEnd},
                                                        {"elif", "did you mean 'else if'?"},
                                                        {"elsif", "did you mean 'else if'?"},
                                                        {"elseif", "did you mean 'else if'?"},
                                                        {"switch", "use if and else if"},
                                                        {"printf", kOutput},
                                                        {"println", kOutput},
                                                        {"puts", kOutput},
                                                        {"echo", kOutput},
                                                        {"sleep", kNoTime},
                                                        {"yield", kNoTime},
                                                        {"def", kProcess},
                                                        {"func", kProcess},
                                                        {"function", kProcess},
                                                        {"thread", kProcess}}};
  const auto* const found = std::find_if(kForeign.begin(), kForeign.end(),
                                         [word](const Foreign& each) { return each.word == word; });
  return found == kForeign.end() ? "" : found->hint;
}

bool IsForeignType(std::string_view word) {
  constexpr std::array<std::string_view, 8> kTypes = {"int",  "long", "bool", "auto",
                                                      "char", "var",  "let",  "const"};
  return std::find(kTypes.begin(), kTypes.end(), word) != kTypes.end();
}

bool IsOfLaterVersion(std::string_view word) { return Has(LaterWords(), word); }

}  // namespace ipclab::lang
