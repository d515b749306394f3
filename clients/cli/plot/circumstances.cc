#include "clients/cli/plot/circumstances.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "clients/cli/plot/labels.h"
#include "clients/cli/plot/ticks.h"
#include "clients/cli/units.h"

namespace ipclab::plot {
namespace {

// Who is meant is told by their names up to so many.
constexpr size_t kMostNames = 6;

// Texts in the order in which they came, each with those that it holds for.
class Holders {
 public:
  void Add(const std::string& text, const std::string& label) {
    const auto [found, is_new] = places_.try_emplace(text, texts_.size());
    if (is_new) texts_.push_back({text, {}});
    texts_[found->second].second.push_back(label);
  }

  const std::vector<std::pair<std::string, std::vector<std::string>>>& texts() const {
    return texts_;
  }

  // The text alone where it holds for all; else each with its holders: "block (pipe); spin (ring)".
  std::string Said() const { return texts_.size() == 1 ? texts_.front().first : SaidWithNames(); }

  // The same where some of so many items may have no text.
  std::string SaidOf(size_t items) const {
    const bool all = texts_.size() == 1 && texts_.front().second.size() == items;
    return all ? texts_.front().first : SaidWithNames();
  }

  std::string SaidWithNames() const {
    return absl::StrJoin(texts_, "; ", [](std::string* out, const auto& each) {
      absl::StrAppend(out, each.first, " (", Names(each.second), ")");
    });
  }

  static std::string Names(const std::vector<std::string>& labels) {
    const size_t named = std::min(labels.size(), kMostNames);
    const std::string names =
        absl::StrJoin(labels.begin(), labels.begin() + static_cast<int64_t>(named), ", ");
    return named == labels.size() ? names
                                  : absl::StrCat(names, " and ", labels.size() - named, " more");
  }

 private:
  std::map<std::string, size_t> places_;
  std::vector<std::pair<std::string, std::vector<std::string>>> texts_;
};

std::string HostText(const Host& host) {
  std::vector<std::string> parts;
  if (!host.kernel.empty()) parts.push_back(absl::StrCat("Linux ", host.kernel));
  if (!host.cpu_model.empty()) parts.push_back(host.cpu_model);
  if (host.cpus) parts.push_back(absl::StrCat(*host.cpus, *host.cpus == 1 ? " CPU" : " CPUs"));
  if (host.virtual_machine) {
    const std::string by = host.hypervisor.empty() ? "" : absl::StrCat(" (", host.hypervisor, ")");
    parts.push_back(*host.virtual_machine ? absl::StrCat("virtual machine", by) : "not virtual");
  }
  return parts.empty() ? "not known" : absl::StrJoin(parts, ", ");
}

// "10 trials", "9 trials and 1 left out".
std::string TrialsText(const Item& item) {
  const auto left_out = std::count_if(item.results.begin(), item.results.end(),
                                      [](const TrialResult& trial) { return !trial.used; });
  const int64_t used =
      item.results.empty() ? item.trials : static_cast<int64_t>(item.results.size()) - left_out;
  std::string text = absl::StrCat(used, used == 1 ? " trial" : " trials");
  if (left_out > 0) absl::StrAppend(&text, " and ", left_out, " left out");
  return text;
}

// "n = 1.20 M" or, for several, from the least to the greatest.
std::string CountsText(const std::vector<Item>& items) {
  const auto [least, most] = std::minmax_element(
      items.begin(), items.end(), [](const Item& a, const Item& b) { return a.count < b.count; });
  const std::string from = CountText(least->count);
  const std::string to = CountText(most->count);
  return from == to ? absl::StrCat("n = ", to)
                    : absl::StrCat("n = ", from, " to ", to, " per item");
}

// One text of all items' enumerator, or which has which.
std::string Enumerators(const std::vector<Item>& items, std::string Item::*field) {
  Holders holders;
  for (const Item& item : items) {
    const std::string words = Words(item.*field);
    holders.Add(words.empty() ? "not said" : words, item.label);
  }
  return holders.Said();
}

std::string MeasuredText(const std::vector<Item>& items) {
  Holders sizes;
  Holders trials;
  Holders shapes;
  for (const Item& item : items) {
    sizes.Add(item.message_bytes ? cli::SizeText(*item.message_bytes) : "not said", item.label);
    trials.Add(TrialsText(item), item.label);
    if (!item.shape.empty()) shapes.Add(absl::StrJoin(item.shape, ", "), item.label);
  }
  // Sizes are in the labels already.
  const std::string size = sizes.texts().size() == 1 ? absl::StrCat(", ", sizes.Said()) : "";
  const std::string shape =
      shapes.texts().size() == 1 ? absl::StrCat(", ", shapes.texts().front().first) : "";
  return absl::StrCat("pattern ", Enumerators(items, &Item::pattern), size, shape, "; placement ",
                      Enumerators(items, &Item::placement), "; wait ",
                      Enumerators(items, &Item::wait), "; ", trials.Said(), "; ",
                      CountsText(items));
}

void AddWarnings(const std::vector<Item>& items, std::vector<Circumstance>& all) {
  Holders warnings;
  for (const Item& item : items) {
    for (const std::string& warning : item.warnings) warnings.Add(warning, item.label);
  }
  for (const auto& [warning, labels] : warnings.texts()) {
    const bool everywhere = labels.size() == items.size();
    const std::string whose = everywhere ? (items.size() == 1 ? items.front().label : "all items")
                                         : Holders::Names(labels);
    all.push_back({"Warning", absl::StrCat(warning, ": ", whose), true});
  }
}

void AddOptions(const std::vector<Item>& items, std::vector<Circumstance>& all) {
  Holders options;
  for (const Item& item : items) {
    const std::string said = absl::StrJoin(item.options, ", ", absl::PairFormatter(" "));
    if (!said.empty()) options.Add(said, item.label);
  }
  if (!options.texts().empty()) all.push_back({"Options", options.SaidOf(items.size())});
}

void AddHosts(const std::vector<Item>& items, std::vector<Circumstance>& all) {
  std::set<std::string> classes;
  for (const Item& item : items) classes.insert(item.host ? item.host->host_class : "");
  classes.erase("");  // what older results do not say
  Holders hosts;
  for (const Item& item : items) {
    std::string host = item.host ? HostText(*item.host) : "not known";
    const bool has_class = item.host && !item.host->host_class.empty();
    if (classes.size() > 1 && has_class) {
      absl::StrAppend(&host, ", class ", item.host->host_class);
    }
    hosts.Add(host, item.label);
  }
  all.push_back({"Host", hosts.Said()});
  if (classes.size() > 1) {
    all.push_back({"Warning",
                   "the items were measured on hosts of different classes: what differs may be the "
                   "hosts and not the mechanisms",
                   true});
  } else if (hosts.texts().size() > 1) {
    all.push_back({"Warning", "the items were not measured on one host: compare with care", true});
  }
}

void AddReferences(const std::vector<Item>& items, std::vector<Circumstance>& all) {
  Holders floors;
  Holders noise;
  Holders seeds;
  for (const Item& item : items) {
    if (item.floor_nanos) floors.Add(cli::NanosText(*item.floor_nanos), item.label);
    if (!item.noise_floor.empty()) noise.Add(item.noise_floor, item.label);
    if (!item.seed.empty()) seeds.Add(item.seed, item.label);
  }
  if (!floors.texts().empty()) {
    all.push_back(
        {"Floor", absl::StrCat("`null`, the harness alone, has a p50 of ", floors.Said())});
  }
  if (!noise.texts().empty()) {
    all.push_back({"Noise floor", absl::StrCat("an item against itself: ", noise.Said())});
  }
  if (!seeds.texts().empty()) all.push_back({"Seed of the order", seeds.Said()});
}

}  // namespace

std::vector<Circumstance> CircumstancesOf(const Results& results) {
  std::vector<Circumstance> all;
  std::vector<Item> measured;
  std::copy_if(results.items.begin(), results.items.end(), std::back_inserter(measured), Measured);
  if (!measured.empty()) {
    all.push_back({"Measured", MeasuredText(measured)});
    AddOptions(measured, all);
    AddHosts(measured, all);
    AddReferences(measured, all);
    AddWarnings(measured, all);
  }
  for (const Item& item : results.items) {
    if (!item.error.empty()) {
      all.push_back({"Failed", absl::StrCat(item.label, ": ", item.error), true});
    }
  }
  for (const std::string& failure : results.failures) all.push_back({"Failed", failure, true});
  return all;
}

}  // namespace ipclab::plot
