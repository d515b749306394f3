// The store's rows and the messages they hold: reads all of them, writes a batch of changes.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/storage/sqlite.h"
#include "server/store.h"

namespace ipclab {

// The tag that was made with the database; makes it when there is none yet.
absl::StatusOr<std::string> LoadInstanceTag(Database& database);

// Everything. DATA_LOSS when a record is not a message: the pages may be sound and their contents
// not.
absl::StatusOr<StoreContents> LoadRecords(Database& database);

// Writes batches through statements that are prepared once. Borrows the database.
class RecordWriter {
 public:
  static absl::StatusOr<RecordWriter> Prepare(Database& database);

  // Within the caller's transaction, which must be rolled back after an error.
  absl::Status Apply(const WriteBatch& batch);

 private:
  explicit RecordWriter(std::vector<Statement> statements) : statements_(std::move(statements)) {}

  template <typename... Values>
  absl::Status Execute(size_t statement, const Values&... values) {
    return statements_[statement].Execute(values...);
  }
  absl::Status PutDigest(const Digest& digest);
  absl::Status PutExperiment(const v1::Experiment& experiment);

  std::vector<Statement> statements_;
};

}  // namespace ipclab
