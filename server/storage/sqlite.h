// Owners of SQLite's connection, prepared statements and transactions. Used by the store alone.
//
// None is thread safe, but each may be handed from thread to thread. A statement or transaction
// borrows its database, which must outlive it and stay where it is.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ipclab {

// The one place where a result code of SQLite becomes a Status: "act path: sqlite3_errmsg".
//   RESOURCE_EXHAUSTED   no room on disk (quota and file size limit too) or in memory
//   DATA_LOSS            the file is malformed or not a database
//   PERMISSION_DENIED    read only, or not ours
//   UNAVAILABLE          another process holds it, or the device failed
//   FAILED_PRECONDITION  a constraint of the schema refuses it
//   INTERNAL             anything else
absl::Status SqliteStatus(sqlite3* database, int code, std::string_view act);

// Bound as a BLOB, where a plain string_view is bound as TEXT.
struct Blob {
  std::string_view bytes;
};

// Bound as a REAL, where a plain number is bound as an INTEGER.
struct Real {
  double value;
};

// One row of a result; valid until the next row.
class Row {
 public:
  explicit Row(sqlite3_stmt* statement) : statement_(statement) {}
  bool IsNull(int column) const;
  int64_t Integer(int column) const;
  double Number(int column) const;
  std::string_view Bytes(int column) const;  // of TEXT or BLOB

 private:
  sqlite3_stmt* statement_;
};

class Statement {
 public:
  // Binds the values in order, runs to the end and lets go of them. Rows are passed over.
  template <typename... Values>
  absl::Status Execute(const Values&... values) {
    int index = 0;
    int code = SQLITE_OK;
    ((code = code == SQLITE_OK ? Bind(++index, values) : code), ...);
    return Run(code, nullptr);
  }

  // Calls each for every row. Its first error ends the walk and is returned.
  absl::Status ForEach(const std::function<absl::Status(const Row&)>& each);

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { ::sqlite3_finalize(statement); }
  };

  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}

  int Bind(int index, int64_t value);
  int Bind(int index, std::string_view text);
  int Bind(int index, Blob blob);
  int Bind(int index, Real number);
  absl::Status Run(int code, const std::function<absl::Status(const Row&)>* each);

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Database {
 public:
  // Opens or creates; ":memory:" is private and vanishes. SQLite reads the file only when it is
  // first asked for something, so a damaged one opens well.
  static absl::StatusOr<Database> Open(const std::string& path);

  // Runs all statements of the text; rows are passed over.
  absl::Status Execute(const std::string& sql);

  // Prepares one statement that will be used again.
  absl::StatusOr<Statement> Prepare(std::string_view sql);

  // The first column of the first row; NOT_FOUND without a row.
  absl::StatusOr<int64_t> Integer(std::string_view sql);
  absl::StatusOr<std::string> Text(std::string_view sql);

  // False leaves the write-ahead log as it is when the connection closes. True at first.
  void CheckpointOnClose(bool checkpoint);

  bool InTransaction() const;

 private:
  struct Close {
    void operator()(sqlite3* database) const { ::sqlite3_close(database); }
  };

  explicit Database(sqlite3* database) : database_(database) {}

  std::unique_ptr<sqlite3, Close> database_;
};

// A transaction that may write. Rolled back when destroyed before a Commit that succeeded.
class Transaction {
 public:
  static absl::StatusOr<Transaction> Begin(Database& database);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  // Once it is OK everything done since Begin is on disk.
  absl::Status Commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}

  Database* database_;  // null once moved from
};

}  // namespace ipclab
