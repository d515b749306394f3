#include "server/storage/store_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/errno_status.h"
#include "common/unique_fd.h"
#include "server/storage/store_schema.h"

namespace ipclab {
namespace {

constexpr std::string_view kMemory = ":memory:";

// SQLite would create it readable by all; the files beside it take their mode from it.
absl::Status MakePrivate(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file) return ErrnoStatus("open", path);
  if (::fchmod(file.get(), 0600) != 0) return ErrnoStatus("fchmod", path);
  return absl::OkStatus();
}

// integrity_check and not quick_check, whatever the size: rows are few and large, so looking each
// up in its indexes costs nothing beside reading the pages, which both do (0.2 s for 120 MB).
absl::Status Check(Database& database) {
  const absl::StatusOr<std::string> finding = database.Text("PRAGMA integrity_check(1)");
  if (!finding.ok()) return finding.status();
  if (*finding != "ok") return absl::DataLossError(*finding);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> OpenStoreFile(const std::string& path) {
  if (path != kMemory) {
    if (absl::Status status = MakePrivate(path); !status.ok()) return status;
  }
  absl::StatusOr<Database> opened = Database::Open(path);
  if (!opened.ok()) return opened.status();
  auto database = std::make_unique<Database>(*std::move(opened));
  // Until it is known to be sound: closing would write the log into a file that may be damaged.
  database->CheckpointOnClose(false);
  if (absl::Status status = Check(*database); !status.ok()) return status;
  if (absl::Status status = Migrate(*database, StoreMigrations()); !status.ok()) return status;
  // After the migration, so that a newer version's file keeps the form it has. FULL syncs the log
  // at each commit: what was reported as written survives a power cut too. Memory stays memory.
  const absl::Status status = database->Execute(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
  if (!status.ok()) return status;
  database->CheckpointOnClose(true);
  return database;
}

absl::Status SetAside(const std::string& path, const absl::Status& damage) {
  const std::string aside = absl::StrCat(
      path, ".damaged-", absl::FormatTime("%Y%m%dT%H%M%E3SZ", absl::Now(), absl::UTCTimeZone()));
  // The file itself first: a log without its file is dropped, a file without its log would pass
  // for whole.
  for (const char* suffix : {"", "-wal", "-shm"}) {
    const std::string from = absl::StrCat(path, suffix);
    if (::rename(from.c_str(), absl::StrCat(aside, suffix).c_str()) == 0) continue;
    if (errno == ENOENT && *suffix != '\0') continue;
    return ErrnoStatus("rename the damaged database", from);
  }
  return absl::DataLossError(absl::StrCat("the database ", path, " is damaged (", damage.message(),
                                          "); it was set aside as ", aside,
                                          "; start again to begin afresh"));
}

}  // namespace ipclab
