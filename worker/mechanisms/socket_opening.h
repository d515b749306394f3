// How the host's end of a socket comes to be once the other one is there: what Channel::Connect
// calls. Used by the socket mechanisms that have an address.
#pragma once

#include <chrono>
#include <string_view>

#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "common/unique_fd.h"

namespace ipclab {

// How long it waits for the other end, which has connected before: this is for one that was killed.
inline constexpr std::chrono::milliseconds kOpeningPatience(10'000);

// Called once; holds what the opening needs, a listener for one.
using SocketOpening = absl::AnyInvocable<absl::StatusOr<UniqueFd>()>;

// Waits until fd can be read, or until the patience is at its end: then DEADLINE_EXCEEDED.
absl::Status AwaitInput(int fd, std::chrono::milliseconds patience, std::string_view what);

// Accepts connections until one is the other end's, as is_peer says; others are closed.
absl::StatusOr<UniqueFd> AcceptPeer(int listener,
                                    absl::FunctionRef<absl::StatusOr<bool>(int)> is_peer);

}  // namespace ipclab
