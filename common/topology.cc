#include "common/topology.h"

#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <optional>
#include <string_view>

#include "absl/strings/str_cat.h"

namespace ipclab {
namespace {

// No kernel counts so far; a list such as "0-4000000000" is refused before it takes memory.
constexpr int kMostCpus = 1 << 16;

std::optional<std::string> ReadLine(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  return line;
}

// A number from 0 up, and nothing behind it.
std::optional<int> ParseNumber(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

std::optional<int> ReadNumber(const std::string& path) {
  const std::optional<std::string> line = ReadLine(path);
  return line ? ParseNumber(*line) : std::nullopt;
}

// The first CPU of a list serves as the name of what the listed ones share.
std::optional<int> ReadFirstOfList(const std::string& path) {
  const std::optional<std::string> line = ReadLine(path);
  if (!line) return std::nullopt;
  const absl::StatusOr<std::vector<int>> list = ParseCpuList(*line);
  return list.ok() ? std::optional<int>(list->front()) : std::nullopt;
}

// The first CPU of those that share the highest level of cache with this one.
std::optional<int> ReadLastCache(const std::string& cpu_folder) {
  int highest = 0;
  std::optional<int> first;
  for (int i = 0;; ++i) {
    const std::string cache = absl::StrCat(cpu_folder, "/cache/index", i);
    const std::optional<int> level = ReadNumber(cache + "/level");
    if (!level) return first;
    if (*level <= highest) continue;
    highest = *level;
    first = ReadFirstOfList(cache + "/shared_cpu_list");
  }
}

Cpu ReadCpu(const std::string& root, int id) {
  const std::string folder = absl::StrCat(root, "/cpu", id);
  const std::string topology = folder + "/topology";
  Cpu cpu;
  cpu.id = id;
  cpu.core = ReadFirstOfList(topology + "/thread_siblings_list").value_or(id);
  cpu.socket = ReadNumber(topology + "/physical_package_id").value_or(0);
  // Virtual machines often hide the caches. One socket then counts as one cache.
  const std::optional<int> cache = ReadLastCache(folder);
  cpu.cache = cache ? *cache : ReadFirstOfList(topology + "/core_siblings_list").value_or(0);
  return cpu;
}

}  // namespace

const Cpu* Topology::Find(int id) const {
  const auto found =
      std::find_if(cpus.begin(), cpus.end(), [id](const Cpu& cpu) { return cpu.id == id; });
  return found == cpus.end() ? nullptr : &*found;
}

std::vector<int> AllowedCpus() {
  // The kernel refuses a mask that is smaller than its own and does not say how large that is.
  for (int limit = CPU_SETSIZE; limit <= kMostCpus; limit *= 2) {
    std::vector<cpu_set_t> mask(static_cast<size_t>(limit / CPU_SETSIZE));
    const size_t bytes = mask.size() * sizeof(cpu_set_t);
    if (::sched_getaffinity(0, bytes, mask.data()) != 0) {
      if (errno == EINVAL) continue;
      break;
    }
    std::vector<int> cpus;
    for (int id = 0; id < limit; ++id) {
      if (CPU_ISSET_S(static_cast<size_t>(id), bytes, mask.data())) cpus.push_back(id);
    }
    return cpus;
  }
  return {0};
}

Topology ReadTopology(const std::vector<int>& cpus, const std::string& root) {
  Topology topology;
  for (const int id : cpus) topology.cpus.push_back(ReadCpu(root, id));
  return topology;
}

Topology ReadTopology(const std::string& root) { return ReadTopology(AllowedCpus(), root); }

absl::StatusOr<std::vector<int>> ParseCpuList(const std::string& text) {
  const auto refuse = [&text] {
    return absl::InvalidArgumentError(
        absl::StrCat("parse CPU list \"", text, "\": write it like 0-3,8"));
  };
  std::vector<bool> listed(kMostCpus);
  std::string_view rest = text;
  if (rest.ends_with('\n')) rest.remove_suffix(1);
  for (bool more = true; more;) {
    const size_t comma = rest.find(',');
    const std::string_view range = rest.substr(0, comma);
    more = comma != std::string_view::npos;
    if (more) rest.remove_prefix(comma + 1);

    const size_t dash = range.find('-');
    const std::optional<int> first = ParseNumber(range.substr(0, dash));
    const std::optional<int> last =
        dash == std::string_view::npos ? first : ParseNumber(range.substr(dash + 1));
    if (!first || !last || *last < *first || *last >= kMostCpus) return refuse();
    std::fill(listed.begin() + *first, listed.begin() + *last + 1, true);
  }
  std::vector<int> cpus;
  for (int id = 0; id < kMostCpus; ++id) {
    if (listed[static_cast<size_t>(id)]) cpus.push_back(id);
  }
  return cpus;
}

}  // namespace ipclab
