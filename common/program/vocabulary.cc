#include "common/program/vocabulary.h"

#include <algorithm>

#include "common/program/operations.h"

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

bool IsOfLaterVersion(std::string_view word) { return Has(LaterWords(), word); }

}  // namespace ipclab::lang
