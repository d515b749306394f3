#include "common/listing/filter.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/listing/filter_lexer.h"

namespace ipclab {
namespace {

using Kind = FilterToken::Kind;

// By FilterOperator.
constexpr const char* kOperators[] = {"=", "!=", "<", "<=", ">", ">="};

// Enough to recognise it; it goes to terminals.
std::string Shown(const std::string& text) {
  constexpr size_t kLongest = 64;
  if (text.size() <= kLongest) return absl::StrCat("\"", absl::CEscape(text), "\"");
  return absl::StrCat("\"", absl::CEscape(text.substr(0, kLongest)), "...\"");
}

std::string Shown(const FilterToken& token) {
  return token.kind == Kind::kEnd ? "the end" : Shown(token.text);
}

// Every byte but those that continue a UTF-8 character begins one.
size_t ColumnOf(const std::string& text, size_t offset) {
  const auto begins = [](char each) { return (static_cast<unsigned char>(each) & 0xc0) != 0x80; };
  return 1 + static_cast<size_t>(std::count_if(
                 text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), begins));
}

bool IsWord(const FilterToken& token, const char* word) {
  return token.kind == Kind::kWord && token.text == word;
}

class Parser {
 public:
  Parser(const std::string& text, const std::vector<FilterField>& fields)
      : text_(text), fields_(fields), tokens_(LexFilter(text)) {}

  Filter Run() {
    if (Next().kind == Kind::kEnd) return {};
    while (true) {
      if (++comparisons_ > kMaxFilterComparisons) {
        Wrong(Next(), absl::StrCat("there are more than ", kMaxFilterComparisons,
                                   " comparisons; ask for less at once"));
        break;
      }
      // After a mistake it goes on behind the next AND, to find all of them at once.
      if (!ParseComparison() || !AtJoint()) SkipToJoint();
      if (Next().kind == Kind::kEnd) break;
      ++at_;
    }
    return std::move(filter_);
  }

 private:
  const FilterToken& Next() const { return tokens_[at_]; }
  // The end is never passed.
  const FilterToken& Take() { return Next().kind == Kind::kEnd ? Next() : tokens_[at_++]; }

  bool Wrong(const FilterToken& token, const std::string& message) {
    filter_.mistakes.push_back(
        {ColumnOf(text_, token.offset), token.kind == Kind::kMistake ? token.text : message});
    return false;
  }

  bool AtJoint() {
    const FilterToken& next = Next();
    if (next.kind == Kind::kEnd || IsWord(next, "AND")) return true;
    return Wrong(next, absl::StrCat("expected AND or the end, found ", Shown(next),
                                    "; comparisons are joined by AND alone"));
  }

  void SkipToJoint() {
    while (Next().kind != Kind::kEnd && !IsWord(Next(), "AND")) ++at_;
  }

  bool ParseComparison() {
    const FilterToken& name = Next();
    if (name.kind != Kind::kWord || name.text == "AND") {
      return Wrong(name, absl::StrCat("expected a field, found ", Shown(name), "; ", Known()));
    }
    ++at_;
    FilterComparison comparison;
    const FilterField* const field = ParseField(name, comparison);
    if (!field) return false;
    const std::optional<FilterOperator> op = ParseOperator(*field);
    if (!op) return false;
    comparison.op = *op;
    if (!ParseValue(*field, comparison)) return false;
    filter_.comparisons.push_back(std::move(comparison));
    return true;
  }

  // Null after a mistake.
  const FilterField* ParseField(const FilterToken& name, FilterComparison& comparison) {
    for (size_t i = 0; i < fields_.size(); ++i) {
      const FilterField& field = fields_[i];
      const bool is_map = field.kind == FilterField::Kind::kMap;
      if (is_map ? !absl::StartsWith(name.text, field.name + ".") : name.text != field.name) {
        continue;
      }
      comparison.field = i;
      if (!is_map) return &field;
      comparison.key = name.text.substr(field.name.size() + 1);
      if (!comparison.key.empty()) return &field;
      if (Next().kind != Kind::kText || !Next().follows_directly) break;
      comparison.key = Take().text;
      return &field;
    }
    Wrong(name, absl::StrCat("there is no field ", Shown(name), "; ", Known()));
    return nullptr;
  }

  std::optional<FilterOperator> ParseOperator(const FilterField& field) {
    const FilterToken& token = Next();
    const bool ordered =
        field.kind == FilterField::Kind::kNumber || field.kind == FilterField::Kind::kTime;
    const size_t allowed = ordered ? std::size(kOperators) : 2;
    if (token.kind == Kind::kOperator) {
      for (size_t i = 0; i < allowed; ++i) {
        if (token.text != kOperators[i]) continue;
        ++at_;
        return static_cast<FilterOperator>(i);
      }
    }
    Wrong(token, absl::StrCat("expected ", ordered ? "one of = != < <= > >=" : "= or !=", " after ",
                              field.name, ", found ", Shown(token)));
    return std::nullopt;
  }

  bool ParseValue(const FilterField& field, FilterComparison& comparison) {
    const FilterToken& token = Next();
    if ((token.kind != Kind::kWord && token.kind != Kind::kText) || IsWord(token, "AND")) {
      return Wrong(token,
                   absl::StrCat("expected a value for ", field.name, ", found ", Shown(token)));
    }
    ++at_;
    switch (field.kind) {
      case FilterField::Kind::kText:
      case FilterField::Kind::kMap:
        comparison.value = token.text;
        return true;
      case FilterField::Kind::kChoice:
        comparison.value = token.text;
        if (std::count(field.choices.begin(), field.choices.end(), token.text)) return true;
        return Wrong(token, absl::StrCat(Shown(token), " is no ", field.name, "; there are ",
                                         absl::StrJoin(field.choices, ", ")));
      case FilterField::Kind::kNumber:
        return ParseNumber(field, token, comparison);
      case FilterField::Kind::kTime:
        return ParseTime(field, token, comparison);
    }
    return false;
  }

  bool ParseNumber(const FilterField& field, const FilterToken& token,
                   FilterComparison& comparison) {
    int64_t number = 0;
    if (!absl::SimpleAtoi(token.text, &number)) {
      return Wrong(token, absl::StrCat(field.name, " is compared with a whole number, not with ",
                                       Shown(token)));
    }
    comparison.value = number;
    return true;
  }

  bool ParseTime(const FilterField& field, const FilterToken& token, FilterComparison& comparison) {
    absl::Time time;
    // Abseil would take "infinite-future" too.
    if (!absl::ParseTime(absl::RFC3339_full, token.text, &time, nullptr) ||
        time == absl::InfiniteFuture() || time == absl::InfinitePast()) {
      return Wrong(token, absl::StrCat(field.name,
                                       " is compared with a time such as "
                                       "\"2026-01-31T12:00:00Z\", not with ",
                                       Shown(token)));
    }
    comparison.value = time;
    return true;
  }

  std::string Known() const {
    return absl::StrCat(
        "there are ", absl::StrJoin(fields_, ", ", [](std::string* out, const FilterField& field) {
          absl::StrAppend(out, field.name, field.kind == FilterField::Kind::kMap ? ".KEY" : "");
        }));
  }

  const std::string& text_;
  const std::vector<FilterField>& fields_;
  const std::vector<FilterToken> tokens_;
  size_t at_ = 0;
  size_t comparisons_ = 0;
  Filter filter_;
};

}  // namespace

Filter ParseFilter(const std::string& text, const std::vector<FilterField>& fields) {
  if (text.size() > kMaxFilterBytes) {
    Filter filter;
    filter.mistakes = {
        {kMaxFilterBytes + 1, absl::StrCat("the filter has ", text.size(), " bytes, and at most ",
                                           kMaxFilterBytes, " are read; ask for less at once")}};
    return filter;
  }
  return Parser(text, fields).Run();
}

}  // namespace ipclab
