// The call by which a program is explored.
#pragma once

#include <functional>
#include <variant>

#include "clients/cli/connection.h"
#include "clients/cli/failure.h"
#include "clients/cli/interrupt.h"

namespace ipclab::cli {

// Explores, hands every event to take as it comes, and returns what it all came to; or why it did
// not come to its end. context: of a stream, by which any thread may cancel it; a signal does so,
// and take by false.
std::variant<v1::Exploration, Failure> Explore(
    Connection& connection, grpc::ClientContext& context, const v1::ExploreProgramRequest& request,
    Interrupt& interrupt, const std::function<bool(const v1::ExploreEvent&)>& take);

}  // namespace ipclab::cli
