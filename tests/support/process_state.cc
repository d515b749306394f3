#include "tests/support/process_state.h"

#include <poll.h>

#include <filesystem>
#include <fstream>

#include "gtest/gtest.h"

namespace ipclab {

namespace fs = std::filesystem;

std::vector<std::string> OpenDescriptors(pid_t pid) {
  std::vector<std::string> targets;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc/" + std::to_string(pid) + "/fd", error)) {
    const fs::path target = fs::read_symlink(entry.path(), error);
    if (!error) targets.push_back(target.string());
  }
  return targets;
}

namespace {

// Live children whose name begins so.
std::set<pid_t> ChildrenNamed(pid_t pid, const std::string& name) {
  const std::string id = std::to_string(pid);
  std::ifstream file("/proc/" + id + "/task/" + id + "/children");
  std::set<pid_t> children;
  for (pid_t child; file >> child;) {
    if (StatusLine(child, "Name").starts_with(name)) children.insert(child);
  }
  return children;
}

}  // namespace

std::set<pid_t> Workers(pid_t zygote) { return ChildrenNamed(zygote, "ipclab-w"); }

std::set<pid_t> Spares(pid_t zygote) { return ChildrenNamed(zygote, "ipclab-spare"); }

void AwaitSpares(pid_t zygote) {
  constexpr size_t kSpares = 2;
  constexpr int kLooks = 5000;
  for (int look = 0; look < kLooks; ++look) {
    if (Spares(zygote).size() == kSpares) return;
    ::poll(nullptr, 0, 2);  // no event tells: only the zygote knows
  }
  FAIL() << "the zygote has no spare workers";
}

std::string StatusLine(pid_t pid, const std::string& key) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(key + ":")) continue;
    const size_t value = line.find_first_not_of(" \t", key.size() + 1);
    return value == std::string::npos ? "" : line.substr(value);
  }
  return "";
}

std::set<std::string> SharedMemoryObjects() {
  std::set<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/dev/shm", error)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("ipclab-")) names.insert(name);
  }
  return names;
}

}  // namespace ipclab
