// A port of the loopback address that nobody uses, for a server that wants to be told one.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"

namespace ipclab::bench {

class FreePort {
 public:
  // Free for TCP and UDP when it was looked for; somebody else may be quicker.
  static absl::StatusOr<FreePort> Find();

  uint16_t number() const { return number_; }

  // Waits until a socket listens on it, or for datagrams.
  absl::Status AwaitListener() const;

 private:
  explicit FreePort(uint16_t number) : number_(number) {}

  uint16_t number_;
};

}  // namespace ipclab::bench
