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
#include "server/host/sysv_objects.h"

namespace ipclab {
namespace {

using v1::IpcObject;

constexpr std::string_view kPrefix = "/ipclab-";
constexpr size_t kExperimentLength = 8;
constexpr long kQueueFileSystem = 0x19800202;  // MQUEUE_MAGIC; no header for programs has it

// The entries of folders, as long as there is leave to look at more.
class Search {
 public:
  Search(size_t most_entries, FoundIpcObjects& found) : left_(most_entries), found_(found) {}

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
      found_.objects.push_back(std::move(object));
    }
  }

  void Add(IpcObject::Kind kind, std::string name, const struct stat& status) {
    IpcObject& object = found_.objects.emplace_back();
    object.set_kind(kind);
    object.set_name(std::move(name));
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
};

IpcObject::Kind KindInRunFolder(mode_t mode) {
  if (S_ISFIFO(mode)) return IpcObject::FIFO;
  if (S_ISSOCK(mode)) return IpcObject::UNIX_SOCKET;
  return S_ISREG(mode) ? IpcObject::FILE : IpcObject::KIND_UNSPECIFIED;
}

void FindInShm(const std::string& folder, Search& search) {
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
void FindInRunFolder(const std::string& folder, Search& search) {
  std::vector<std::string> experiments;
  search.Look(folder, [&](const std::string& name, const struct stat& status) {
    if (S_ISDIR(status.st_mode)) experiments.push_back(absl::StrCat(folder, "/", name));
  });
  for (const std::string& experiment : experiments) {
    search.Look(experiment, [&](const std::string& name, const struct stat& status) {
      const IpcObject::Kind kind = KindInRunFolder(status.st_mode);
      if (kind == IpcObject::KIND_UNSPECIFIED) return;
      search.Add(kind, absl::StrCat(experiment, "/", name), status);
    });
  }
}

void Sort(std::vector<IpcObject>& objects) {
  std::sort(objects.begin(), objects.end(), [](const IpcObject& a, const IpcObject& b) {
    return std::tuple(a.kind(), a.name()) < std::tuple(b.kind(), b.name());
  });
}

// Passes over most of what others made at no cost: this is done on the strand.
bool MayBeOfALab(const IpcObject& object) {
  switch (object.kind()) {
    case IpcObject::FIFO:
    case IpcObject::UNIX_SOCKET:
    case IpcObject::FILE:
      return true;
    default:
      return object.name().starts_with(kPrefix);
  }
}

// True for just the names that MakeIpcName gives with this tag.
bool BearsTag(const internal::IpcName& name, const std::string& instance) {
  const std::string prefix = absl::StrCat(std::string(kPrefix), instance, "-");
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
  Search search(most_entries, found);
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

std::vector<IpcObject> AttributeIpcObjects(FoundIpcObjects found, const NamesInUse& names) {
  std::map<std::pair<internal::IpcName::Kind, std::string>, const NamesInUse::Name*> intents;
  const size_t seen = found.objects.size();
  for (const NamesInUse::Name& each : names.names) {
    const internal::IpcName& name = each.intent.name;
    intents[{name.kind(), name.name()}] = &each;
    if (name.kind() != internal::IpcName::POSIX_MQ || found.queues_seen) continue;
    IpcObject& unseen = found.objects.emplace_back();
    unseen.set_kind(IpcObject::POSIX_MQ);
    unseen.set_name(name.name());
  }
  for (IpcObject& object : found.objects) {
    if (!MayBeOfALab(object)) continue;
    const internal::IpcName name = RemovableNameOf(object);
    const auto intent = intents.find({name.kind(), name.name()});
    const bool known = intent != intents.end();
    if (known) object.set_experiment(intent->second->intent.experiment);
    object.set_own(known || BearsTag(name, names.instance));
    object.set_reclaimable(object.own() && !(known && intent->second->in_use));
  }
  if (found.objects.size() > seen) Sort(found.objects);
  return std::move(found.objects);
}

internal::IpcName RemovableNameOf(const IpcObject& object) {
  internal::IpcName name;
  name.set_name(object.name());
  switch (object.kind()) {
    case IpcObject::POSIX_SHM:
      name.set_kind(internal::IpcName::POSIX_SHM);
      break;
    case IpcObject::POSIX_SEM:
      name.set_kind(internal::IpcName::POSIX_SEM);
      break;
    case IpcObject::POSIX_MQ:
      name.set_kind(internal::IpcName::POSIX_MQ);
      break;
    case IpcObject::FIFO:
    case IpcObject::UNIX_SOCKET:
    case IpcObject::FILE:
      name.set_kind(internal::IpcName::FILE);
      break;
    default:  // System V objects have ids, which tell nothing of who made them.
      break;
  }
  return name;
}

}  // namespace ipclab
