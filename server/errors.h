// The errors that clients see: canonical code, a message that says what to do next, and google.rpc
// details. Built here, carried as absl::Status with payloads, turned into grpc::Status once.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/support/status.h"

namespace ipclab {

// One thing wrong with a request: the field's path ("spec.measure.message_bytes") and a sentence
// that says what is wrong and what would be right.
struct FieldViolation {
  std::string field;
  std::string description;
  bool operator==(const FieldViolation&) const = default;
};

// One thing that host or state does not allow: a type in upper case, what it is about, a sentence
// that says what would mend it.
struct Precondition {
  std::string type;
  std::string subject;
  std::string description;
  bool operator==(const Precondition&) const = default;
};

using ErrorMetadata = std::vector<std::pair<std::string, std::string>>;

// What the client sent, in quotes: cut short, because it may be megabytes, and with everything that
// is not plain ASCII escaped, because it goes to terminals.
std::string Quoted(const std::string& text);

// INVALID_ARGUMENT with every violation. preconditions go along when both kinds were found.
absl::Status InvalidRequest(const std::vector<FieldViolation>& violations,
                            const std::vector<Precondition>& preconditions = {});

// FAILED_PRECONDITION with every precondition; reason is that of the first.
absl::Status PreconditionFailed(const std::vector<Precondition>& preconditions);

// NOT_FOUND with ResourceInfo. hint says what to do ("did you mean mechanisms/pipe?").
absl::Status ResourceNotFound(std::string_view type, std::string_view name, std::string_view hint);

// ALREADY_EXISTS with ResourceInfo.
absl::Status ResourceExists(std::string_view type, std::string_view name, std::string_view hint);

// RESOURCE_EXHAUSTED with QuotaFailure and RetryInfo.
absl::Status QuotaExceeded(std::string_view subject, std::string_view description,
                           absl::Duration retry_after);

// UNAVAILABLE with RetryInfo: the server is stopping.
absl::Status ServerStopping();

// Any other error with its ErrorInfo.
absl::Status ErrorWithReason(absl::StatusCode code, std::string_view reason,
                             std::string_view message, const ErrorMetadata& metadata = {});

// The same error with more in its ErrorInfo.
absl::Status WithMetadata(absl::Status status, const ErrorMetadata& metadata);

// The error as a message, for a stream that goes on after it. Gives an ErrorInfo to every error
// that has none yet.
google::rpc::Status ToRpcStatus(const absl::Status& status);

// The only way out: packs the details of ToRpcStatus into grpc-status-details-bin.
grpc::Status ToGrpc(const absl::Status& status);

}  // namespace ipclab
