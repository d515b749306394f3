// The option "slots" of the rings whose positions are cut to a slot by a mask.
#pragma once

#include <cstddef>

#include "absl/status/statusor.h"
#include "ipclab/v1/mechanism.pb.h"
#include "worker/mechanism.h"

namespace ipclab {

// As it is published.
v1::Option SlotsOption();

// What was chosen. INVALID_ARGUMENT, with the nearest that would do, when it is no power of two.
absl::StatusOr<size_t> SlotsOf(const ChannelSpec& spec);

}  // namespace ipclab
