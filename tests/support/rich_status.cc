#include "tests/support/rich_status.h"

#include "google/rpc/status.pb.h"

namespace ipclab {
namespace {

// The detail of this type; empty when there is none.
template <class Detail>
Detail DetailOf(const grpc::Status& status) {
  google::rpc::Status details;
  Detail detail;
  if (!details.ParseFromString(status.error_details())) return detail;
  for (const auto& any : details.details()) {
    if (any.UnpackTo(&detail)) return detail;
  }
  return detail;
}

}  // namespace

testing::AssertionResult Refused(const grpc::Status& status, grpc::StatusCode code,
                                 const std::string& reason) {
  const google::rpc::ErrorInfo info = ErrorInfoOf(status);
  if (status.error_code() == code && info.reason() == reason && info.domain() == "ipclab.dev" &&
      !status.error_message().empty()) {
    return testing::AssertionSuccess();
  }
  return testing::AssertionFailure()
         << "wanted code " << code << " and reason " << reason << ", got code "
         << status.error_code() << " \"" << status.error_message() << "\", reason \""
         << info.reason() << "\" of \"" << info.domain() << "\"";
}

google::rpc::ErrorInfo ErrorInfoOf(const grpc::Status& status) {
  return DetailOf<google::rpc::ErrorInfo>(status);
}

google::rpc::BadRequest BadRequestOf(const grpc::Status& status) {
  return DetailOf<google::rpc::BadRequest>(status);
}

google::rpc::PreconditionFailure PreconditionFailureOf(const grpc::Status& status) {
  return DetailOf<google::rpc::PreconditionFailure>(status);
}

google::rpc::ResourceInfo ResourceInfoOf(const grpc::Status& status) {
  return DetailOf<google::rpc::ResourceInfo>(status);
}

std::vector<std::string> ViolatedFields(const grpc::Status& status) {
  std::vector<std::string> fields;
  const google::rpc::BadRequest request = BadRequestOf(status);
  for (const auto& violation : request.field_violations()) fields.push_back(violation.field());
  return fields;
}

}  // namespace ipclab
