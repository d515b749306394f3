// Sees that an experiment has come to its end, though nobody who drives it asked for that: it was
// cancelled by another client, or a worker died.
//
// Destroying it ends the watch.
#pragma once

#include <memory>
#include <string>
#include <thread>

#include "clients/cli/connection.h"
#include "clients/cli/interrupt.h"
#include "common/unique_fd.h"

namespace ipclab::cli {

class EndWatch {
 public:
  EndWatch(Connection& connection, const std::string& name, Interrupt& interrupt);
  EndWatch(const EndWatch&) = delete;
  EndWatch& operator=(const EndWatch&) = delete;
  ~EndWatch();

  // Readable once the experiment has ended, or cannot be watched any more.
  int fd() const { return ended_.get(); }

 private:
  UniqueFd ended_;
  // Destroyed in reverse: the guard knows the context.
  std::unique_ptr<grpc::ClientContext> context_;
  Interrupt::Guard guard_;
  std::thread thread_;
};

}  // namespace ipclab::cli
