// System V objects under a name. They have ids and no names, so the lab gives each one a marker: a
// file in the run folder (IpcName of kind SYSV_SHM, SYSV_MQ or SYSV_SEM) that ftok takes, that says
// which object was made for it, and that goes last. Mechanisms create, RemoveIpcObject removes, the
// server's listing reads. Any thread; two processes never create with one name.
//
// What a marker says is written in two steps: the key and the creator before the object is made,
// its id at once after. Whoever dies between the two leaves an object without a known id:
//   - with a key of ftok it is found by the key;
//   - private shared memory is found by its creator, who is dead by then;
//   - a private queue or semaphore set made in just those few instructions tells nobody whose it
//     is, and stays. That window is left; use keys where it matters.
// Nothing is removed that this user did not make, with the recorded key, after its marker and since
// the host was booted.
#pragma once

#include <sys/ipc.h>
#include <sys/types.h>

#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ipclab/internal/control.pb.h"

namespace ipclab {

enum class SysvKey { kFtok, kPrivate };

struct SysvObject {
  int id = -1;
  key_t key = IPC_PRIVATE;  // what others may look for it by, if it is not private
};

// Makes the marker, 0600 and its folder with it, then the object, by get: one call of shmget,
// msgget or semget with the key and flags that it is given; act is that call's name, for errors. A
// key of ftok that somebody else uses already is passed over for the next one. Fails with
// ALREADY_EXISTS when the marker is there; leaves nothing behind when it fails.
absl::StatusOr<SysvObject> CreateSysvObject(const internal::IpcName& name, SysvKey key,
                                            const char* act,
                                            absl::FunctionRef<int(key_t key, int flags)> get);

// Removes the object of a marker, not the marker. Fine when there is none, or none any more.
absl::Status RemoveSysvObject(const internal::IpcName& name);

// What a marker says.
struct SysvMarker {
  internal::IpcName::Kind kind = internal::IpcName::KIND_UNSPECIFIED;
  key_t key = IPC_PRIVATE;
  pid_t creator = 0;
  std::optional<int> id;  // none until the object is made
};

// NOT_FOUND when there is no such file; nullopt when it is no marker, or not one yet.
absl::StatusOr<std::optional<SysvMarker>> ReadSysvMarker(const std::string& path);

// True for the kinds that have markers.
bool IsSysv(internal::IpcName::Kind kind);

}  // namespace ipclab
