#include "server/rpc/experiment_service.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/durations.h"

namespace ipclab {
namespace {

constexpr absl::Duration kDefaultInterval = absl::Seconds(1);
constexpr absl::Duration kLeastInterval = absl::Milliseconds(10);
constexpr absl::Duration kGreatestInterval = absl::Hours(1);

}  // namespace

// A request belongs to gRPC until its call is done, and a cancelled call may be done before its
// turn on the strand comes: each handler takes with it what it needs.

grpc::ServerUnaryReactor* ExperimentService::CreateExperiment(
    grpc::CallbackServerContext* context, const v1::CreateExperimentRequest* request,
    v1::Experiment* response) {
  return rpc_.Answer(context, "CreateExperiment", response,
                     [&engine = rpc_.engine, request = *request](auto reply) {
                       engine.Create(request, std::move(reply));
                     });
}

grpc::ServerUnaryReactor* ExperimentService::GetExperiment(grpc::CallbackServerContext* context,
                                                           const v1::GetExperimentRequest* request,
                                                           v1::Experiment* response) {
  return rpc_.Answer(context, "GetExperiment", response,
                     [&engine = rpc_.engine, name = request->name()](auto reply) {
                       engine.Get(name, std::move(reply));
                     });
}

grpc::ServerUnaryReactor* ExperimentService::DeleteExperiment(
    grpc::CallbackServerContext* context, const v1::DeleteExperimentRequest* request,
    google::protobuf::Empty* response) {
  return rpc_.Answer(context, "DeleteExperiment", response,
                     [&engine = rpc_.engine, name = request->name()](auto reply) {
                       engine.Delete(name, [reply](const absl::Status& status) {
                         if (!status.ok()) return reply(status);
                         reply(google::protobuf::Empty());
                       });
                     });
}

grpc::ServerUnaryReactor* ExperimentService::RunExperiment(grpc::CallbackServerContext* context,
                                                           const v1::RunExperimentRequest* request,
                                                           v1::Experiment* response) {
  return rpc_.Answer(context, "RunExperiment", response,
                     [&engine = rpc_.engine, name = request->name()](auto reply) {
                       engine.Run(name, std::move(reply));
                     });
}

grpc::ServerUnaryReactor* ExperimentService::CancelExperiment(
    grpc::CallbackServerContext* context, const v1::CancelExperimentRequest* request,
    v1::Experiment* response) {
  return rpc_.Answer(context, "CancelExperiment", response,
                     [&engine = rpc_.engine, name = request->name()](auto reply) {
                       engine.Cancel(name, std::move(reply));
                     });
}

grpc::ServerUnaryReactor* ExperimentService::StepExperiment(
    grpc::CallbackServerContext* context, const v1::StepExperimentRequest* request,
    v1::StepExperimentResponse* response) {
  return rpc_.Answer(context, "StepExperiment", response,
                     [&engine = rpc_.engine, name = request->name(), count = request->count()](
                         auto reply) { engine.Step(name, count, std::move(reply)); });
}

grpc::ServerUnaryReactor* ExperimentService::GetMetrics(grpc::CallbackServerContext* context,
                                                        const v1::GetMetricsRequest* request,
                                                        v1::Metrics* response) {
  return rpc_.Answer(context, "GetMetrics", response,
                     [&engine = rpc_.engine, name = request->name()](auto reply) {
                       engine.GetMetrics(name, std::move(reply));
                     });
}

grpc::ServerWriteReactor<v1::ExperimentEvent>* ExperimentService::WatchExperiment(
    grpc::CallbackServerContext* context, const v1::WatchExperimentRequest* request) {
  return rpc_.Stream<v1::ExperimentEvent>(
      context, "WatchExperiment",
      [&engine = rpc_.engine, name = request->name()](auto outlet) { engine.Watch(name, outlet); });
}

grpc::ServerWriteReactor<v1::Metrics>* ExperimentService::WatchMetrics(
    grpc::CallbackServerContext* context, const v1::WatchMetricsRequest* request) {
  const absl::Duration interval =
      request->has_interval() ? FromProto(request->interval()) : kDefaultInterval;
  const bool valid =
      IsValid(request->interval()) && interval >= kLeastInterval && interval <= kGreatestInterval;
  return rpc_.Stream<v1::Metrics>(
      context, "WatchMetrics",
      [&engine = rpc_.engine, name = request->name(), interval, valid](auto outlet) {
        if (valid) return engine.WatchMetrics(name, interval, outlet);
        outlet->Finish(InvalidRequest(
            {{"interval", absl::StrCat("must be ", absl::FormatDuration(kLeastInterval), " to ",
                                       absl::FormatDuration(kGreatestInterval))}}));
      });
}

}  // namespace ipclab
