#include "server/rpc/experiment_service.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/commands.h"
#include "server/durations.h"
#include "server/export/export.h"
#include "server/feeds/file_feed.h"
#include "server/listing.h"

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
                       const auto experiment = engine.Find(name);
                       if (!experiment.ok()) return reply(experiment.status());
                       reply((*experiment)->Describe());
                     });
}

grpc::ServerUnaryReactor* ExperimentService::ListExperiments(
    grpc::CallbackServerContext* context, const v1::ListExperimentsRequest* request,
    v1::ListExperimentsResponse* response) {
  return rpc_.Answer(context, "ListExperiments", response,
                     [&engine = rpc_.engine, request = *request](auto reply) {
                       reply(ipclab::ListExperiments(request, engine.Records()));
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
                     [&engine = rpc_.engine, request = *request](auto reply) {
                       ipclab::RunExperiment(engine, request, std::move(reply));
                     });
}

grpc::ServerUnaryReactor* ExperimentService::PauseExperiment(
    grpc::CallbackServerContext* context, const v1::PauseExperimentRequest* request,
    v1::Experiment* response) {
  return rpc_.Answer(context, "PauseExperiment", response,
                     [&engine = rpc_.engine, request = *request](auto reply) {
                       ipclab::PauseExperiment(engine, request, std::move(reply));
                     });
}

grpc::ServerUnaryReactor* ExperimentService::CancelExperiment(
    grpc::CallbackServerContext* context, const v1::CancelExperimentRequest* request,
    v1::Experiment* response) {
  return rpc_.Answer(context, "CancelExperiment", response,
                     [&engine = rpc_.engine, name = request->name()](auto reply) {
                       ipclab::CancelExperiment(engine, name, std::move(reply));
                     });
}

grpc::ServerUnaryReactor* ExperimentService::RewindExperiment(
    grpc::CallbackServerContext* context, const v1::RewindExperimentRequest* request,
    v1::Experiment* response) {
  return rpc_.Answer(
      context, "RewindExperiment", response,
      [&engine = rpc_.engine, request = *request](auto reply) {
        ipclab::RewindExperiment(engine, request, std::move(reply));
      },
      DriveCall::kShortStep);
}

grpc::ServerUnaryReactor* ExperimentService::ForkExperiment(
    grpc::CallbackServerContext* context, const v1::ForkExperimentRequest* request,
    v1::Experiment* response) {
  return rpc_.Answer(context, "ForkExperiment", response,
                     [&engine = rpc_.engine, request = *request](auto reply) {
                       engine.Fork(request, std::move(reply));
                     });
}

grpc::ServerUnaryReactor* ExperimentService::StepExperiment(
    grpc::CallbackServerContext* context, const v1::StepExperimentRequest* request,
    v1::StepExperimentResponse* response) {
  return rpc_.Answer(
      context, "StepExperiment", response,
      [&engine = rpc_.engine, request = *request](auto reply) {
        ipclab::StepExperiment(engine, request, std::move(reply));
      },
      DriveCall::kShortStep);
}

grpc::ServerBidiReactor<v1::DriveExperimentRequest, v1::DriveExperimentResponse>*
ExperimentService::DriveExperiment(grpc::CallbackServerContext* context) {
  return rpc_.Drive(context, "DriveExperiment");
}

grpc::ServerUnaryReactor* ExperimentService::GetMetrics(grpc::CallbackServerContext* context,
                                                        const v1::GetMetricsRequest* request,
                                                        v1::Metrics* response) {
  return rpc_.Answer(context, "GetMetrics", response,
                     [&engine = rpc_.engine, name = request->name()](auto reply) {
                       const auto experiment = engine.Find(name);
                       if (!experiment.ok()) return reply(experiment.status());
                       reply((*experiment)->ReadMetrics());
                     });
}

grpc::ServerWriteReactor<v1::ExperimentEvent>* ExperimentService::WatchExperiment(
    grpc::CallbackServerContext* context, const v1::WatchExperimentRequest* request) {
  return rpc_.Stream<v1::ExperimentEvent>(
      context, "WatchExperiment", [&engine = rpc_.engine, request = *request](auto outlet) {
        const auto experiment = engine.FindForWork(request.name());
        if (!experiment.ok()) return outlet->Finish(experiment.status());
        (*experiment)->events().Watch(outlet, request.resume_token());
      });
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
        if (!valid) {
          return outlet->Finish(InvalidRequest(
              {{"interval", absl::StrCat("must be ", absl::FormatDuration(kLeastInterval), " to ",
                                         absl::FormatDuration(kGreatestInterval))}}));
        }
        const auto experiment = engine.FindForWork(name);
        if (!experiment.ok()) return outlet->Finish(experiment.status());
        (*experiment)->metrics().Watch(outlet, interval);
      });
}

grpc::ServerWriteReactor<v1::ExportExperimentResponse>* ExperimentService::ExportExperiment(
    grpc::CallbackServerContext* context, const v1::ExportExperimentRequest* request) {
  return rpc_.Stream<v1::ExportExperimentResponse>(
      context, "ExportExperiment",
      [&rpc = rpc_, request = *request](const std::shared_ptr<FileOutlet>& outlet) {
        const auto experiment = rpc.engine.Find(request.name());
        if (!experiment.ok()) return outlet->Finish(experiment.status());
        absl::StatusOr<ExportFile> file = Export((*experiment)->Describe(), request.format());
        if (!file.ok()) return outlet->Finish(file.status());
        SendFile(rpc.loop, *std::move(file), outlet);
      });
}

}  // namespace ipclab
