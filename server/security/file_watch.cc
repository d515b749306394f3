#include "server/security/file_watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"

namespace ipclab {

FileWatch::FileWatch(std::vector<std::string> paths, std::function<void()> on_change,
                     absl::Duration interval)
    : paths_(std::move(paths)),
      on_change_(std::move(on_change)),
      interval_(interval),
      over_(::eventfd(0, EFD_CLOEXEC)) {
  // Here, not on the thread: what changes from now on counts.
  thread_ = std::thread([this, before = Look()]() mutable { Run(std::move(before)); });
}

FileWatch::~FileWatch() {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(over_.get(), &one, sizeof one);
  thread_.join();
}

FileWatch::Marks FileWatch::Look() const {
  Marks marks;
  for (const std::string& path : paths_) {
    struct stat info;
    // The change time too: a mode that was mended is a change, and a copied file may be old.
    marks.push_back(::stat(path.c_str(), &info) != 0
                        ? ""
                        : absl::StrCat(info.st_dev, " ", info.st_ino, " ", info.st_size, " ",
                                       info.st_mtim.tv_sec, ".", info.st_mtim.tv_nsec, " ",
                                       info.st_ctim.tv_sec, ".", info.st_ctim.tv_nsec));
  }
  return marks;
}

void FileWatch::Run(Marks before) {
  const int milliseconds = static_cast<int>(absl::ToInt64Milliseconds(interval_));
  pollfd over = {.fd = over_.get(), .events = POLLIN, .revents = 0};
  while (::poll(&over, 1, milliseconds) <= 0) {
    Marks now = Look();
    if (now == before) continue;
    before = std::move(now);
    on_change_();
  }
}

}  // namespace ipclab
