#include "clients/cli/temporary_experiment.h"

#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "google/protobuf/empty.pb.h"

namespace ipclab::cli {
namespace {

std::string IdFor(const std::string& purpose) {
  std::random_device random;
  return absl::StrFormat("%s-%08x%08x", purpose, random(), random());
}

}  // namespace

TemporaryExperiment::TemporaryExperiment(Connection& connection, const std::string& purpose)
    : connection_(connection), id_(IdFor(purpose)), name_(absl::StrCat("experiments/", id_)) {}

TemporaryExperiment::~TemporaryExperiment() {
  // One that still lives must be cancelled first, and only such a one refuses to be deleted.
  if (!to_delete_ || Delete() != grpc::StatusCode::FAILED_PRECONDITION) return;
  Cancel();
  Delete();
}

grpc::StatusCode TemporaryExperiment::Delete() {
  const auto context = connection_.NewCall();
  v1::DeleteExperimentRequest request;
  request.set_name(name_);
  google::protobuf::Empty response;
  return connection_.experiments().DeleteExperiment(context.get(), request, &response).error_code();
}

void TemporaryExperiment::Cancel() {
  const auto context = connection_.NewCall();
  v1::CancelExperimentRequest request;
  request.set_name(name_);
  v1::Experiment response;
  // Should it fail, so does the deletion that follows, and the experiment stays for its owner.
  (void)connection_.experiments().CancelExperiment(context.get(), request, &response);
}

}  // namespace ipclab::cli
