#include "server/storage/sqlite.h"

#include <cerrno>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

namespace ipclab {
namespace {

// A shell that looks into the file may hold it for a moment.
constexpr int kBusyMillis = 5000;

// A default string_view has no data, and a null pointer would be bound as NULL.
const char* DataOf(std::string_view bytes) { return bytes.data() == nullptr ? "" : bytes.data(); }

absl::StatusCode CodeOf(sqlite3* database, int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
    case SQLITE_NOMEM:
    case SQLITE_TOOBIG:
      return absl::StatusCode::kResourceExhausted;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return absl::StatusCode::kDataLoss;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return absl::StatusCode::kPermissionDenied;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return absl::StatusCode::kUnavailable;
    case SQLITE_CONSTRAINT:
      return absl::StatusCode::kFailedPrecondition;
    case SQLITE_CANTOPEN:
      return absl::ErrnoToStatusCode(::sqlite3_system_errno(database));
    case SQLITE_IOERR: {
      // SQLite says FULL for ENOSPC of a plain write only.
      const int error = ::sqlite3_system_errno(database);
      const bool no_room = error == ENOSPC || error == EDQUOT || error == EFBIG;
      return no_room ? absl::StatusCode::kResourceExhausted : absl::StatusCode::kUnavailable;
    }
    default:
      return absl::StatusCode::kInternal;
  }
}

}  // namespace

absl::Status SqliteStatus(sqlite3* database, int code, std::string_view act) {
  if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return absl::OkStatus();
  const char* path = database == nullptr ? nullptr : ::sqlite3_db_filename(database, "main");
  std::string message(act);
  if (path != nullptr && *path != '\0') absl::StrAppend(&message, " ", path);
  absl::StrAppend(&message, ": ", ::sqlite3_errmsg(database), " (SQLite ", code, ")");
  absl::StatusCode status = CodeOf(database, code);
  // ErrnoToStatusCode(0) is OK, but an error must not become success.
  if (status == absl::StatusCode::kOk) status = absl::StatusCode::kUnknown;
  return absl::Status(status, message);
}

bool Row::IsNull(int column) const {
  return ::sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

int64_t Row::Integer(int column) const { return ::sqlite3_column_int64(statement_, column); }

double Row::Number(int column) const { return ::sqlite3_column_double(statement_, column); }

std::string_view Row::Bytes(int column) const {
  // The size is that of the form last asked for, so the bytes come first.
  const void* bytes = ::sqlite3_column_blob(statement_, column);
  const int size = ::sqlite3_column_bytes(statement_, column);
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes), static_cast<size_t>(size)};
}

absl::Status Statement::ForEach(const std::function<absl::Status(const Row&)>& each) {
  return Run(SQLITE_OK, &each);
}

// The values outlive the run, so SQLite need not copy them.
int Statement::Bind(int index, int64_t value) {
  return ::sqlite3_bind_int64(statement_.get(), index, value);
}

int Statement::Bind(int index, std::string_view text) {
  return ::sqlite3_bind_text64(statement_.get(), index, DataOf(text), text.size(), SQLITE_STATIC,
                               SQLITE_UTF8);
}

int Statement::Bind(int index, Blob blob) {
  return ::sqlite3_bind_blob64(statement_.get(), index, DataOf(blob.bytes), blob.bytes.size(),
                               SQLITE_STATIC);
}

int Statement::Bind(int index, Real number) {
  return ::sqlite3_bind_double(statement_.get(), index, number.value);
}

absl::Status Statement::Run(int code, const std::function<absl::Status(const Row&)>* each) {
  absl::Status status;
  while (code == SQLITE_OK || code == SQLITE_ROW) {
    code = ::sqlite3_step(statement_.get());
    if (code != SQLITE_ROW || each == nullptr) continue;
    status = (*each)(Row(statement_.get()));
    if (!status.ok()) break;
  }
  // Before the reset, which may change the message.
  if (status.ok()) status = SqliteStatus(::sqlite3_db_handle(statement_.get()), code, "access");
  ::sqlite3_reset(statement_.get());
  ::sqlite3_clear_bindings(statement_.get());
  return status;
}

absl::StatusOr<Database> Database::Open(const std::string& path) {
  sqlite3* raw = nullptr;
  const int code =
      ::sqlite3_open_v2(path.c_str(), &raw,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  Database database(raw);  // there is a connection to close, and to ask why, after a failure too
  if (code != SQLITE_OK) return SqliteStatus(raw, code, "open");
  ::sqlite3_extended_result_codes(raw, 1);
  ::sqlite3_busy_timeout(raw, kBusyMillis);
  return database;
}

absl::Status Database::Execute(const std::string& sql) {
  const int code = ::sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  return SqliteStatus(database_.get(), code, "access");
}

absl::StatusOr<Statement> Database::Prepare(std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  const int code = ::sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  Statement statement(raw);
  if (code != SQLITE_OK) return SqliteStatus(database_.get(), code, "prepare a statement for");
  return statement;
}

absl::StatusOr<std::string> Database::Text(std::string_view sql) {
  absl::StatusOr<Statement> statement = Prepare(sql);
  if (!statement.ok()) return statement.status();
  std::optional<std::string> text;
  const absl::Status status = statement->ForEach([&text](const Row& row) {
    if (!text) text = std::string(row.Bytes(0));
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  if (!text) return absl::NotFoundError(absl::StrCat("no row: ", std::string(sql)));
  return *std::move(text);
}

absl::StatusOr<int64_t> Database::Integer(std::string_view sql) {
  absl::StatusOr<Statement> statement = Prepare(sql);
  if (!statement.ok()) return statement.status();
  std::optional<int64_t> integer;
  const absl::Status status = statement->ForEach([&integer](const Row& row) {
    if (!integer) integer = row.Integer(0);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  if (!integer) return absl::NotFoundError(absl::StrCat("no row: ", std::string(sql)));
  return *integer;
}

void Database::CheckpointOnClose(bool checkpoint) {
  ::sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, checkpoint ? 0 : 1,
                      static_cast<int*>(nullptr));
}

bool Database::InTransaction() const { return ::sqlite3_get_autocommit(database_.get()) == 0; }

absl::StatusOr<Transaction> Transaction::Begin(Database& database) {
  // IMMEDIATE: another writer is met here and not in the middle.
  const absl::Status status = database.Execute("BEGIN IMMEDIATE");
  if (!status.ok()) return status;
  return Transaction(database);
}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  // After a full disk SQLite has often rolled back already. If a rollback fails, so will the next
  // Begin, which reports it.
  if (database_ != nullptr && database_->InTransaction()) {
    database_->Execute("ROLLBACK").IgnoreError();
  }
}

absl::Status Transaction::Commit() { return database_->Execute("COMMIT"); }

}  // namespace ipclab
