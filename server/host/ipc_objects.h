// The kernel objects with names that lie on this host: found where the kernel shows them, then
// attributed to this server and its experiments.
//
// Finding reads folders, on any thread but the strand, and comes before the names are asked for:
// a name is committed before its object is made, so that whatever was found and has no name in use
// now has no user. The other way round a newborn experiment's object would look like a stray.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "ipclab/v1/system.pb.h"
#include "server/names.h"

namespace ipclab {

// Where the kernel shows them.
struct IpcRoots {
  std::string shm;         // shared memory and semaphores
  std::string queues;      // the file system of queues; empty where it is not mounted
  std::string run_folder;  // FIFOs, sockets and files, in one folder per experiment
  std::string sysv;        // tables of System V objects
};

// Those of this host.
IpcRoots HostIpcRoots();

// An object, and the name that a lab would have made it under: what the zygote is asked to remove.
// KIND_UNSPECIFIED for what no lab has made, or nobody can tell.
struct NamedIpcObject {
  v1::IpcObject object;
  internal::IpcName name;
};

struct FoundIpcObjects {
  std::vector<NamedIpcObject> objects;  // by kind and name; own, experiment and reclaimable are not
                                        // set yet
  bool queues_seen = false;             // whether queues are shown at all
  bool complete = true;                 // false: there were more entries than were to be looked at
};

// The most entries that a search looks at.
inline constexpr size_t kMostIpcEntries = 10'000;

// What cannot be read is passed over: it is not there, or another's.
FoundIpcObjects FindIpcObjects(const IpcRoots& roots, size_t most_entries = kMostIpcEntries);

// Says whose the objects are. A POSIX object is this server's by the tag in its name; one in the
// run folder, which servers share, by the name's intent, and a System V object by the intent of its
// marker. Adds the queues that only intents tell of. By kind and name.
std::vector<NamedIpcObject> AttributeIpcObjects(FoundIpcObjects found, const NamesInUse& names);

}  // namespace ipclab
