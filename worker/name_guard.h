// The names of kernel objects that must not outlive the server: while it lives it removes them
// itself; when it is gone the zygote does. Destroying the guard removes them all.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "ipclab/internal/control.pb.h"

namespace ipclab {

class NameGuard {
 public:
  NameGuard() = default;
  NameGuard(const NameGuard&) = delete;
  NameGuard& operator=(const NameGuard&) = delete;
  // What cannot be removed is named on stderr.
  ~NameGuard();

  // Replaces the names of one experiment; none forgets it.
  void Replace(const internal::Guard& guard);

 private:
  absl::flat_hash_map<uint64_t, std::vector<internal::IpcName>> names_;
};

}  // namespace ipclab
