#include "clients/cli/plot/labels.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "clients/cli/terminal.h"
#include "clients/cli/units.h"

namespace ipclab::plot {
namespace {

constexpr double kWidthPerSize = 0.56;  // the mean of common fonts, with a little to spare

using Part = std::function<std::string(const Item&)>;

std::string NameOfItem(const Item& item) {
  return item.message_bytes && *item.message_bytes > 0
             ? absl::StrCat(item.mechanism, " ", cli::SizeText(*item.message_bytes))
             : item.mechanism;
}

// "capacity 4096"; nothing where the item does not have it.
std::string OptionText(const Item& item, const std::string& name) {
  const auto found = item.options.find(name);
  return found == item.options.end() ? "" : absl::StrCat(name, " ", found->second);
}

// What may tell items apart, in the order in which it is said.
std::vector<Part> Parts() {
  return {
      [](const Item& item) { return Words(item.pattern); },
      [](const Item& item) { return absl::StrJoin(item.shape, ", "); },
      [](const Item& item) { return Words(item.placement); },
      [](const Item& item) { return Words(item.wait); },
      [](const Item& item) { return Words(item.latency_kind); },
  };
}

// Of the items that were measured.
bool Differs(const std::vector<Item>& items, const Part& part) {
  std::set<std::string> said;
  for (const Item& item : items) {
    if (Measured(item)) said.insert(part(item));
  }
  return said.size() > 1;
}

void Say(const Part& part, std::vector<Item>& items) {
  for (Item& item : items) {
    const std::string said = part(item);
    if (!said.empty()) absl::StrAppend(&item.label, ", ", said);
  }
}

// "results/a.json:3" is of "a.json".
std::string FileOf(const Item& item) {
  const std::string path = item.place.substr(0, item.place.rfind(':'));
  return path.substr(path.rfind('/') + 1);
}

std::string ClassOf(const Item& item) { return item.host ? item.host->host_class : ""; }

// Options that items of one mechanism do not have alike: what another mechanism has is not what
// tells these apart.
std::vector<std::string> OptionsThatDiffer(const std::vector<Item>& items) {
  std::set<std::string> names;
  for (const Item& item : items) {
    for (const auto& [name, value] : item.options) names.insert(name);
  }
  std::vector<std::string> differ;
  for (const std::string& name : names) {
    std::map<std::string, std::set<std::string>> values;
    for (const Item& item : items) {
      if (Measured(item)) values[item.mechanism].insert(OptionText(item, name));
    }
    const bool any = std::any_of(values.begin(), values.end(),
                                 [](const auto& each) { return each.second.size() > 1; });
    if (any) differ.push_back(name);
  }
  return differ;
}

// Older results do not say their class.
bool HostsDiffer(const std::vector<Item>& items) {
  std::set<std::string> classes;
  for (const Item& item : items) {
    if (Measured(item)) classes.insert(ClassOf(item));
  }
  classes.erase("");
  return classes.size() > 1;
}

// What names the host of an item, where there are hosts of several classes: its file if no file is
// of two of them, and else the class.
Part HostPart(const std::vector<Item>& items) {
  std::map<std::string, std::set<std::string>> classes;
  for (const Item& item : items) {
    if (Measured(item)) classes[FileOf(item)].insert(ClassOf(item));
  }
  const bool mixed = std::any_of(classes.begin(), classes.end(),
                                 [](const auto& each) { return each.second.size() > 1; });
  if (!mixed) return FileOf;
  return [](const Item& item) {
    const std::string name = ClassOf(item);
    return name.empty() ? "host not known" : absl::StrCat("host ", name);
  };
}

std::map<std::string, int> Count(const std::vector<Item>& items) {
  std::map<std::string, int> counts;
  for (const Item& item : items) ++counts[item.label];
  return counts;
}

// How many bytes the first characters take.
size_t BytesOf(absl::string_view text, size_t characters) {
  size_t at = 0;
  while (at < text.size()) {
    const bool begins = (static_cast<unsigned char>(text[at]) & 0xc0) != 0x80;
    if (begins && characters-- == 0) break;
    ++at;
  }
  return at;
}

}  // namespace

void LabelItems(std::vector<Item>& items) {
  for (Item& item : items) item.label = NameOfItem(item);
  for (const Part& part : Parts()) {
    if (Differs(items, part)) Say(part, items);
  }
  for (const std::string& name : OptionsThatDiffer(items)) {
    Say([&name](const Item& item) { return OptionText(item, name); }, items);
  }
  if (HostsDiffer(items)) Say(HostPart(items), items);
  const std::map<std::string, int> before = Count(items);
  for (Item& item : items) {
    if (before.at(item.label) > 1) absl::StrAppend(&item.label, " (", FileOf(item), ")");
  }
  const std::map<std::string, int> after = Count(items);
  std::map<std::string, int> seen;
  for (Item& item : items) {
    const std::string label = item.label;
    if (after.at(label) > 1) absl::StrAppend(&item.label, " #", ++seen[label]);
  }
}

std::string Words(absl::string_view enumerator) {
  if (absl::EndsWith(enumerator, "_UNSPECIFIED")) return "";
  return absl::StrReplaceAll(absl::AsciiStrToLower(enumerator), {{"_", " "}});
}

std::string CountText(int64_t count) {
  return count < 1000 ? absl::StrCat(count) : cli::RateText(static_cast<double>(count));
}

double TextWidth(absl::string_view text, double size) {
  return static_cast<double>(cli::ColumnsOf(std::string(text))) * size * kWidthPerSize;
}

std::string FitText(absl::string_view text, double size, double width) {
  if (TextWidth(text, size) <= width) return std::string(text);
  const double characters = width / (size * kWidthPerSize) - 3;
  const size_t kept = BytesOf(text, static_cast<size_t>(std::max(1.0, characters)));
  return absl::StrCat(text.substr(0, kept), "...");
}

std::vector<std::string> BreakText(absl::string_view text, double size, double width) {
  const auto columns = static_cast<size_t>(std::max(1.0, width / (size * kWidthPerSize)));
  return cli::WrapWords(std::string(text), columns);
}

}  // namespace ipclab::plot
