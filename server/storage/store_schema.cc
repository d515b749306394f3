#include "server/storage/store_schema.h"

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"

namespace ipclab {
namespace {

// record is the serialized message; the columns beside it are for order and for people who look
// into the file. Results lie apart: they are large and written once, experiments often.
constexpr std::string_view kFirst = R"sql(
  CREATE TABLE meta (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT;

  CREATE TABLE experiments (
    name TEXT NOT NULL PRIMARY KEY,
    uid TEXT NOT NULL,
    state INTEGER NOT NULL,
    create_nanos INTEGER NOT NULL,
    update_nanos INTEGER NOT NULL,
    record BLOB NOT NULL
  ) STRICT;

  CREATE TABLE results (
    name TEXT NOT NULL PRIMARY KEY REFERENCES experiments (name) ON DELETE CASCADE,
    record BLOB NOT NULL
  ) STRICT;

  CREATE TABLE requests (
    number INTEGER PRIMARY KEY,
    request_id TEXT NOT NULL UNIQUE,
    experiment TEXT NOT NULL REFERENCES experiments (name) ON DELETE CASCADE,
    body_digest BLOB NOT NULL,
    response BLOB NOT NULL
  ) STRICT;
  CREATE INDEX requests_by_experiment ON requests (experiment);

  -- No reference to experiments: a name may have to be removed after its experiment is gone.
  CREATE TABLE intents (
    kind INTEGER NOT NULL,
    name TEXT NOT NULL,
    experiment TEXT NOT NULL,
    PRIMARY KEY (kind, name)
  ) STRICT;
)sql";

// What experiments measured, in a few numbers that outlive them: no reference. One key may have
// several rows.
constexpr std::string_view kDigests = R"sql(
  CREATE TABLE digests (
    number INTEGER PRIMARY KEY,
    mechanism TEXT NOT NULL,
    pattern INTEGER NOT NULL,
    message_bytes INTEGER NOT NULL,
    circumstances TEXT NOT NULL,
    host_class TEXT NOT NULL,
    kernel TEXT NOT NULL,
    experiment TEXT NOT NULL,
    per_second REAL NOT NULL,
    receivers INTEGER NOT NULL,
    p50_nanos INTEGER NOT NULL,
    p99_nanos INTEGER NOT NULL,
    messages_per_second REAL NOT NULL,
    cpu_nanos_per_message INTEGER NOT NULL,
    control_nanos INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX digests_by_key
    ON digests (mechanism, pattern, message_bytes, circumstances, host_class, kernel);
)sql";

constexpr std::string_view kMigrations[] = {kFirst, kDigests};

}  // namespace

absl::Span<const std::string_view> StoreMigrations() { return kMigrations; }

absl::Status Migrate(Database& database, absl::Span<const std::string_view> steps) {
  const absl::StatusOr<int64_t> seen = database.Integer("PRAGMA user_version");
  if (!seen.ok()) return seen.status();
  const int64_t known = static_cast<int64_t>(steps.size());
  if (*seen == known) return absl::OkStatus();
  if (*seen < 0 || *seen > known) {
    return absl::FailedPreconditionError(
        absl::StrCat("the database has schema version ", *seen, " and this server knows ", known,
                     ": a newer version wrote it; use that one, or another --state-dir"));
  }
  absl::StatusOr<Transaction> transaction = Transaction::Begin(database);
  if (!transaction.ok()) return transaction.status();
  for (int64_t step = *seen; step < known; ++step) {
    const absl::Status status = database.Execute(std::string(steps[static_cast<size_t>(step)]));
    if (!status.ok()) {
      return absl::Status(status.code(), absl::StrCat("migrate the database to version ", step + 1,
                                                      ": ", status.message()));
    }
  }
  // Part of the transaction, as everything in the file's header is.
  const absl::Status status = database.Execute(absl::StrCat("PRAGMA user_version = ", known));
  if (!status.ok()) return status;
  return transaction->Commit();
}

}  // namespace ipclab
