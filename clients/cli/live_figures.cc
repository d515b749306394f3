#include "clients/cli/live_figures.h"

#include <utility>

#include "google/protobuf/util/time_util.h"

namespace ipclab::cli {

LiveFigures::LiveFigures(Connection& connection, const std::string& name, absl::Duration interval,
                         std::function<void(const v1::Metrics&)> show)
    : context_(connection.NewStream()) {
  v1::WatchMetricsRequest request;
  request.set_name(name);
  *request.mutable_interval() =
      google::protobuf::util::TimeUtil::NanosecondsToDuration(absl::ToInt64Nanoseconds(interval));
  thread_ = std::thread([this, &connection, request, show = std::move(show)] {
    const auto stream = connection.experiments().WatchMetrics(context_.get(), request);
    v1::Metrics metrics;
    while (stream->Read(&metrics)) show(metrics);
    (void)stream->Finish();
  });
}

LiveFigures::~LiveFigures() {
  context_->TryCancel();
  thread_.join();
}

}  // namespace ipclab::cli
