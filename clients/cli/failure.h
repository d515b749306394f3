// Why something did not work, for people and for scripts: from the server's answer with its rich
// details, or from the end of an experiment.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/json_line.h"
#include "clients/cli/terminal.h"
#include "ipclab/v1/experiment.pb.h"

namespace grpc {
class Status;
}
namespace google::rpc {
class Status;
}

namespace ipclab::cli {

struct Failure {
  ExitCode exit_code = ExitCode::kRefused;

  // "REFUSED" by the server, "UNREACHABLE", "CHECK" (messages were lost or spoilt), or the class of
  // an experiment's end: "SIGNAL", "TIMEOUT", ...
  std::string kind = {};

  // A word for programs, as the server gave it: "UNKNOWN_MECHANISM". May be empty.
  std::string reason = {};

  // A sentence for people, and what was wrong in particular, one line each.
  std::string message = {};
  std::vector<std::string> violations = {};

  bool operator==(const Failure&) const = default;
};

// What the server answered instead of what was asked for. status is not OK.
Failure FailureOf(const grpc::Status& status);
Failure FailureOf(const google::rpc::Status& status);

// Why an experiment that has ended did not succeed.
Failure FailureOf(const v1::Experiment& experiment);

// No server could be reached, or (INVALID_ARGUMENT) the address makes no sense.
Failure FailureOf(const absl::Status& status);

// The message with its violations below it, each on an indented line of its own; the violations
// alone where the message only repeats them.
std::string FailureText(const Failure& failure);

// {"class":...,"reason":...,"message":...,"violations":[...]}
JsonLine FailureJson(const Failure& failure);

// Writes the failure to standard error, and as {"error":{...}} to standard output if json is set;
// returns the exit code.
int Report(const Failure& failure, bool json);

}  // namespace ipclab::cli
