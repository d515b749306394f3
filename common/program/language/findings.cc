#include "common/program/language/findings.h"
#include "common/program/language/sentence.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace ipclab::lang {
namespace {

constexpr size_t kLongestName = 32;  // that is compared with others
constexpr size_t kMostNames = 500;
constexpr int kMostSuggestions = 200;

// Of names that are not too long: letters to insert, drop, replace or swap with their neighbour.
size_t Distance(std::string_view a, std::string_view b) {
  // Three rows of the table are enough; no name is longer.
  std::array<size_t, kLongestName + 1> before{}, last{}, row{};
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

auto PlaceOf(const Diagnostic& each) {
  return std::make_tuple(each.span.line, each.span.column, !each.is_error);
}

}  // namespace

void Findings::Error(const SourceSpan& span, std::string message, std::string hint) {
  Add({true, span, std::move(message), std::move(hint)});
}

void Findings::Warning(const SourceSpan& span, std::string message, std::string hint) {
  Add({false, span, std::move(message), std::move(hint)});
}

void Findings::Add(Diagnostic diagnostic) {
  // Every variant is checked: most of what is wrong is wrong in each.
  const auto is_same = [&diagnostic](const Diagnostic& each) {
    return each.span == diagnostic.span && each.is_error == diagnostic.is_error &&
           each.message == diagnostic.message;
  };
  if (full() || std::any_of(found_.begin(), found_.end(), is_same)) return;
  if (diagnostic.is_error) {
    if (++errors_ == kMost) {
      diagnostic.hint = "this was the last of many: the others are not listed";
    }
  } else if (found_.size() >= 2 * kMost) {
    return;
  }
  found_.push_back(std::move(diagnostic));
}

std::vector<Diagnostic> Findings::Take() {
  std::stable_sort(found_.begin(), found_.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return PlaceOf(a) < PlaceOf(b);
  });
  return std::move(found_);
}

std::string NearestName(std::string_view word, const std::vector<std::string>& names) {
  if (word.size() > kLongestName || names.size() > kMostNames) return "";
  size_t nearest = std::max<size_t>(1, word.size() / 3) + 1;
  std::string_view found;
  for (const std::string& name : names) {
    if (name.size() > kLongestName || name == word) continue;
    const size_t longer = std::max(name.size(), word.size());
    if (longer - std::min(name.size(), word.size()) >= nearest || longer < 3) continue;
    const size_t distance = Distance(word, name);
    if (distance >= nearest || distance >= longer) continue;
    nearest = distance;
    found = name;
  }
  return std::string(found);
}

std::string Findings::DidYouMean(std::string_view word, const std::vector<std::string>& names) {
  if (++suggestions_ > kMostSuggestions) return "";
  const std::string nearest = NearestName(word, names);
  return nearest.empty() ? "" : Sentence("did you mean '", nearest, "'?");
}

SourceSpan Cover(const SourceSpan& first, const SourceSpan& last) {
  return {first.line, first.column, last.end_line, last.end_column};
}

}  // namespace ipclab::lang
