#include "tests/support/lab_client.h"

#include <chrono>
#include <utility>

#include "grpcpp/generic/generic_stub.h"
#include "gtest/gtest.h"
#include "tests/support/program.h"

namespace ipclab {
namespace {

using E = v1::Experiment;

std::shared_ptr<grpc::Channel> MakeChannel(
    const std::string& address, bool small_window,
    const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  grpc::ChannelArguments arguments;
  // Otherwise a client of a restarted server inherits the back-off of the one before it.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  if (small_window) {
    arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
    arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 1024);
  }
  return grpc::CreateCustomChannel(
      address, credentials ? credentials : grpc::InsecureChannelCredentials(), arguments);
}

template <class Request>
Request Named(const std::string& name) {
  Request request;
  request.set_name(name);
  return request;
}

bool IsTerminal(E::State state) {
  return state == E::SUCCEEDED || state == E::FAILED || state == E::CANCELLED ||
         state == E::ABORTED;
}

grpc::ByteBuffer ToBuffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return {&slice, 1};
}

std::string ToBytes(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Valid() || !buffer.Dump(&slices).ok()) return bytes;
  for (const grpc::Slice& slice : slices) bytes.append(slice.begin(), slice.end());
  return bytes;
}

}  // namespace

v1::CreateExperimentRequest Measure(const std::string& mechanism, int64_t messages,
                                    v1::Pattern::Kind pattern) {
  v1::CreateExperimentRequest request;
  v1::MeasureSpec& measure = *request.mutable_spec()->mutable_measure();
  measure.set_mechanism(mechanism);
  measure.set_pattern(pattern);
  measure.set_message_bytes(64);
  if (messages == kEndless) {
    measure.mutable_duration()->set_seconds(3600);
    measure.set_warm_up_messages(100);  // what has no end would be watched for a second first
  } else {
    measure.set_messages(messages);
  }
  return request;
}

LabClient::LabClient(const std::string& address, const std::string& token, bool small_window,
                     const std::shared_ptr<grpc::ChannelCredentials>& credentials)
    : channel_(MakeChannel(address, small_window, credentials)),
      token_(token),
      experiments_(v1::ExperimentService::NewStub(channel_)),
      mechanisms_(v1::MechanismService::NewStub(channel_)),
      system_(v1::SystemService::NewStub(channel_)) {}

std::unique_ptr<grpc::ClientContext> LabClient::NewContext() const {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(std::chrono::system_clock::now() + absl::ToChronoSeconds(kPatience));
  if (!token_.empty()) context->AddMetadata("authorization", "Bearer " + token_);
  return context;
}

Answer<v1::Experiment> LabClient::Create(const v1::CreateExperimentRequest& request) const {
  Answer<v1::Experiment> answer;
  answer.status = experiments_->CreateExperiment(NewContext().get(), request, &answer.value);
  return answer;
}

Answer<v1::Experiment> LabClient::Get(const std::string& name) const {
  Answer<v1::Experiment> answer;
  answer.status = experiments_->GetExperiment(NewContext().get(),
                                              Named<v1::GetExperimentRequest>(name), &answer.value);
  return answer;
}

grpc::Status LabClient::Delete(const std::string& name) const {
  google::protobuf::Empty nothing;
  return experiments_->DeleteExperiment(NewContext().get(),
                                        Named<v1::DeleteExperimentRequest>(name), &nothing);
}

Answer<v1::Experiment> LabClient::Run(const std::string& name) const {
  return Run(Named<v1::RunExperimentRequest>(name));
}

Answer<v1::Experiment> LabClient::Run(const v1::RunExperimentRequest& request) const {
  Answer<v1::Experiment> answer;
  answer.status = experiments_->RunExperiment(NewContext().get(), request, &answer.value);
  return answer;
}

Answer<v1::Experiment> LabClient::Pause(const std::string& name) const {
  return Pause(Named<v1::PauseExperimentRequest>(name));
}

Answer<v1::Experiment> LabClient::Pause(const v1::PauseExperimentRequest& request) const {
  Answer<v1::Experiment> answer;
  answer.status = experiments_->PauseExperiment(NewContext().get(), request, &answer.value);
  return answer;
}

Answer<v1::Experiment> LabClient::Cancel(const std::string& name) const {
  Answer<v1::Experiment> answer;
  answer.status = experiments_->CancelExperiment(
      NewContext().get(), Named<v1::CancelExperimentRequest>(name), &answer.value);
  return answer;
}

Answer<v1::StepExperimentResponse> LabClient::Step(const std::string& name, int64_t count) const {
  auto request = Named<v1::StepExperimentRequest>(name);
  request.set_count(count);
  return Step(request);
}

Answer<v1::StepExperimentResponse> LabClient::Step(const v1::StepExperimentRequest& request) const {
  Answer<v1::StepExperimentResponse> answer;
  answer.status = experiments_->StepExperiment(NewContext().get(), request, &answer.value);
  return answer;
}

Answer<v1::Metrics> LabClient::GetMetrics(const std::string& name) const {
  Answer<v1::Metrics> answer;
  answer.status = experiments_->GetMetrics(NewContext().get(), Named<v1::GetMetricsRequest>(name),
                                           &answer.value);
  return answer;
}

EventStream LabClient::Watch(const std::string& name, const std::string& resume_token) const {
  auto request = Named<v1::WatchExperimentRequest>(name);
  request.set_resume_token(resume_token);
  EventStream stream;
  stream.context_ = NewContext();
  stream.reader_ = experiments_->WatchExperiment(stream.context_.get(), request);
  return stream;
}

MetricsStream LabClient::WatchMetrics(const std::string& name, absl::Duration interval) const {
  auto request = Named<v1::WatchMetricsRequest>(name);
  absl::Duration rest;
  request.mutable_interval()->set_seconds(absl::IDivDuration(interval, absl::Seconds(1), &rest));
  request.mutable_interval()->set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(rest)));
  MetricsStream stream;
  stream.context_ = NewContext();
  stream.reader_ = experiments_->WatchMetrics(stream.context_.get(), request);
  return stream;
}

Answer<v1::ListExperimentsResponse> LabClient::List(
    const v1::ListExperimentsRequest& request) const {
  Answer<v1::ListExperimentsResponse> answer;
  answer.status = experiments_->ListExperiments(NewContext().get(), request, &answer.value);
  return answer;
}

FileStream LabClient::Export(const std::string& name,
                             v1::ExportExperimentRequest::Format format) const {
  auto request = Named<v1::ExportExperimentRequest>(name);
  request.set_format(format);
  FileStream stream;
  stream.context_ = NewContext();
  stream.reader_ = experiments_->ExportExperiment(stream.context_.get(), request);
  return stream;
}

Answer<v1::ListMechanismsResponse> LabClient::ListMechanisms(
    const v1::ListMechanismsRequest& request) const {
  Answer<v1::ListMechanismsResponse> answer;
  answer.status = mechanisms_->ListMechanisms(NewContext().get(), request, &answer.value);
  return answer;
}

Answer<v1::Mechanism> LabClient::GetMechanism(const std::string& name) const {
  Answer<v1::Mechanism> answer;
  answer.status = mechanisms_->GetMechanism(NewContext().get(),
                                            Named<v1::GetMechanismRequest>(name), &answer.value);
  return answer;
}

Answer<v1::RecommendMechanismResponse> LabClient::Recommend(
    const v1::RecommendMechanismRequest& request) const {
  Answer<v1::RecommendMechanismResponse> answer;
  answer.status = mechanisms_->RecommendMechanism(NewContext().get(), request, &answer.value);
  return answer;
}

Answer<v1::ServerInfo> LabClient::Info() const {
  Answer<v1::ServerInfo> answer;
  answer.status = system_->GetServerInfo(NewContext().get(), {}, &answer.value);
  return answer;
}

Answer<std::string> LabClient::CallByName(const std::string& method,
                                          const std::string& request) const {
  grpc::GenericStub stub(channel_);
  grpc::CompletionQueue queue;
  const auto context = NewContext();
  const auto call = stub.PrepareUnaryCall(context.get(), method, ToBuffer(request), &queue);
  call->StartCall();
  grpc::ByteBuffer response;
  Answer<std::string> answer;
  call->Finish(&response, &answer.status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);  // the call's deadline is this one's
  answer.value = ToBytes(response);
  queue.Shutdown();
  return answer;
}

std::string LabClient::MustCreate(const v1::CreateExperimentRequest& request) const {
  const Answer<E> answer = Create(request);
  EXPECT_TRUE(answer.ok()) << answer.status.error_message();
  return answer->name();
}

E LabClient::AwaitState(const std::string& name, E::State state) const {
  EventStream events = Watch(name);
  E::State last = E::STATE_UNSPECIFIED;
  while (const auto event = events.Next()) {
    if (event->has_snapshot()) last = event->snapshot().state();
    if (event->has_state_change()) last = event->state_change().to();
    if (last == state) return Get(name).value;
    if (IsTerminal(last)) break;
  }
  const E experiment = Get(name).value;
  ADD_FAILURE() << name << " is not " << E::State_Name(state) << ": " << E::State_Name(last) << ", "
                << experiment.end().ShortDebugString();
  return experiment;
}

E LabClient::AwaitEnd(const std::string& name) const {
  EventStream events = Watch(name);
  E experiment;
  while (const auto event = events.Next()) {
    if (event->has_snapshot()) experiment = event->snapshot();
  }
  const grpc::Status status = events.Finish();
  EXPECT_TRUE(status.ok()) << name << ": " << status.error_message();
  EXPECT_TRUE(IsTerminal(experiment.state()))
      << name << " is " << E::State_Name(experiment.state());
  return experiment;
}

E LabClient::CreateReady(const v1::CreateExperimentRequest& request) const {
  return AwaitState(MustCreate(request), E::READY);
}

E LabClient::CreateAndFinish(v1::CreateExperimentRequest request) const {
  request.mutable_spec()->set_start(v1::ExperimentSpec::RUN);
  return AwaitEnd(MustCreate(request));
}

}  // namespace ipclab
