#include "worker/census/threads.h"

#include <charconv>
#include <filesystem>
#include <fstream>
#include <string>

namespace ipclab {

std::vector<ThreadOfProcess> ThreadsOfThisProcess() {
  std::vector<ThreadOfProcess> threads;
  std::error_code error;
  const std::filesystem::directory_iterator end;
  for (std::filesystem::directory_iterator entry("/proc/self/task", error); !error && entry != end;
       entry.increment(error)) {
    const std::string number = entry->path().filename().string();
    pid_t id = 0;
    std::from_chars(number.data(), number.data() + number.size(), id);
    std::string name;
    std::getline(std::ifstream(entry->path() / "comm"), name);
    threads.push_back({id, name.starts_with("iou-")});
  }
  return threads;
}

}  // namespace ipclab
