// A shared library that only the workers of one mechanism need, loaded when they start. Linked as
// usual it would lie in the zygote, and cost the fork of every worker of every experiment.
//
// Used from one thread. What is loaded stays until the process ends: such libraries have threads.
//
//   SharedLibrary library("libzmq.so.5");
//   library.Find("zmq_send", zmq.send);  // one for each function
//   return library.status();
#pragma once

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"

namespace ipclab {

class SharedLibrary {
 public:
  explicit SharedLibrary(const char* file);

  // Points function at the one of that name; null, with status() saying so, where there is none.
  template <typename Function>
  void Find(const char* name, Function*& function) {
    function = reinterpret_cast<Function*>(Symbol(name));
  }

  // UNAVAILABLE, in the dynamic linker's words, where the library or a function was not found.
  const absl::Status& status() const { return status_; }

 private:
  void* Symbol(const char* name);

  void* handle_;
  absl::Status status_;
};

// Runs load in a child process, so that nothing stays mapped in this one. What it said, or
// UNAVAILABLE when it did not live to say it.
absl::Status TryInChild(absl::FunctionRef<absl::Status()> load);

}  // namespace ipclab
