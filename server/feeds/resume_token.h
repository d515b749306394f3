// The opaque token by which a watcher goes on where it stopped: an experiment's uid and the
// sequence of the last event that was received.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace ipclab {

std::string MakeResumeToken(const std::string& uid, int64_t sequence);

// The sequence. INVALID_ARGUMENT when it is no token, or one of another experiment.
absl::StatusOr<int64_t> ReadResumeToken(const std::string& token, const std::string& uid);

}  // namespace ipclab
