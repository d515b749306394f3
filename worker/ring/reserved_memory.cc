#include "worker/ring/reserved_memory.h"

#include <fcntl.h>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"
#include "common/mapping.h"
#include "common/pages.h"
#include "worker/mechanisms/kernel_limit.h"

namespace ipclab {

absl::StatusOr<UniqueFd> ReserveMemory(const char* label, size_t bytes) {
  if (bytes > kMostReservedBytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat(label, ": ", bytes, " bytes of shared memory are wanted, one link gets ",
                     kMostReservedBytes, " at most: take fewer slots or smaller messages"));
  }
  auto file = CreateMemoryFile(label, bytes);
  if (!file.ok()) return file.status();
  int error;
  do {
    error = ::posix_fallocate(file->get(), 0, static_cast<off_t>(bytes));
  } while (error == EINTR);
  if (error != 0) {
    return ErrnoStatus("posix_fallocate", absl::StrCat(label, ", ", bytes, " bytes"), error);
  }
  return file;
}

Probe ProbeShared(const char* label) {
  Probe probe;
  if (const auto file = ReserveMemory(label, kPageBytes); !file.ok()) {
    probe.unavailable_reason =
        absl::StrCat("no shared memory without a name: ", file.status().message(),
                     "; the kernel, or what confines this process, must allow memfd_create");
  }
  probe.limits.push_back(MakeLimit("shared memory of one link, bytes; the lab's own",
                                   static_cast<int64_t>(kMostReservedBytes), ""));
  return probe;
}

}  // namespace ipclab
