#include "clients/cli/explore/explore_events.h"

#include <optional>

namespace ipclab::cli {

std::variant<v1::Exploration, Failure> Explore(
    Connection& connection, grpc::ClientContext& context, const v1::ExploreProgramRequest& request,
    Interrupt& interrupt, const std::function<bool(const v1::ExploreEvent&)>& take) {
  const Interrupt::Guard guard(interrupt, context);
  const auto stream = connection.programs().ExploreProgram(&context, request);
  std::optional<v1::Exploration> exploration;
  v1::ExploreEvent event;
  while (stream->Read(&event)) {
    if (event.has_exploration()) exploration = event.exploration();
    if (!take(event)) context.TryCancel();
  }
  const grpc::Status status = stream->Finish();
  // What was said last stands, however the call ended afterwards.
  if (exploration) return *std::move(exploration);
  if (!status.ok()) return FailureOf(status);
  return Failure{.kind = "ENDED", .message = "the server ended the exploration without a result"};
}

}  // namespace ipclab::cli
