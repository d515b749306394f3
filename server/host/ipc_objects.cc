#include "server/host/ipc_objects.h"

#include <dirent.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string_view>
#include <tuple>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/ipc_name.h"
#include "common/sysv_object.h"
#include "server/host/sysv_objects.h"

namespace ipclab {
namespace {

using internal::IpcName;
using v1::IpcObject;

constexpr std::string_view kNamePrefix = "/ipclab-";
constexpr size_t kExperimentLength = 8;
constexpr off_t kMostMarkerBytes = 128;
constexpr long kQueueFileSystem = 0x19800202;  // MQUEUE_MAGIC; no header for programs has it

// The name space in which a lab makes such an object.
IpcName::Kind NameKindOf(IpcObject::Kind kind) {
  switch (kind) {
    case IpcObject::POSIX_SHM:
      return IpcName::POSIX_SHM;
    case IpcObject::POSIX_SEM:
      return IpcName::POSIX_SEM;
    case IpcObject::POSIX_MQ:
      return IpcName::POSIX_MQ;
    case IpcObject::SYSV_SHM:
      return IpcName::SYSV_SHM;
    case IpcObject::SYSV_SEM:
      return IpcName::SYSV_SEM;
    case IpcObject::SYSV_MSG:
      return IpcName::SYSV_MQ;
    case IpcObject::FIFO:
    case IpcObject::UNIX_SOCKET:
    case IpcObject::FILE:
      return IpcName::FILE;
    default:
      return IpcName::KIND_UNSPECIFIED;
  }
}

bool IsInRunFolder(IpcObject::Kind kind) { return NameKindOf(kind) == IpcName::FILE; }

// False for most of what others made, which then costs nothing on the strand.
bool MayBeOfALab(IpcObject::Kind kind, const std::string& name) {
  return IsInRunFolder(kind) || name.starts_with(kNamePrefix);
}

// The entries of folders, as long as there is leave to look at more.
class ObjectSearch {
 public:
  ObjectSearch(size_t most_entries, FoundIpcObjects& found) : left_(most_entries), found_(found) {}

  // Calls visit(name, status) for each entry of the folder.
  template <class Visit>
  void Look(const std::string& folder, Visit visit) {
    const std::unique_ptr<DIR, int (*)(DIR*)> entries(opendir(folder.c_str()), closedir);
    if (!entries) return;
    while (const dirent* const entry = readdir(entries.get())) {
      const std::string name = entry->d_name;
      if (name == "." || name == "..") continue;
      if (!MayLook()) return;
      struct stat status;
      if (lstat(absl::StrCat(folder, "/", name).c_str(), &status) == 0) visit(name, status);
    }
  }

  void LookAtTable(const std::string& path, IpcObject::Kind kind) {
    for (IpcObject& object : ReadSysvTable(path, kind)) {
      if (!MayLook()) return;
      const auto marker = markers_.find({NameKindOf(kind), object.name()});
      found_.objects.push_back(
          {std::move(object), marker == markers_.end() ? IpcName() : marker->second});
    }
  }

  // What lies in the folder of an experiment. A marker goes with what it marks: either's removal is
  // that of both.
  void AddRunFile(IpcObject::Kind kind, const std::string& path, const struct stat& status) {
    Add(kind, path, status);
    if (kind != IpcObject::FILE || status.st_size > kMostMarkerBytes) return;
    const auto marker = ReadSysvMarker(path);
    if (!marker.ok() || !marker->has_value()) return;
    IpcName& name = found_.objects.back().name;
    name.set_kind((*marker)->kind);
    if ((*marker)->id.has_value()) markers_[{name.kind(), absl::StrCat(*(*marker)->id)}] = name;
  }

  void Add(IpcObject::Kind kind, const std::string& name, const struct stat& status) {
    auto& [object, removable] = found_.objects.emplace_back();
    if (MayBeOfALab(kind, name)) {
      removable.set_kind(NameKindOf(kind));
      removable.set_name(name);
    }
    object.set_kind(kind);
    object.set_name(name);
    // Of a queue this is the length of a text about it; a FIFO and a socket have none.
    const bool sized = kind != IpcObject::POSIX_MQ && S_ISREG(status.st_mode);
    object.set_bytes(sized ? status.st_size : 0);
    object.set_owner_uid(static_cast<int32_t>(status.st_uid));
    object.mutable_change_time()->set_seconds(status.st_ctim.tv_sec);
    object.mutable_change_time()->set_nanos(static_cast<int32_t>(status.st_ctim.tv_nsec));
  }

 private:
  bool MayLook() {
    if (left_ > 0) return left_-- > 0;
    found_.complete = false;
    return false;
  }

  size_t left_;
  FoundIpcObjects& found_;
  std::map<std::pair<IpcName::Kind, std::string>, IpcName> markers_;  // by what they mark
};

IpcObject::Kind KindInRunFolder(mode_t mode) {
  if (S_ISFIFO(mode)) return IpcObject::FIFO;
  if (S_ISSOCK(mode)) return IpcObject::UNIX_SOCKET;
  return S_ISREG(mode) ? IpcObject::FILE : IpcObject::KIND_UNSPECIFIED;
}

void FindInShm(const std::string& folder, ObjectSearch& search) {
  constexpr std::string_view kSemaphore = "sem.";
  search.Look(folder, [&](const std::string& name, const struct stat& status) {
    if (!S_ISREG(status.st_mode)) return;
    if (name.starts_with(kSemaphore)) {
      search.Add(IpcObject::POSIX_SEM, absl::StrCat("/", name.substr(kSemaphore.size())), status);
    } else {
      search.Add(IpcObject::POSIX_SHM, absl::StrCat("/", name), status);
    }
  });
}

// What lies directly in the run folder are the doors of servers, no objects of experiments.
void FindInRunFolder(const std::string& folder, ObjectSearch& search) {
  std::vector<std::string> experiments;
  search.Look(folder, [&](const std::string& name, const struct stat& status) {
    if (S_ISDIR(status.st_mode)) experiments.push_back(absl::StrCat(folder, "/", name));
  });
  for (const std::string& experiment : experiments) {
    search.Look(experiment, [&](const std::string& name, const struct stat& status) {
      const IpcObject::Kind kind = KindInRunFolder(status.st_mode);
      if (kind == IpcObject::KIND_UNSPECIFIED) return;
      search.AddRunFile(kind, absl::StrCat(experiment, "/", name), status);
    });
  }
}

void Sort(std::vector<NamedIpcObject>& objects) {
  std::sort(objects.begin(), objects.end(), [](const NamedIpcObject& a, const NamedIpcObject& b) {
    return std::tuple(a.object.kind(), a.object.name()) <
           std::tuple(b.object.kind(), b.object.name());
  });
}

// True for just the names that MakeIpcName gives with this tag.
bool BearsTag(const IpcName& name, const std::string& instance) {
  const std::string prefix = absl::StrCat(std::string(kNamePrefix), instance, "-");
  if (!name.name().starts_with(prefix)) return false;
  const std::string rest = name.name().substr(prefix.size());
  int number = 0;
  if (rest.size() < kExperimentLength + 2 ||
      !absl::SimpleAtoi(rest.substr(kExperimentLength + 1), &number) || number < 0) {
    return false;
  }
  const std::string experiment = rest.substr(0, kExperimentLength);
  const bool plain = std::all_of(experiment.begin(), experiment.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
  });
  return plain && MakeIpcName(name.kind(), instance, experiment, number, "").name() == name.name();
}

}  // namespace

IpcRoots HostIpcRoots() {
  constexpr char kQueues[] = "/dev/mqueue";
  struct statfs queues;
  const bool mounted = statfs(kQueues, &queues) == 0 && queues.f_type == kQueueFileSystem;
  return {.shm = "/dev/shm",
          .queues = mounted ? kQueues : "",
          .run_folder = RuntimeFolderPath(),
          .sysv = "/proc/sysvipc"};
}

// What may be this server's comes first, so that a flood of others' objects does not hide it.
FoundIpcObjects FindIpcObjects(const IpcRoots& roots, size_t most_entries) {
  FoundIpcObjects found;
  found.queues_seen = !roots.queues.empty();
  ObjectSearch search(most_entries, found);
  FindInRunFolder(roots.run_folder, search);
  if (found.queues_seen) {
    search.Look(roots.queues, [&](const std::string& name, const struct stat& status) {
      search.Add(IpcObject::POSIX_MQ, absl::StrCat("/", name), status);
    });
  }
  FindInShm(roots.shm, search);
  search.LookAtTable(roots.sysv + "/shm", IpcObject::SYSV_SHM);
  search.LookAtTable(roots.sysv + "/sem", IpcObject::SYSV_SEM);
  search.LookAtTable(roots.sysv + "/msg", IpcObject::SYSV_MSG);
  Sort(found.objects);
  return found;
}

std::vector<NamedIpcObject> AttributeIpcObjects(FoundIpcObjects found, const NamesInUse& names) {
  std::map<std::pair<IpcName::Kind, std::string>, const NamesInUse::Name*> intents;
  const size_t seen = found.objects.size();
  for (const NamesInUse::Name& each : names.names) {
    const IpcName& name = each.intent.name;
    intents[{name.kind(), name.name()}] = &each;
    // A marker that says nothing yet looks like any file.
    if (IsSysv(name.kind())) intents[{IpcName::FILE, name.name()}] = &each;
    if (name.kind() != IpcName::POSIX_MQ || found.queues_seen) continue;
    NamedIpcObject& unseen = found.objects.emplace_back();
    unseen.object.set_kind(IpcObject::POSIX_MQ);
    unseen.object.set_name(name.name());
    unseen.name = name;
  }
  for (auto& [object, name] : found.objects) {
    if (name.kind() == IpcName::KIND_UNSPECIFIED) continue;
    const auto intent = intents.find({name.kind(), name.name()});
    const bool known = intent != intents.end();
    if (known) {
      object.set_experiment(intent->second->intent.experiment);
      name = intent->second->intent.name;
    }
    object.set_own(known || BearsTag(name, names.instance));
    object.set_reclaimable(object.own() && !(known && intent->second->in_use));
  }
  if (found.objects.size() > seen) Sort(found.objects);
  return std::move(found.objects);
}

}  // namespace ipclab
