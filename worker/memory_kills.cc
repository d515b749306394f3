#include "worker/memory_kills.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <string_view>

#include "common/unique_fd.h"

namespace ipclab {

int64_t CountMemoryKills() {
  const UniqueFd file(::open("/proc/vmstat", O_RDONLY | O_CLOEXEC));
  if (!file) return 0;
  // One read: the kernel makes the whole table for each.
  std::array<char, 16384> buffer;
  const ssize_t length = ::read(file.get(), buffer.data(), buffer.size());
  if (length <= 0) return 0;
  const std::string_view text(buffer.data(), static_cast<size_t>(length));
  constexpr std::string_view kKey = "\noom_kill ";
  const size_t at = text.find(kKey);
  if (at == std::string_view::npos) return 0;
  int64_t count = 0;
  std::from_chars(text.data() + at + kKey.size(), text.data() + text.size(), count);
  return count;
}

}  // namespace ipclab
