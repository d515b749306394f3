#include "common/program/language/declare.h"

#include <limits>
#include <map>
#include <utility>

#include "common/program/language/operations.h"
#include "common/program/language/sentence.h"

namespace ipclab::lang {
namespace {

constexpr int64_t kDefaultCapacity = 8;
constexpr size_t kMostVariants = 32;

class Declarations {
 public:
  Declarations(const Syntax& syntax, Program& program, UsedNames& used, Findings& findings)
      : syntax_(syntax), program_(program), used_(used), findings_(findings) {}

  void Run() {
    scope_ = ScopeOf(program_);
    for (const ParameterSyntax& each : syntax_.parameters) Claim(each.name);
    for (const ObjectSyntax& each : syntax_.objects) {
      if (Claim(each.name) && !Object(each)) break;
    }
    for (const ProcessSyntax& each : syntax_.processes) {
      Claim(each.name);
      Process(each);
    }
    Workers();
  }

 private:
  // False when the name stands for something already, or could not be read.
  bool Claim(const Name& name) {
    if (name.text.empty()) return false;
    const auto [first, is_new] = places_.try_emplace(name.text, name.span);
    if (is_new) return true;
    findings_.Error(
        name.span, Sentence("'", name.text, "' is declared already, on line ", first->second.line));
    return false;
  }

  // A number within bounds; the least where it is not, which was said.
  int Number(const Expression& expression, std::string_view what, int64_t least, int64_t most) {
    const auto value = Constant(expression, what, scope_, used_, findings_);
    if (!value) return static_cast<int>(least);
    if (*value < least || *value > most) {
      findings_.Error(expression.span,
                      Sentence(what, " is ", *value, "; it can be ", least, " to ", most));
      return static_cast<int>(least);
    }
    return static_cast<int>(*value);
  }

  bool Object(const ObjectSyntax& syntax) {
    ProgramObject object;
    object.name = object.array = syntax.name.text;
    object.kind = syntax.kind;
    object.mechanism = syntax.mechanism;
    object.span = syntax.name.span;
    const bool cells = syntax.kind == ObjectKind::kCells;
    const int most = cells ? ProgramLimits::kStateWords : ProgramLimits::kObjects;
    const int count =
        syntax.count == nullptr ? 1 : Number(*syntax.count, "the size of an array", 1, most);
    Size(syntax, object);
    std::vector<int64_t> initial = InitialOf(syntax, count);
    if (cells) {
      object.size = count;
      object.is_array = syntax.count != nullptr;
      object.initial = std::move(initial);
      return AddObject(std::move(object), program_, findings_);
    }
    for (int i = 0; i < count; ++i) {
      if (syntax.count != nullptr) object.name = Sentence(object.array, "[", i, "]");
      if (!initial.empty()) object.initial = {initial[static_cast<size_t>(i)]};
      if (!AddObject(object, program_, findings_)) return false;
    }
    return true;
  }

  void Size(const ObjectSyntax& syntax, ProgramObject& object) {
    if (syntax.kind == ObjectKind::kChannel) {
      object.size = static_cast<int>(kDefaultCapacity);
      if (syntax.capacity == nullptr) return;
      object.size = Number(*syntax.capacity, "the capacity of a channel, in records,", 1,
                           ProgramLimits::kStateWords / 2);
    } else if (syntax.kind == ObjectKind::kCritical && syntax.capacity != nullptr) {
      object.size =
          Number(*syntax.capacity, "the most who may be inside", 1, ProgramLimits::kWorkers);
    } else if (syntax.kind == ObjectKind::kBarrier) {
      if (syntax.initial.empty()) {
        findings_.Error(syntax.name.span, "a barrier needs to know how many must arrive",
                        Sentence("write barrier ", syntax.name.text, " = 2"));
      } else {
        object.size = Number(*syntax.initial[0], "how many must arrive at a barrier", 1,
                             ProgramLimits::kWorkers);
      }
    }
  }

  std::vector<int64_t> InitialOf(const ObjectSyntax& syntax, int count) {
    const bool cells = syntax.kind == ObjectKind::kCells;
    const bool semaphore = syntax.kind == ObjectKind::kSemaphore;
    if (!cells && !semaphore) {
      if (!syntax.initial.empty() && (syntax.kind != ObjectKind::kBarrier || syntax.has_list)) {
        findings_.Error(syntax.name.span,
                        Sentence(KindWithArticle(syntax.kind), " has no initial values"));
      }
      return {};
    }
    std::vector<int64_t> values(static_cast<size_t>(count), 0);
    if (syntax.initial.empty()) return values;
    if (syntax.has_list && static_cast<int>(syntax.initial.size()) != count) {
      findings_.Error(syntax.initial[0]->span,
                      Sentence("'", syntax.name.text, "' has ", syntax.initial.size(),
                               " initial values, but a size of ", count),
                      "one value without braces is meant for all");
      return values;
    }
    for (size_t i = 0; i < values.size(); ++i) {
      const Expression& expression = *syntax.initial[syntax.has_list ? i : 0];
      if (i > 0 && !syntax.has_list) {
        values[i] = values[0];
      } else if (semaphore) {
        values[i] =
            Number(expression, "the value of a semaphore", 0, std::numeric_limits<int>::max());
      } else {
        values[i] = Constant(expression, "an initial value", scope_, used_, findings_).value_or(0);
      }
    }
    return values;
  }

  void Process(const ProcessSyntax& syntax) {
    ProgramProcess process;
    process.name = syntax.name.text;
    process.span = syntax.name.span;
    process.is_array = syntax.count != nullptr;
    if (process.is_array) {
      process.count = Number(*syntax.count, "the number of processes", 0, ProgramLimits::kWorkers);
    }
    process.locals = {"self"};
    program_.processes.push_back(std::move(process));
  }

  void Workers() {
    for (size_t i = 0; i < program_.processes.size(); ++i) {
      const ProgramProcess& process = program_.processes[i];
      for (int self = 0; self < process.count; ++self) {
        if (program_.workers.size() == ProgramLimits::kWorkers) {
          findings_.Error(process.span,
                          Sentence("there are more than ", ProgramLimits::kWorkers, " processes"));
          return;
        }
        std::string name = process.name;
        if (process.is_array) name += Sentence("[", self, "]");
        program_.workers.push_back({std::move(name), static_cast<int>(i), self, 0});
      }
    }
    WarnOfLetters();
    if (program_.workers.empty() && !findings_.failed()) {
      findings_.Error({1, 1, 1, 1}, "there is no process", "write process P { ... }");
    }
  }

  // Schedules name workers by letters in order of declaration.
  void WarnOfLetters() {
    for (size_t i = 0; i < program_.workers.size(); ++i) {
      const std::string& name = program_.workers[i].name;
      const int other = name.size() == 1 ? FindWorker(program_, name) : -1;
      if (other < 0 || other == static_cast<int>(i)) continue;
      findings_.Warning(program_.processes[static_cast<size_t>(program_.workers[i].process)].span,
                        Sentence("process '", name, "' is worker ", LetterOf(static_cast<int>(i)),
                                 " in schedules, and ", name, " is another"),
                        "letters go by order of declaration; give it a longer name");
    }
  }

  const Syntax& syntax_;
  Program& program_;
  UsedNames& used_;
  Findings& findings_;
  Scope scope_;
  std::map<std::string, SourceSpan> places_;
};

std::string ProseOf(const Syntax& syntax, std::string_view word) {
  const auto found = syntax.prose.find(word);
  return found == syntax.prose.end() ? "" : found->second.text;
}

Parameter DescribeParameter(const ParameterSyntax& syntax, const Scope& scope, UsedNames& used,
                            Findings& findings) {
  Parameter parameter;
  parameter.name = syntax.name.text;
  parameter.minimum = std::numeric_limits<int64_t>::min();
  parameter.maximum = std::numeric_limits<int64_t>::max();
  parameter.value =
      Constant(*syntax.value, "the value of a parameter", scope, used, findings).value_or(0);
  if (syntax.minimum == nullptr) return parameter;
  constexpr std::string_view kBound = "a bound of a parameter";
  const auto minimum = Constant(*syntax.minimum, kBound, scope, used, findings);
  const auto maximum = Constant(*syntax.maximum, kBound, scope, used, findings);
  if (!minimum || !maximum) return parameter;
  parameter.minimum = *minimum;
  parameter.maximum = *maximum;
  if (parameter.value < *minimum || parameter.value > *maximum) {
    findings.Error(syntax.value->span, Sentence("'", parameter.name, "' is ", parameter.value,
                                                ", which is not in ", *minimum, "..", *maximum));
  }
  return parameter;
}

}  // namespace

ProgramText DescribeProgram(const Syntax& syntax, UsedNames& used, Findings& findings) {
  ProgramText text;
  text.title = ProseOf(syntax, "title");
  text.lesson = ProseOf(syntax, "lesson");
  text.goal = ProseOf(syntax, "goal");
  text.question = ProseOf(syntax, "question");
  text.answer = ProseOf(syntax, "answer");
  std::map<std::string, int> lines;
  for (const Name& each : syntax.variants) {
    const auto [first, is_new] = lines.try_emplace(each.text, each.span.line);
    if (!is_new) {
      findings.Error(each.span, Sentence("there is a variant '", each.text, "' already"));
    } else if (text.variants.size() == kMostVariants) {
      findings.Error(each.span, Sentence("there are more than ", kMostVariants, " variants"));
      break;
    } else {
      text.variants.push_back(each.text);
    }
  }
  // A parameter can be made of those before it.
  Scope scope;
  scope.variants = text.variants;
  for (const ParameterSyntax& each : syntax.parameters) {
    text.parameters.push_back(DescribeParameter(each, scope, used, findings));
    scope.parameters.try_emplace(each.name.text, text.parameters.back().value);
  }
  return text;
}

void DeclareProgram(const Syntax& syntax, Program& program, UsedNames& used, Findings& findings) {
  Declarations(syntax, program, used, findings).Run();
}

bool AddObject(ProgramObject object, Program& program, Findings& findings) {
  if (program.objects.size() == ProgramLimits::kObjects) {
    findings.Error(object.span,
                   Sentence("there are more than ", ProgramLimits::kObjects, " objects"),
                   "each lock or semaphore of an array is one");
    return false;
  }
  program.objects.push_back(std::move(object));
  return true;
}

}  // namespace ipclab::lang
