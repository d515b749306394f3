// A dbus-daemon of one link alone: the child of the worker that hosts the link, dead as soon as
// that is, whatever ended it. It has no services, lets in the same user only, and holds back a
// sender whose messages its receiver does not take, instead of losing some as its usual limits
// would.
//
// Used by the mechanism dbus. The worker may have one thread only when it starts one.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "worker/child.h"

namespace ipclab {

// Bytes of one sender's messages that it holds before it stops to read from that sender.
inline constexpr int64_t kDaemonWindowBytes = 4 << 20;

class DbusDaemon {
 public:
  DbusDaemon() = default;  // none

  // Starts it, listening on a socket of that path; its configuration lies in the file config while
  // this runs. NOT_FOUND where there is no dbus-daemon, UNAVAILABLE when it does not come up.
  static absl::StatusOr<DbusDaemon> Start(const std::string& socket, const std::string& config);

  // The path of the program; empty where there is none.
  static std::string Find();

  explicit operator bool() const { return static_cast<bool>(child_); }

  // The address of that socket, as D-Bus writes it.
  static std::string AddressOf(const std::string& socket);

 private:
  explicit DbusDaemon(Child child) : child_(std::move(child)) {}

  Child child_;
};

}  // namespace ipclab
