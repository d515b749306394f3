#include "tests/support/process_state.h"

#include <filesystem>
#include <fstream>

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

std::set<pid_t> Children(pid_t pid) {
  const std::string id = std::to_string(pid);
  std::ifstream file("/proc/" + id + "/task/" + id + "/children");
  std::set<pid_t> children;
  for (pid_t child; file >> child;) children.insert(child);
  return children;
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
