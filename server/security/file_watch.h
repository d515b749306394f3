// Notices that files have changed, by looking at them every second from a thread of its own: so no
// handler ever waits for a disk, and it works for every kind of file system, and for files that are
// replaced through links, as secrets of containers are.
//
// Usage:
//   FileWatch watch({path}, [&] { Reload(path); });
#pragma once

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "common/unique_fd.h"

namespace ipclab {

class FileWatch {
 public:
  // Calls on_change on the watch's thread after one of the files has become another, or has come or
  // gone, compared with what it was when the watch was made.
  FileWatch(std::vector<std::string> paths, std::function<void()> on_change,
            absl::Duration interval = absl::Seconds(1));
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;
  // Waits for a call of on_change to return.
  ~FileWatch();

 private:
  // What tells one content of a file from another; empty when there is no file.
  using Marks = std::vector<std::string>;
  Marks Look() const;
  void Run(Marks before);

  const std::vector<std::string> paths_;
  const std::function<void()> on_change_;
  const absl::Duration interval_;
  const UniqueFd over_;  // an eventfd, written at the end
  std::thread thread_;
};

}  // namespace ipclab
