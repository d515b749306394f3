#include "tests/support/process_state.h"

#include <poll.h>
#include <sys/syscall.h>

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

// True when it waits in poll() without a limit.
bool PollsForEver(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/syscall");
  long call = -1;  // "running" is no number
  std::string descriptors, count, limit;
  if (!(file >> call >> descriptors >> count >> limit)) return false;
#if defined(SYS_poll)
  if (call == SYS_poll) return static_cast<int>(std::stoull(limit, nullptr, 16)) == -1;
#endif
  return call == SYS_ppoll && std::stoull(limit, nullptr, 16) == 0;
}

}  // namespace

std::set<pid_t> Workers(pid_t zygote) { return ChildrenNamed(zygote, "ipclab-w"); }

std::set<pid_t> Spares(pid_t zygote) { return ChildrenNamed(zygote, "ipclab-spare"); }

void AwaitRest(pid_t zygote) {
  constexpr size_t kSpares = 2;
  constexpr int kLooks = 5000;
  for (int look = 0; look < kLooks; ++look) {
    if (Spares(zygote).size() == kSpares && PollsForEver(zygote)) return;
    ::poll(nullptr, 0, 2);  // no event tells: only the zygote knows
  }
  FAIL() << "the zygote has no spare workers, or no rest";
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
