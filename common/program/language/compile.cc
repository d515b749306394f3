#include "common/program/compile.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/program/language/declare.h"
#include "common/program/language/generator.h"
#include "common/program/language/parse.h"
#include "common/program/language/program_hash.h"
#include "common/program/language/scope.h"
#include "common/program/language/sentence.h"
#include "common/program/state.h"

namespace ipclab {
namespace lang {
namespace {

constexpr int kMostObserved = 64;  // cells of an array

// Compiles a syntax, once for each variant.
class Compiler {
 public:
  Compiler(std::string_view name, const Syntax& syntax, Findings& findings)
      : name_(name.empty() ? "program" : name), syntax_(syntax), findings_(findings) {
    text_ = DescribeProgram(syntax, used_, findings);
  }

  std::optional<Program> Run(const ProgramChoice& choice) {
    Choose(choice);
    std::vector<std::string> variants = text_.variants;
    if (variants.empty()) variants.emplace_back();
    std::optional<Program> chosen;
    for (const std::string& variant : variants) {
      if (findings_.full()) break;
      Program program = Compile(variant);
      if (variant == variant_) chosen = std::move(program);
    }
    // What is wrong may be all that uses a name.
    if (findings_.failed()) return std::nullopt;
    WarnOfUnused();
    return chosen;
  }

 private:
  void Choose(const ProgramChoice& choice) {
    const auto& variants = text_.variants;
    variant_ = choice.variant;
    if (variant_.empty() && !variants.empty()) variant_ = variants[0];
    if (!variant_.empty() &&
        std::find(variants.begin(), variants.end(), variant_) == variants.end()) {
      findings_.Error({}, Sentence("there is no variant '", variant_, "'"),
                      variants.empty() ? "the program has no variants"
                                       : Sentence("there are ", absl::StrJoin(variants, ", ")));
    }
    parameters_ = text_.parameters;
    for (const auto& [name, value] : choice.parameters) {
      const auto found = std::find_if(parameters_.begin(), parameters_.end(),
                                      [&key = name](const auto& each) { return each.name == key; });
      if (found == parameters_.end()) {
        const std::string all = absl::StrJoin(
            parameters_, ", ",
            [](std::string* out, const Parameter& each) { absl::StrAppend(out, each.name); });
        findings_.Error(
            {}, Sentence("there is no parameter '", name, "'"),
            all.empty() ? "the program has no parameters" : Sentence("there are ", all));
      } else if (value < found->minimum || value > found->maximum) {
        findings_.Error({}, Sentence("parameter ", name, " is ", value, ", which is not in ",
                                     found->minimum, "..", found->maximum));
      } else {
        found->value = value;
      }
    }
  }

  Program Compile(const std::string& variant) {
    Program program;
    program.name = name_;
    program.variant = variant;
    program.parameters = parameters_;
    program.text = text_;
    DeclareProgram(syntax_, program, used_, findings_);
    Generator generator(ScopeOf(program), program, used_, uses_, findings_);
    for (size_t i = 0; i < syntax_.processes.size() && i < program.processes.size(); ++i) {
      // The list of processes does not grow any more.
      generator.Process(syntax_.processes[i], program.processes[i]);
    }
    for (const CheckSyntax& each : syntax_.checks) {
      program.checks.push_back(
          {each.kind, each.text, generator.InOneGo(*each.expression), each.span});
    }
    if (syntax_.goal != nullptr) program.goal = generator.InOneGo(*syntax_.goal);
    Observe(generator, program);
    if (!findings_.failed()) Finish(program);
    return program;
  }

  void Observe(Generator& generator, Program& program) {
    for (const ObservedSyntax& each : syntax_.observed) {
      const int object = FindObject(program, each.text);
      const bool array = each.expression->kind == Expression::Kind::kName && object >= 0 &&
                         program.objects[static_cast<size_t>(object)].is_array;
      if (array) {
        ObserveEach(*each.expression, program.objects[static_cast<size_t>(object)].size, generator,
                    program);
      } else {
        program.observed.push_back({each.text, generator.InOneGo(*each.expression)});
      }
    }
  }

  // An array that is observed is each of its cells.
  void ObserveEach(const Expression& array, int size, Generator& generator, Program& program) {
    if (size > kMostObserved) {
      findings_.Error(
          array.span,
          Sentence("'", array.name.text, "' is too long to be observed: ", size, " cells"),
          Sentence("at most ", kMostObserved, "; name those that matter"));
      return;
    }
    for (int i = 0; i < size; ++i) {
      Expression index = array;
      index.kind = Expression::Kind::kNumber;
      index.number = i;
      Expression element = array;
      element.kind = Expression::Kind::kElement;
      element.operands = {&index};
      program.observed.push_back(
          {Sentence(array.name.text, "[", i, "]"), generator.InOneGo(element)});
    }
  }

  void Finish(Program& program) {
    LayOut(program);
    if (program.state_words > ProgramLimits::kStateWords) {
      findings_.Error(
          {1, 1, 1, 1},
          Sentence("the state of the program is ", program.state_words,
                   " words of 8 bytes; at most ", ProgramLimits::kStateWords, " are taken"),
          "smaller arrays and channels, fewer locals or fewer processes");
      return;
    }
    program.hash = HashOfProgram(program);
  }

  void WarnOfUnused() {
    for (const ParameterSyntax& each : syntax_.parameters) WarnUnless(each.name, "parameter");
    for (const ObjectSyntax& each : syntax_.objects) WarnUnless(each.name, "object");
    for (const auto& [key, use] : uses_) {
      if (use.read) continue;
      std::string hint = findings_.DidYouMean(key.second, CellNames());
      if (hint.empty())
        hint = "a shared cell is declared by shared; a local is seen by one process";
      findings_.Warning(use.assigned, Sentence("local '", key.second, "' is never read"), hint);
    }
  }

  void WarnUnless(const Name& name, std::string_view what) {
    if (used_.contains(name.text)) return;
    findings_.Warning(name.span, Sentence(what, " '", name.text, "' is never used"));
  }

  std::vector<std::string> CellNames() const {
    std::vector<std::string> names;
    for (const ObjectSyntax& each : syntax_.objects) {
      if (each.kind == ObjectKind::kCells) names.push_back(each.name.text);
    }
    return names;
  }

  const std::string name_;
  const Syntax& syntax_;
  Findings& findings_;
  ProgramText text_;
  std::string variant_;
  std::vector<Parameter> parameters_;
  UsedNames used_;
  LocalUses uses_;
};

}  // namespace
}  // namespace lang

Compilation CompileProgram(std::string_view name, std::string_view source,
                           const ProgramChoice& choice) {
  lang::Findings findings;
  Compilation compilation;
  const lang::Syntax syntax = lang::ParseProgram(source, findings);
  const bool is_text = !findings.failed() || !syntax.processes.empty() || !syntax.objects.empty();
  if (is_text) compilation.program = lang::Compiler(name, syntax, findings).Run(choice);
  if (findings.failed()) compilation.program.reset();
  compilation.diagnostics = findings.Take();
  return compilation;
}

CompiledExpression CompileExpression(Program& program, std::string_view text) {
  lang::Findings findings;
  lang::Syntax syntax;
  CompiledExpression compiled;
  const lang::Expression* const expression = lang::ParseExpression(text, syntax, findings);
  if (expression != nullptr && !findings.failed()) {
    const size_t code = program.code.size();
    const size_t strings = program.strings.size();
    lang::UsedNames used;
    lang::LocalUses uses;
    lang::Generator generator(lang::ScopeOf(program), program, used, uses, findings);
    compiled.expression = generator.InOneGo(*expression);
    if (findings.failed()) {
      compiled.expression = -1;
      program.code.resize(code);
      program.strings.resize(strings);
    }
  }
  compiled.diagnostics = findings.Take();
  return compiled;
}

}  // namespace ipclab
