#include "worker/name_guard.h"

#include <cstdio>

#include "common/ipc_name.h"

namespace ipclab {

NameGuard::~NameGuard() {
  for (const auto& [experiment, names] : names_) {
    for (const internal::IpcName& name : names) {
      if (const auto removed = RemoveIpcObject(name); !removed.ok()) {
        std::fprintf(stderr, "ipclab zygote: %s\n", removed.status().ToString().c_str());
      }
    }
  }
}

void NameGuard::Replace(const internal::Guard& guard) {
  if (guard.names().empty()) {
    names_.erase(guard.experiment());
  } else {
    names_[guard.experiment()] = {guard.names().begin(), guard.names().end()};
  }
}

}  // namespace ipclab
