#include "common/sysv_object.h"

#include <fcntl.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"
#include "common/run_file.h"
#include "common/unique_fd.h"

namespace ipclab {
namespace {

using internal::IpcName;

constexpr int kLastProject = 255;  // ftok takes the low eight bits, and no zero
constexpr size_t kMostMarkerBytes = 128;

absl::Status Append(int fd, const std::string& text, const std::string& path) {
  const ssize_t written = ::write(fd, text.data(), text.size());
  if (written == static_cast<ssize_t>(text.size())) return absl::OkStatus();
  return ErrnoStatus("write", path, written < 0 ? errno : ENOSPC);
}

// The first line, before the object is made. Starts anew: an earlier key was somebody else's.
absl::Status RecordKey(int fd, const IpcName& name, key_t key) {
  if (::ftruncate(fd, 0) != 0) return ErrnoStatus("ftruncate", name.name());
  if (::lseek(fd, 0, SEEK_SET) != 0) return ErrnoStatus("lseek", name.name());
  return Append(fd, absl::StrCat(IpcName::Kind_Name(name.kind()), " ", key, " ", ::getpid(), "\n"),
                name.name());
}

// What IPC_STAT tells of any kind of object.
struct ObjectState {
  int id;
  uid_t creator_uid;
  key_t key;
  time_t change_time;
  pid_t creator;  // 0 where it is not told
};

std::optional<ObjectState> Stat(IpcName::Kind kind, int id) {
  if (kind == IpcName::SYSV_SHM) {
    shmid_ds found;
    if (::shmctl(id, IPC_STAT, &found) < 0) return std::nullopt;
    return ObjectState{id, found.shm_perm.cuid, found.shm_perm.__key, found.shm_ctime,
                       found.shm_cpid};
  }
  if (kind == IpcName::SYSV_MQ) {
    msqid_ds found;
    if (::msgctl(id, IPC_STAT, &found) < 0) return std::nullopt;
    return ObjectState{id, found.msg_perm.cuid, found.msg_perm.__key, found.msg_ctime, 0};
  }
  semid_ds found;
  if (::semctl(id, 0, IPC_STAT, &found) < 0) return std::nullopt;
  return ObjectState{id, found.sem_perm.cuid, found.sem_perm.__key, found.sem_ctime, 0};
}

int Remove(IpcName::Kind kind, int id) {
  if (kind == IpcName::SYSV_SHM) return ::shmctl(id, IPC_RMID, nullptr);
  if (kind == IpcName::SYSV_MQ) return ::msgctl(id, IPC_RMID, nullptr);
  return ::semctl(id, 0, IPC_RMID);
}

int Find(IpcName::Kind kind, key_t key) {
  if (kind == IpcName::SYSV_SHM) return ::shmget(key, 0, 0);
  if (kind == IpcName::SYSV_MQ) return ::msgget(key, 0);
  return ::semget(key, 0, 0);
}

// The private segment that a process made, by the kernel's own table: SHM_STAT counts its slots.
std::optional<ObjectState> FindPrivateOf(pid_t creator, time_t not_before) {
  shm_info info;
  const int last = ::shmctl(0, SHM_INFO, reinterpret_cast<shmid_ds*>(&info));
  for (int slot = 0; slot <= last; ++slot) {
    shmid_ds found;
    const int id = ::shmctl(slot, SHM_STAT, &found);
    if (id < 0 || found.shm_cpid != creator || found.shm_ctime < not_before) continue;
    if (found.shm_perm.__key == IPC_PRIVATE && found.shm_perm.cuid == ::geteuid()) {
      return Stat(IpcName::SYSV_SHM, id);
    }
  }
  return std::nullopt;
}

// Without an id: the one that its creator made after it had written the key at this time.
std::optional<ObjectState> FindUnrecorded(const SysvMarker& marker, time_t marked) {
  std::optional<ObjectState> found;
  if (marker.key != IPC_PRIVATE) {
    found = Stat(marker.kind, Find(marker.kind, marker.key));
  } else if (marker.kind == IpcName::SYSV_SHM) {
    found = FindPrivateOf(marker.creator, marked);
  }
  if (!found.has_value() || found->change_time < marked) return std::nullopt;
  if (found->creator != 0 && found->creator != marker.creator) return std::nullopt;
  return found;
}

// Folders outlive a boot where they are not in memory; ids and keys begin anew.
time_t BootTime() {
  timespec now;
  timespec up;
  ::clock_gettime(CLOCK_REALTIME, &now);
  ::clock_gettime(CLOCK_BOOTTIME, &up);
  return now.tv_sec - up.tv_sec - 1;  // a second for what both leave off
}

}  // namespace

bool IsSysv(IpcName::Kind kind) {
  return kind == IpcName::SYSV_SHM || kind == IpcName::SYSV_MQ || kind == IpcName::SYSV_SEM;
}

absl::StatusOr<SysvObject> CreateSysvObject(const IpcName& name, SysvKey key, const char* act,
                                            absl::FunctionRef<int(key_t key, int flags)> get) {
  const std::string& path = name.name();
  if (absl::Status made = MakeFolderOf(path); !made.ok()) return made;
  const UniqueFd marker(
      ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!marker) return ErrnoStatus("open", path);
  const auto fail = [&](absl::Status status) {
    ::unlink(path.c_str());
    return status;
  };

  SysvObject object;
  for (int project = 1; object.id < 0; ++project) {
    if (key == SysvKey::kFtok && (object.key = ::ftok(path.c_str(), project)) == -1) {
      return fail(ErrnoStatus("ftok", path));
    }
    // Not recorded, or it might be taken for ours later.
    if (key == SysvKey::kFtok && project < kLastProject && Find(name.kind(), object.key) >= 0) {
      continue;
    }
    if (absl::Status status = RecordKey(marker.get(), name, object.key); !status.ok()) {
      return fail(std::move(status));
    }
    object.id = get(object.key, IPC_CREAT | IPC_EXCL | 0600);
    const bool taken = object.id < 0 && errno == EEXIST && key == SysvKey::kFtok;
    if (object.id < 0 && (!taken || project == kLastProject)) return fail(ErrnoStatus(act, path));
  }
  if (absl::Status status = Append(marker.get(), absl::StrCat(object.id, "\n"), path);
      !status.ok()) {
    Remove(name.kind(), object.id);
    return fail(std::move(status));
  }
  return object;
}

absl::StatusOr<std::optional<SysvMarker>> ReadSysvMarker(const std::string& path) {
  // A FIFO of that name must not keep anybody waiting.
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file) return ErrnoStatus("open", path);
  char text[kMostMarkerBytes + 1] = {};
  if (::read(file.get(), text, kMostMarkerBytes) <= 0) return std::nullopt;
  char kind[16];
  SysvMarker marker;
  int id = -1;
  char end = 0;
  const char* const second = std::strchr(text, '\n');
  if (second == nullptr ||
      std::sscanf(text, "%15s %d %d", kind, &marker.key, &marker.creator) != 3 ||
      !IpcName::Kind_Parse(kind, &marker.kind) || !IsSysv(marker.kind)) {
    return std::nullopt;
  }
  if (std::sscanf(second + 1, "%d%c", &id, &end) == 2 && end == '\n' && id >= 0) marker.id = id;
  return marker;
}

absl::Status RemoveSysvObject(const IpcName& name) {
  const auto marker = ReadSysvMarker(name.name());
  if (absl::IsNotFound(marker.status())) return absl::OkStatus();
  if (!marker.ok()) return marker.status();
  if (!marker->has_value() || (*marker)->kind != name.kind()) return absl::OkStatus();
  struct stat file;
  if (::lstat(name.name().c_str(), &file) != 0) return absl::OkStatus();
  const time_t marked = file.st_mtim.tv_sec;  // when it was last written
  if (marked < BootTime()) return absl::OkStatus();

  const std::optional<ObjectState> object = (*marker)->id.has_value()
                                                ? Stat(name.kind(), *(*marker)->id)
                                                : FindUnrecorded(**marker, marked);
  if (!object.has_value() || object->creator_uid != ::geteuid() || object->key != (*marker)->key) {
    return absl::OkStatus();
  }
  if (Remove(name.kind(), object->id) == 0 || errno == EIDRM || errno == EINVAL) {
    return absl::OkStatus();
  }
  return ErrnoStatus("IPC_RMID", absl::StrCat("id ", object->id, " of ", name.name()));
}

}  // namespace ipclab
