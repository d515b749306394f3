// The server's state folder: the database, the token, and a lock that keeps a second server out.
//
// One per server, held from before the store is opened until after it is closed. Not thread safe to
// open; its values never change. It removes nothing.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/unique_fd.h"

namespace ipclab {

// $XDG_STATE_HOME/ipclab, else $HOME/.local/state/ipclab, else /var/lib/ipclab for root.
// FAILED_PRECONDITION when a user has neither variable. Values that are not absolute paths count as
// absent, as the XDG specification wants.
absl::StatusOr<std::string> DefaultStateDir();

class StateDir {
 public:
  // Creates the folder, 0700, and the folders above it if missing, takes its lock and loads or
  // makes its token. PERMISSION_DENIED, saying what to do, when others can enter the folder or it
  // is not ours; FAILED_PRECONDITION, naming the folder and the other server's process id, when
  // another server has it.
  static absl::StatusOr<StateDir> Open(const std::string& path);

  const std::string& path() const { return path_; }  // absolute
  const std::string& token() const { return token_; }
  std::string database_path() const { return path_ + "/ipclab.db"; }

 private:
  StateDir(std::string path, UniqueFd lock, std::string token);

  std::string path_;
  UniqueFd lock_;  // the kernel lets go of the lock with it, however the process ends
  std::string token_;
};

}  // namespace ipclab
