// What stands in the record of a mechanism whose library was not there when this was built.
#pragma once

#include "worker/mechanism.h"

namespace ipclab {

inline absl::StatusOr<Hosted> HostAbsent(const ChannelSpec&) {
  return absl::UnimplementedError("built without its library");
}

inline absl::StatusOr<std::unique_ptr<Channel>> JoinAbsent(const ChannelSpec&, ChannelOffer) {
  return absl::UnimplementedError("built without its library");
}

}  // namespace ipclab
