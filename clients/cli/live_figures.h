// The figures of one experiment as they come, read on a thread of its own while this lives.
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/time/time.h"
#include "clients/cli/connection.h"
#include "ipclab/v1/metrics.pb.h"

namespace ipclab::cli {

class LiveFigures {
 public:
  // Calls show, from the thread, with every snapshot until the stream ends or this is destroyed. A
  // stream that breaks is not an error here: the experiment's own end tells what went wrong.
  LiveFigures(Connection& connection, const std::string& name, absl::Duration interval,
              std::function<void(const v1::Metrics&)> show);

  // Returns once show will not be called again.
  ~LiveFigures();

  LiveFigures(const LiveFigures&) = delete;
  LiveFigures& operator=(const LiveFigures&) = delete;

 private:
  const std::unique_ptr<grpc::ClientContext> context_;
  std::thread thread_;
};

}  // namespace ipclab::cli
