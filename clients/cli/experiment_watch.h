// Follows one experiment to its end, through lost connections and restarts of the server.
#pragma once

#include <grpcpp/support/status.h>

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "clients/cli/connection.h"
#include "clients/cli/failure.h"
#include "clients/cli/interrupt.h"
#include "ipclab/v1/experiment_service.pb.h"

namespace ipclab::cli {

// What is told on the way, on the thread that follows.
class WatchObserver {
 public:
  // A stream begins. The connection lives until OnStreamEnd returns.
  virtual void OnStream(Connection& connection) = 0;
  // False: nobody hears what is told any more, and the watch ends.
  virtual bool OnEvent(const v1::ExperimentEvent& event) = 0;
  virtual void OnStreamEnd() = 0;
  // The connection is lost; another is tried for as long as patience lasts.
  virtual void OnLost(const Failure& failure) = 0;

 protected:
  ~WatchObserver() = default;
};

struct WatchPlan {
  ConnectionOptions server;  // with its address filled in: it is connected to again and again
  std::string name;          // experiments/x-123
  absl::Duration patience;   // how long a lost server is looked for
};

// Returns once the experiment has ended or nobody hears of it (nullopt), once a signal came (a
// failure that says nothing), or with why it cannot be followed. The first connection is tried only
// once.
std::optional<Failure> FollowExperiment(const WatchPlan& plan, Interrupt& interrupt,
                                        WatchObserver& observer);

// What comes after a stream that ended so.
enum class AfterWatch {
  kDone,    // the experiment has ended
  kResume,  // go on after the last event, with the token
  kAnew,    // that is not kept any more: begin with a snapshot
  kLost,    // the server is gone, or going: connect again
  kFail,
};
AfterWatch AfterWatchOf(const grpc::Status& status, bool has_token);

// The token that an error carries (metadata resume_token of its ErrorInfo); empty when none.
std::string ResumeTokenOf(const grpc::Status& status);

}  // namespace ipclab::cli
