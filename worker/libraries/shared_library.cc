#include "worker/libraries/shared_library.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

#include "common/errno_status.h"
#include "common/unique_fd.h"
#include "worker/child.h"

namespace ipclab {
namespace {

absl::Status LinkerStatus() {
  const char* const words = ::dlerror();
  return absl::UnavailableError(words == nullptr ? "the dynamic linker gives no reason" : words);
}

std::string ReadToEnd(int fd) {
  std::string text;
  std::array<char, 512> part;
  while (true) {
    const ssize_t got = ::read(fd, part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    text.append(part.data(), static_cast<size_t>(got));
  }
}

[[noreturn]] void LoadAndTell(absl::FunctionRef<absl::Status()> load, int fd) {
  const absl::Status status = load();
  if (status.ok()) ::_exit(0);
  const std::string words(status.message());
  // Below PIPE_BUF a pipe takes all of it or nothing.
  [[maybe_unused]] const ssize_t told = ::write(fd, words.data(), words.size());
  ::_exit(1);
}

}  // namespace

SharedLibrary::SharedLibrary(const char* file) : handle_(::dlopen(file, RTLD_NOW | RTLD_LOCAL)) {
  if (handle_ == nullptr) status_ = LinkerStatus();
}

void* SharedLibrary::Symbol(const char* name) {
  if (handle_ == nullptr) return nullptr;
  void* const symbol = ::dlsym(handle_, name);
  if (symbol == nullptr) status_.Update(LinkerStatus());
  return symbol;
}

absl::Status TryInChild(absl::FunctionRef<absl::Status()> load) {
  int fds[2];
  if (::pipe2(fds, O_CLOEXEC) != 0) return ErrnoStatus("pipe2");
  const UniqueFd read(fds[0]);
  UniqueFd write(fds[1]);
  Child child = Child::Fork([&] { LoadAndTell(load, fds[1]); });
  if (!child) return ErrnoStatus("fork");
  write.Reset();
  const std::string words = ReadToEnd(read.get());
  int status = 0;
  while (::waitpid(child.pid(), &status, 0) < 0 && errno == EINTR) {
  }
  child.Forget();
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return absl::OkStatus();
  return absl::UnavailableError(words.empty() ? "the attempt ends the process" : words);
}

}  // namespace ipclab
