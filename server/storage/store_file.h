// The store's file: made private, opened, checked, brought up to date, or set aside when damaged.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/storage/sqlite.h"

namespace ipclab {

// Opens or creates the store's database, mode 0600, ready for reading and writing at the present
// version. Another process may read it meanwhile (sqlite3 -readonly).
//
// DATA_LOSS when it is damaged; it is left as it was, its write-ahead log too. FAILED_PRECONDITION
// when a newer version wrote it.
absl::StatusOr<std::unique_ptr<Database>> OpenStoreFile(const std::string& path);

// Renames the file, and the -wal and -shm beside it, to <path>.damaged-<UTC time>. No connection
// may be open. Always returns an error: DATA_LOSS, saying the new name and what happens next, or
// why it could not be renamed.
absl::Status SetAside(const std::string& path, const absl::Status& damage);

}  // namespace ipclab
