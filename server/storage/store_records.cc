#include "server/storage/store_records.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/ipc_name.h"
#include "google/protobuf/timestamp.pb.h"

namespace ipclab {
namespace {

enum Sql : size_t {
  kDeleteExperiment,
  kDeleteIntent,
  kPutExperiment,
  kPutResult,
  kPutRequest,
  kForgetOldRequests,
  kPutIntent,
  kPutDigest,
  kForgetOldDigestsOfKey,
  kForgetOldDigests,
};

// ON CONFLICT and not REPLACE: that would delete the old row, and its result and requests with it.
constexpr std::string_view kSql[] = {
    // kDeleteExperiment
    "DELETE FROM experiments WHERE name = ?",
    // kDeleteIntent
    "DELETE FROM intents WHERE kind = ? AND name = ?",
    // kPutExperiment
    "INSERT INTO experiments (name, uid, state, create_nanos, update_nanos, record)"
    " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET uid = excluded.uid,"
    " state = excluded.state, create_nanos = excluded.create_nanos,"
    " update_nanos = excluded.update_nanos, record = excluded.record",
    // kPutResult
    "INSERT INTO results (name, record) VALUES (?, ?)"
    " ON CONFLICT (name) DO UPDATE SET record = excluded.record",
    // kPutRequest
    "INSERT INTO requests (request_id, experiment, body_digest, response) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (request_id) DO UPDATE SET experiment = excluded.experiment,"
    " body_digest = excluded.body_digest, response = excluded.response",
    // kForgetOldRequests
    "DELETE FROM requests WHERE number <= (SELECT max(number) FROM requests) - ?",
    // kPutIntent
    "INSERT INTO intents (kind, name, experiment) VALUES (?, ?, ?)"
    " ON CONFLICT (kind, name) DO UPDATE SET experiment = excluded.experiment",
    // kPutDigest
    "INSERT INTO digests (mechanism, pattern, message_bytes, circumstances, host_class, kernel,"
    " experiment, per_second, receivers, p50_nanos, p99_nanos, messages_per_second,"
    " cpu_nanos_per_message, control_nanos) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    // kForgetOldDigestsOfKey
    "DELETE FROM digests WHERE number IN (SELECT number FROM digests WHERE mechanism = ?"
    " AND pattern = ? AND message_bytes = ? AND circumstances = ? AND host_class = ?"
    " AND kernel = ? ORDER BY number DESC LIMIT -1 OFFSET ?)",
    // kForgetOldDigests
    "DELETE FROM digests WHERE number IN"
    " (SELECT number FROM digests ORDER BY number DESC LIMIT -1 OFFSET ?)",
};

int64_t NanosOf(const google::protobuf::Timestamp& time) {
  return time.seconds() * 1'000'000'000 + time.nanos();
}

absl::Status LoadExperiments(Database& database, std::vector<v1::Experiment>& experiments) {
  absl::StatusOr<Statement> select = database.Prepare(
      "SELECT e.name, e.record, r.record FROM experiments e LEFT JOIN results r ON r.name = e.name"
      " ORDER BY e.create_nanos, e.rowid");
  if (!select.ok()) return select.status();
  return select->ForEach([&experiments](const Row& row) {
    const std::string name(row.Bytes(0));
    v1::Experiment experiment;
    if (const std::string_view record = row.Bytes(1);
        !experiment.ParseFromArray(record.data(), static_cast<int>(record.size()))) {
      return absl::DataLossError(absl::StrCat("the record of ", name, " is not an Experiment"));
    }
    if (const std::string_view record = row.Bytes(2);
        !row.IsNull(2) && !experiment.mutable_result()->ParseFromArray(
                              record.data(), static_cast<int>(record.size()))) {
      return absl::DataLossError(absl::StrCat("the result of ", name, " is not a Result"));
    }
    experiments.push_back(std::move(experiment));
    return absl::OkStatus();
  });
}

absl::Status LoadRequests(Database& database, std::vector<StoredRequest>& requests) {
  absl::StatusOr<Statement> select = database.Prepare(
      "SELECT request_id, experiment, body_digest, response FROM requests ORDER BY number");
  if (!select.ok()) return select.status();
  return select->ForEach([&requests](const Row& row) {
    requests.push_back({.request_id = std::string(row.Bytes(0)),
                        .experiment = std::string(row.Bytes(1)),
                        .body_digest = std::string(row.Bytes(2)),
                        .response = std::string(row.Bytes(3))});
    return absl::OkStatus();
  });
}

absl::Status LoadIntents(Database& database, std::vector<StoredIntent>& intents) {
  absl::StatusOr<Statement> select =
      database.Prepare("SELECT kind, name, experiment FROM intents ORDER BY rowid");
  if (!select.ok()) return select.status();
  return select->ForEach([&intents](const Row& row) {
    StoredIntent& intent = intents.emplace_back();
    intent.name.set_kind(static_cast<internal::IpcName::Kind>(row.Integer(0)));
    intent.name.set_name(std::string(row.Bytes(1)));
    intent.experiment = std::string(row.Bytes(2));
    return absl::OkStatus();
  });
}

absl::Status LoadDigests(Database& database, std::vector<Digest>& digests) {
  absl::StatusOr<Statement> select = database.Prepare(
      "SELECT mechanism, pattern, message_bytes, circumstances, host_class, kernel, experiment,"
      " per_second, receivers, p50_nanos, p99_nanos, messages_per_second, cpu_nanos_per_message,"
      " control_nanos FROM digests ORDER BY number");
  if (!select.ok()) return select.status();
  return select->ForEach([&digests](const Row& row) {
    digests.push_back({.mechanism = std::string(row.Bytes(0)),
                       .pattern = static_cast<v1::Pattern::Kind>(row.Integer(1)),
                       .message_bytes = row.Integer(2),
                       .host_class = std::string(row.Bytes(4)),
                       .kernel = std::string(row.Bytes(5)),
                       .circumstances = std::string(row.Bytes(3)),
                       .experiment = std::string(row.Bytes(6)),
                       .per_second = row.Number(7),
                       .receivers = static_cast<int>(row.Integer(8)),
                       .p50_nanos = row.Integer(9),
                       .p99_nanos = row.Integer(10),
                       .messages_per_second = row.Number(11),
                       .cpu_nanos_per_message = row.Integer(12),
                       .control_nanos = row.Integer(13)});
    return absl::OkStatus();
  });
}

}  // namespace

absl::StatusOr<std::string> LoadInstanceTag(Database& database) {
  constexpr std::string_view kSelect = "SELECT value FROM meta WHERE key = 'instance'";
  absl::StatusOr<std::string> tag = database.Text(kSelect);
  if (!absl::IsNotFound(tag.status())) return tag;
  absl::StatusOr<Statement> insert =
      database.Prepare("INSERT INTO meta (key, value) VALUES ('instance', ?)");
  if (!insert.ok()) return insert.status();
  const std::string made = MakeInstanceTag();
  if (absl::Status status = insert->Execute(made); !status.ok()) return status;
  return made;
}

absl::StatusOr<StoreContents> LoadRecords(Database& database) {
  StoreContents contents;
  if (absl::Status status = LoadExperiments(database, contents.experiments); !status.ok()) {
    return status;
  }
  if (absl::Status status = LoadRequests(database, contents.requests); !status.ok()) return status;
  if (absl::Status status = LoadIntents(database, contents.intents); !status.ok()) return status;
  if (absl::Status status = LoadDigests(database, contents.digests); !status.ok()) return status;
  return contents;
}

absl::StatusOr<RecordWriter> RecordWriter::Prepare(Database& database) {
  std::vector<Statement> statements;
  for (const std::string_view sql : kSql) {
    absl::StatusOr<Statement> statement = database.Prepare(sql);
    if (!statement.ok()) return statement.status();
    statements.push_back(*std::move(statement));
  }
  return RecordWriter(std::move(statements));
}

// Stops at the first error: after a full disk SQLite may have ended the transaction on its own, and
// what came next would be committed alone.
absl::Status RecordWriter::Apply(const WriteBatch& batch) {
  for (const std::string& name : batch.delete_experiments) {
    const absl::Status status = Execute(kDeleteExperiment, name);
    if (!status.ok()) return status;
  }
  for (const auto& [experiment, name] : batch.delete_intents) {
    const absl::Status status = Execute(kDeleteIntent, name.kind(), name.name());
    if (!status.ok()) return status;
  }
  for (const v1::Experiment& experiment : batch.put_experiments) {
    if (absl::Status status = PutExperiment(experiment); !status.ok()) return status;
  }
  for (const auto& [id, experiment, digest, response] : batch.put_requests) {
    const absl::Status status = Execute(kPutRequest, id, experiment, Blob{digest}, Blob{response});
    if (!status.ok()) return status;
  }
  for (const auto& [experiment, name] : batch.put_intents) {
    const absl::Status status = Execute(kPutIntent, name.kind(), name.name(), experiment);
    if (!status.ok()) return status;
  }
  for (const Digest& digest : batch.put_digests) {
    if (absl::Status status = PutDigest(digest); !status.ok()) return status;
  }
  if (batch.put_requests.empty()) return absl::OkStatus();
  return Execute(kForgetOldRequests, int64_t{kStoredRequests});
}

absl::Status RecordWriter::PutDigest(const Digest& digest) {
  absl::Status status =
      Execute(kPutDigest, digest.mechanism, digest.pattern, digest.message_bytes,
              digest.circumstances, digest.host_class, digest.kernel, digest.experiment,
              Real{digest.per_second}, digest.receivers, digest.p50_nanos, digest.p99_nanos,
              Real{digest.messages_per_second}, digest.cpu_nanos_per_message, digest.control_nanos);
  if (!status.ok()) return status;
  status = Execute(kForgetOldDigestsOfKey, digest.mechanism, digest.pattern, digest.message_bytes,
                   digest.circumstances, digest.host_class, digest.kernel,
                   int64_t{kStoredDigestsOfAKey});
  if (!status.ok()) return status;
  return Execute(kForgetOldDigests, int64_t{kStoredDigests});
}

absl::Status RecordWriter::PutExperiment(const v1::Experiment& experiment) {
  v1::Experiment record = experiment;
  record.clear_result();
  const std::string bytes = record.SerializeAsString();
  const absl::Status status =
      Execute(kPutExperiment, experiment.name(), experiment.uid(), experiment.state(),
              NanosOf(experiment.create_time()), NanosOf(experiment.update_time()), Blob{bytes});
  if (!status.ok() || !experiment.has_result()) return status;
  const std::string result = experiment.result().SerializeAsString();
  return Execute(kPutResult, experiment.name(), Blob{result});
}

}  // namespace ipclab
