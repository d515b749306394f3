#include "worker/ring/named_region.h"

#include <fcntl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/errno_status.h"
#include "common/ipc_name.h"
#include "common/run_file.h"
#include "common/sysv_object.h"
#include "common/unique_fd.h"
#include "worker/mechanisms/kernel_limit.h"
#include "worker/ring/ring_request.h"

namespace ipclab {
namespace {

constexpr std::string_view kEnlargeShm =
    "mount -o remount,size=... /dev/shm, or --shm-size for a container";

// The kernel's defaults are just below 2^64, which no signed number holds: as good as none.
constexpr int64_t kUnlimited = std::numeric_limits<int64_t>::max();

int64_t MostBytes() { return ReadSysctl("kernel/shmmax").value_or(kUnlimited); }
int64_t MostPages() { return ReadSysctl("kernel/shmall").value_or(kUnlimited); }
int64_t MostSegments() { return ReadSysctl("kernel/shmmni").value_or(kUnlimited); }

absl::Status RefuseSegment(const absl::Status& status, size_t bytes) {
  return absl::ResourceExhaustedError(absl::StrCat(
      status.message(), "; ", bytes, " bytes are wanted, kernel.shmmax allows a segment ",
      MostBytes(), ", kernel.shmall all of them ", MostPages(), " pages, kernel.shmmni ",
      MostSegments(), " segments"));
}

// There is no other way to reserve a segment's memory.
absl::StatusOr<Region> AttachWhole(int id, size_t bytes) {
  auto region = Region::Attach(id, bytes);
  if (!region.ok()) return region.status();
  if (absl::Status status = region->Populate(); !status.ok()) return status;
  return region;
}

// What was reserved is mapped; if either fails the name goes.
absl::StatusOr<Region> MapReserved(int fd, size_t bytes, absl::Status reserved,
                                   const internal::IpcName& name) {
  auto region = reserved.ok() ? Region::Map(fd, bytes) : std::move(reserved);
  if (!region.ok()) UnlinkIpcObject(name).IgnoreError();
  return region;
}

// Both have it: the name has done its work.
absl::StatusOr<Region> WithoutName(absl::StatusOr<Region> region, const internal::IpcName& name) {
  if (!region.ok()) return region;
  if (absl::Status removed = UnlinkIpcObject(name); !removed.ok()) return removed;
  return region;
}

}  // namespace

void DescribePosixShm(Probe& probe) {
  struct statvfs room;
  if (::statvfs("/dev/shm", &room) != 0) {
    probe.unavailable_reason = "/dev/shm is not there; mount -t tmpfs shm /dev/shm";
    return;
  }
  probe.limits.push_back(MakeLimit("bytes of /dev/shm; 0: no limit",
                                   static_cast<int64_t>(room.f_blocks * room.f_frsize),
                                   kEnlargeShm));
}

void DescribeRunFolder(Probe& probe) {
  struct statvfs room;
  if (::statvfs(RuntimeFolderPath().c_str(), &room) != 0) return;  // none yet
  probe.limits.push_back(MakeLimit("bytes of the run folder's file system; 0: no limit",
                                   static_cast<int64_t>(room.f_blocks * room.f_frsize),
                                   "XDG_RUNTIME_DIR, at a folder on a larger one"));
}

void DescribeSegments(Probe& probe) {
  shminfo info;
  if (::shmctl(0, IPC_INFO, reinterpret_cast<shmid_ds*>(&info)) < 0) {
    probe.unavailable_reason = absl::StrCat("shmctl IPC_INFO: ", std::strerror(errno),
                                            "; it takes a kernel with CONFIG_SYSVIPC");
  }
  probe.limits.push_back(MakeLimit("bytes of one segment", MostBytes(), "kernel.shmmax"));
  probe.limits.push_back(MakeLimit("pages of all segments", MostPages(), "kernel.shmall"));
  probe.limits.push_back(MakeLimit("segments", MostSegments(), "kernel.shmmni"));
}

absl::StatusOr<Region> MakePosixShm(const internal::IpcName& name, size_t bytes) {
  const UniqueFd memory(::shm_open(name.name().c_str(), O_RDWR | O_CREAT | O_EXCL, 0600));
  if (!memory) return ErrnoStatus("shm_open", name.name());
  return MapReserved(memory.get(), bytes, Reserve(memory.get(), bytes, "/dev/shm", kEnlargeShm),
                     name);
}

absl::StatusOr<Region> TakePosixShm(const internal::IpcName& name, size_t bytes) {
  return WithoutName(FindPosixShm(name, bytes), name);
}

absl::StatusOr<Region> FindPosixShm(const internal::IpcName& name, size_t bytes) {
  const UniqueFd memory(::shm_open(name.name().c_str(), O_RDWR, 0));
  if (!memory) return ErrnoStatus("shm_open", name.name());
  return Region::Map(memory.get(), bytes);
}

absl::StatusOr<Region> MakeFileRegion(const internal::IpcName& name, size_t bytes) {
  const std::string& path = name.name();
  if (absl::Status status = MakeFolderOf(path); !status.ok()) return status;
  const UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file) return ErrnoStatus("open", path);
  absl::Status reserved =
      Reserve(file.get(), bytes, absl::StrCat("the file system of ", path),
              "free some there, or point XDG_RUNTIME_DIR at a folder on a larger one");
  return MapReserved(file.get(), bytes, std::move(reserved), name);
}

absl::StatusOr<Region> TakeFileRegion(const internal::IpcName& name, size_t bytes) {
  return WithoutName(FindFileRegion(name, bytes), name);
}

absl::StatusOr<Region> FindFileRegion(const internal::IpcName& name, size_t bytes) {
  const UniqueFd file(::open(name.name().c_str(), O_RDWR | O_CLOEXEC));
  if (!file) return ErrnoStatus("open", name.name());
  return Region::Map(file.get(), bytes);
}

absl::StatusOr<Region> MakeSegment(const internal::IpcName& name, size_t bytes, int flags,
                                   ChannelOffer& offer) {
  const auto segment = CreateSysvObject(name, SysvKey::kFtok, "shmget", [&](key_t key, int own) {
    return ::shmget(key, bytes, own | flags);
  });
  if (!segment.ok()) {
    if (absl::IsAlreadyExists(segment.status())) return segment.status();
    return RefuseSegment(segment.status(), bytes);
  }
  auto region = AttachWhole(segment->id, bytes);
  if (!region.ok()) UnlinkIpcObject(name).IgnoreError();
  offer.bytes = absl::StrCat(segment->id);
  return region;
}

// Marked for removal while both are attached, it goes with the last of them.
absl::StatusOr<Region> TakeSegment(const internal::IpcName& name, size_t bytes,
                                   const ChannelOffer& offer) {
  return WithoutName(FindSegment(bytes, offer), name);
}

absl::StatusOr<Region> FindSegment(size_t bytes, const ChannelOffer& offer) {
  int id = -1;
  if (!absl::SimpleAtoi(offer.bytes, &id)) {
    return absl::InvalidArgumentError("shmat: the offer holds no id");
  }
  return Region::Attach(id, bytes);
}

}  // namespace ipclab
