#include "clients/cli/experiment_watch.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/time/clock.h"
#include "clients/cli/running_server.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace ipclab::cli {
namespace {

constexpr absl::Duration kFirstPause = absl::Milliseconds(100);
constexpr absl::Duration kLongestPause = absl::Seconds(2);
// A host that does not answer at all must not keep Ctrl-C waiting.
constexpr absl::Duration kReconnectTimeout = absl::Seconds(2);

class Follower {
 public:
  Follower(const WatchPlan& plan, Interrupt& interrupt, WatchObserver& observer)
      : plan_(plan), interrupt_(interrupt), observer_(observer) {}

  std::optional<Failure> Run() {
    auto connection = OpenRunningServer(plan_.server);
    if (!connection.ok()) return FailureOf(connection.status());
    while (true) {
      const grpc::Status status = Read(**connection);
      if (interrupt_.raised()) return Failure{};
      if (unheard_) return std::nullopt;
      switch (AfterWatchOf(status, !token_.empty())) {
        case AfterWatch::kDone:
          return std::nullopt;
        case AfterWatch::kFail:
          return FailureOf(status);
        case AfterWatch::kAnew:
          token_.clear();
          break;
        case AfterWatch::kResume:
          // A server that sends us away again and again is given time.
          if (!progressed_) interrupt_.Wait(NextPause());
          break;
        case AfterWatch::kLost:
          observer_.OnLost(FailureOf(status));
          // Not before the next one is there: a channel that lives on shares its back-off.
          connection->reset();
          if (std::optional<Failure> failure = Reconnect(*connection, FailureOf(status))) {
            return failure;
          }
      }
    }
  }

 private:
  grpc::Status Read(Connection& connection) {
    const auto context = connection.NewStream();
    const Interrupt::Guard guard(interrupt_, *context);
    v1::WatchExperimentRequest request;
    request.set_name(plan_.name);
    request.set_resume_token(token_);
    progressed_ = false;
    observer_.OnStream(connection);
    const auto stream = connection.experiments().WatchExperiment(context.get(), request);
    v1::ExperimentEvent event;
    while (!unheard_ && stream->Read(&event)) {
      progressed_ = true;
      lost_since_.reset();
      pause_ = kFirstPause;
      if (!event.resume_token().empty()) token_ = event.resume_token();
      unheard_ = !observer_.OnEvent(event);
      if (unheard_) context->TryCancel();
    }
    grpc::Status status = stream->Finish();
    observer_.OnStreamEnd();
    if (std::string token = ResumeTokenOf(status); !token.empty()) token_ = std::move(token);
    return status;
  }

  // A server that takes connections and drops them counts as lost all the while.
  std::optional<Failure> Reconnect(std::unique_ptr<Connection>& connection, Failure why) {
    if (!lost_since_) lost_since_ = absl::Now();
    while (absl::Now() - *lost_since_ < plan_.patience) {
      interrupt_.Wait(NextPause());
      if (interrupt_.raised()) return Failure{};
      ConnectionOptions options = plan_.server;
      options.timeout = std::min(options.timeout, kReconnectTimeout);
      if (auto opened = OpenRunningServer(options); opened.ok()) {
        connection = *std::move(opened);
        return std::nullopt;
      } else if (why = FailureOf(opened.status()); why.exit_code == ExitCode::kUsage) {
        break;
      }
    }
    return why;
  }

  absl::Duration NextPause() { return std::exchange(pause_, std::min(pause_ * 2, kLongestPause)); }

  const WatchPlan& plan_;
  Interrupt& interrupt_;
  WatchObserver& observer_;
  std::string token_;
  bool unheard_ = false;     // the observer has had enough
  bool progressed_ = false;  // since the stream began
  absl::Duration pause_ = kFirstPause;
  std::optional<absl::Time> lost_since_;
};

std::optional<google::rpc::ErrorInfo> InfoOf(const grpc::Status& status) {
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  if (!details.ParseFromString(status.error_details())) return std::nullopt;
  for (const auto& detail : details.details()) {
    if (detail.UnpackTo(&info)) return info;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Failure> FollowExperiment(const WatchPlan& plan, Interrupt& interrupt,
                                        WatchObserver& observer) {
  return Follower(plan, interrupt, observer).Run();
}

AfterWatch AfterWatchOf(const grpc::Status& status, bool has_token) {
  switch (status.error_code()) {
    case grpc::StatusCode::OK:
      return AfterWatch::kDone;
    case grpc::StatusCode::OUT_OF_RANGE:
      return has_token ? AfterWatch::kAnew : AfterWatch::kFail;
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      // Without a token we were never let in: there are too many watchers.
      return has_token ? AfterWatch::kResume : AfterWatch::kFail;
    case grpc::StatusCode::UNAVAILABLE:
      return AfterWatch::kLost;
    case grpc::StatusCode::INTERNAL:
    case grpc::StatusCode::UNKNOWN:
      // So gRPC calls a connection that broke within a message; the server's own errors have
      // details.
      return status.error_details().empty() ? AfterWatch::kLost : AfterWatch::kFail;
    default:
      return AfterWatch::kFail;
  }
}

std::string ResumeTokenOf(const grpc::Status& status) {
  const std::optional<google::rpc::ErrorInfo> info = InfoOf(status);
  if (!info) return "";
  const auto token = info->metadata().find("resume_token");
  return token == info->metadata().end() ? "" : token->second;
}

}  // namespace ipclab::cli
