// An experiment of one command, which is cancelled if it still lives, and deleted, when the command
// is done with it.
//
// Its id is chosen here rather than by the server: so it can be deleted even when the answer to its
// creation never came.
#pragma once

#include <string>

#include "clients/cli/connection.h"

namespace ipclab::cli {

// Not thread safe. Borrows the connection.
class TemporaryExperiment {
 public:
  // Of the name only: experiments/measure-0123456789abcdef. Creating it is up to the owner.
  TemporaryExperiment(Connection& connection, const std::string& purpose);
  TemporaryExperiment(const TemporaryExperiment&) = delete;
  TemporaryExperiment& operator=(const TemporaryExperiment&) = delete;
  ~TemporaryExperiment();

  const std::string& id() const { return id_; }
  const std::string& name() const { return name_; }

  // From now on it is no more temporary.
  void Keep() { to_delete_ = false; }

  // The server refused to create it.
  void Refused() { to_delete_ = false; }

 private:
  grpc::StatusCode Delete();
  void Cancel();

  Connection& connection_;
  const std::string id_;
  const std::string name_;
  bool to_delete_ = true;
};

}  // namespace ipclab::cli
