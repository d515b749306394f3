#include "clients/cli/failure.h"

#include <grpcpp/support/status.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/units.h"
#include "google/protobuf/util/time_util.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace ipclab::cli {
namespace {

using google::protobuf::util::TimeUtil;

// "subject: description", either of which may be empty.
std::string Violation(const std::string& subject, const std::string& description) {
  if (subject.empty() || description.empty()) return subject + description;
  // The server's description may begin with what it is about.
  const bool said = absl::StartsWith(description, absl::StrCat(subject, " ")) ||
                    absl::StartsWith(description, absl::StrCat(subject, ":"));
  return said ? description : absl::StrCat(subject, ": ", description);
}

void AddDetail(const google::protobuf::Any& detail, Failure& failure) {
  google::rpc::ErrorInfo info;
  google::rpc::BadRequest bad_request;
  google::rpc::PreconditionFailure precondition;
  google::rpc::QuotaFailure quota;
  google::rpc::RetryInfo retry;
  google::rpc::ResourceInfo resource;
  if (detail.UnpackTo(&info)) {
    failure.reason = info.reason();
  } else if (detail.UnpackTo(&bad_request)) {
    for (const auto& each : bad_request.field_violations()) {
      failure.violations.push_back(Violation(each.field(), each.description()));
    }
  } else if (detail.UnpackTo(&precondition)) {
    for (const auto& each : precondition.violations()) {
      failure.violations.push_back(Violation(each.subject(), each.description()));
    }
  } else if (detail.UnpackTo(&quota)) {
    for (const auto& each : quota.violations()) {
      failure.violations.push_back(Violation(each.subject(), each.description()));
    }
  } else if (detail.UnpackTo(&resource)) {
    // Often word for word what the message says.
    if (failure.message.find(resource.description()) == std::string::npos) {
      failure.violations.push_back(Violation(resource.resource_name(), resource.description()));
    }
  } else if (detail.UnpackTo(&retry)) {
    const int64_t nanos = TimeUtil::DurationToNanoseconds(retry.retry_delay());
    failure.violations.push_back(absl::StrCat("try again in ", DurationText(nanos)));
  }
}

// True when the message is nothing but the violations, which then need not be said twice.
bool RepeatsViolations(const Failure& failure) {
  const auto said = [&](const std::string& violation) {
    return failure.message.find(violation) != std::string::npos ||
           violation.find(failure.message) != std::string::npos;
  };
  return !failure.violations.empty() &&
         std::all_of(failure.violations.begin(), failure.violations.end(), said);
}

// What gRPC itself says when no answer of the server's came: in our words.
Failure Unanswered(const grpc::Status& status) {
  Failure failure = {.exit_code = ExitCode::kCannotConnect, .kind = "UNREACHABLE"};
  switch (status.error_code()) {
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      failure.message = "the server did not answer in time; --timeout gives it longer";
      break;
    case grpc::StatusCode::CANCELLED:
      failure.message = "the call was cancelled";
      break;
    case grpc::StatusCode::UNAVAILABLE:
      failure.message =
          absl::StrCat("the server is gone or does not answer (", status.error_message(), ")");
      break;
    case grpc::StatusCode::UNIMPLEMENTED:
      failure.exit_code = ExitCode::kRefused;
      failure.kind = "REFUSED";
      failure.message =
          "the server does not know this call: it is older than this client, or no ipclabd";
      break;
    default:
      failure.exit_code = ExitCode::kRefused;
      failure.kind = "REFUSED";
      failure.message = status.error_message().empty() ? "the server said no, and not why"
                                                       : status.error_message();
  }
  return failure;
}

}  // namespace

Failure FailureOf(const google::rpc::Status& status) {
  return FailureOf(grpc::Status(static_cast<grpc::StatusCode>(status.code()), status.message(),
                                status.SerializeAsString()));
}

Failure FailureOf(const grpc::Status& status) {
  google::rpc::Status details;
  const bool rich = !status.error_details().empty() &&
                    details.ParseFromString(status.error_details()) && details.details_size() > 0;
  Failure failure = rich ? Failure{.exit_code = ExitCode::kRefused,
                                   .kind = "REFUSED",
                                   .message = status.error_message()}
                         : Unanswered(status);
  for (const auto& detail : details.details()) AddDetail(detail, failure);
  if (status.error_code() == grpc::StatusCode::UNAUTHENTICATED) {
    failure.violations.push_back(
        "--token-file FILE names the file that holds the server's token; ipclabd keeps it in its "
        "state folder");
  }
  return failure;
}

Failure FailureOf(const v1::Experiment& experiment) {
  const v1::End& end = experiment.end();
  // What ended with its server was not this experiment's doing.
  const bool server_ended = end.class_() == v1::End::SERVER;
  std::string message = end.message();
  if (message.empty()) {
    message =
        absl::StrCat("the experiment ended as ", v1::Experiment::State_Name(experiment.state()));
  }
  return {.exit_code = server_ended ? ExitCode::kRefused : ExitCode::kCheckFailed,
          .kind = v1::End::Class_Name(end.class_()),
          .reason = end.reason(),
          .message = std::move(message)};
}

Failure FailureOf(const absl::Status& status) {
  const bool usage = absl::IsInvalidArgument(status);
  return {.exit_code = usage ? ExitCode::kUsage : ExitCode::kCannotConnect,
          .kind = usage ? "USAGE" : "UNREACHABLE",
          .message = std::string(status.message())};
}

std::string FailureText(const Failure& failure) {
  std::vector<std::string> lines = failure.violations;
  if (!RepeatsViolations(failure)) lines.insert(lines.begin(), failure.message);
  return absl::StrJoin(lines, "\n  ");
}

JsonLine FailureJson(const Failure& failure) {
  JsonLine json;
  json.Text("class", failure.kind)
      .Text("reason", failure.reason)
      .Text("message", failure.message)
      .Texts("violations", failure.violations);
  return json;
}

int Report(const Failure& failure, bool json) {
  const Terminal terminal = TerminalOf(STDERR_FILENO);
  std::fprintf(stderr, "%s %s\n", terminal.Paint(Tone::kBad, "ipclab:").c_str(),
               FailureText(failure).c_str());
  if (json) {
    std::printf("%s\n", JsonLine().Object("error", FailureJson(failure)).str().c_str());
  }
  return static_cast<int>(failure.exit_code);
}

}  // namespace ipclab::cli
