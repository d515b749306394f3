// A client of a real server, as tests want it: blocking calls, each with a deadline.
//
// Thread safe, as gRPC's stubs are; each Stream belongs to one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"
#include "ipclab/v1/experiment_service.grpc.pb.h"
#include "ipclab/v1/mechanism.grpc.pb.h"
#include "ipclab/v1/system.grpc.pb.h"

namespace ipclab {

template <class Message>
struct Answer {
  grpc::Status status;
  Message value;

  bool ok() const { return status.ok(); }
  const Message* operator->() const { return &value; }
};

// A watch that is read message by message.
template <class Message>
class Stream {
 public:
  // The next message; nullopt at the stream's end or at its deadline.
  std::optional<Message> Next() {
    Message message;
    if (!reader_->Read(&message)) return std::nullopt;
    return message;
  }
  // All that still comes.
  std::vector<Message> Rest() {
    std::vector<Message> messages;
    while (std::optional<Message> message = Next()) messages.push_back(*std::move(message));
    return messages;
  }
  // How it ended. After the last message.
  grpc::Status Finish() { return reader_->Finish(); }
  // The client goes away.
  void Cancel() { context_->TryCancel(); }

 private:
  friend class LabClient;
  // Destroyed in reverse: the reader uses the context.
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientReader<Message>> reader_;
};

using EventStream = Stream<v1::ExperimentEvent>;
using MetricsStream = Stream<v1::Metrics>;
using FileStream = Stream<v1::ExportExperimentResponse>;

// Traffic without an end: what is run with it runs until somebody ends it.
inline constexpr int64_t kEndless = 0;

// What most tests ask for; they change what matters to them.
v1::CreateExperimentRequest Measure(const std::string& mechanism = "pipe", int64_t messages = 1000,
                                    v1::Pattern::Kind pattern = v1::Pattern::ROUND_TRIP);

class LabClient {
 public:
  // The token goes with every call unless it is empty. A client with a small window takes little
  // that it has not asked for, so that what it does not read stays with the server. Without
  // credentials it speaks plain text.
  explicit LabClient(const std::string& address, const std::string& token = "",
                     bool small_window = false,
                     const std::shared_ptr<grpc::ChannelCredentials>& credentials = nullptr);

  Answer<v1::Experiment> Create(const v1::CreateExperimentRequest& request) const;
  Answer<v1::Experiment> Get(const std::string& name) const;
  grpc::Status Delete(const std::string& name) const;
  Answer<v1::Experiment> Run(const std::string& name) const;
  Answer<v1::Experiment> Run(const v1::RunExperimentRequest& request) const;
  Answer<v1::Experiment> Pause(const v1::PauseExperimentRequest& request) const;
  Answer<v1::Experiment> Pause(const std::string& name) const;
  Answer<v1::Experiment> Cancel(const std::string& name) const;
  Answer<v1::StepExperimentResponse> Step(const std::string& name, int64_t count) const;
  Answer<v1::StepExperimentResponse> Step(const v1::StepExperimentRequest& request) const;
  Answer<v1::Metrics> GetMetrics(const std::string& name) const;
  EventStream Watch(const std::string& name, const std::string& resume_token = "") const;
  MetricsStream WatchMetrics(const std::string& name, absl::Duration interval) const;
  Answer<v1::ListExperimentsResponse> List(const v1::ListExperimentsRequest& request = {}) const;
  FileStream Export(const std::string& name, v1::ExportExperimentRequest::Format format) const;
  Answer<v1::ListMechanismsResponse> ListMechanisms(
      const v1::ListMechanismsRequest& request = {}) const;
  Answer<v1::Mechanism> GetMechanism(const std::string& name) const;
  Answer<v1::RecommendMechanismResponse> Recommend(
      const v1::RecommendMechanismRequest& request) const;
  Answer<v1::ServerInfo> Info() const;

  // What is not worth a method here.
  v1::ExperimentService::Stub& experiments() const { return *experiments_; }
  std::unique_ptr<grpc::ClientContext> NewContext() const;

  // An unary call of any method, in bytes: "/grpc.health.v1.Health/Check".
  Answer<std::string> CallByName(const std::string& method, const std::string& request) const;

  // Below: fails the test, and returns what there is, when it comes otherwise.

  // The name of a new experiment.
  std::string MustCreate(const v1::CreateExperimentRequest& request) const;
  // The experiment once it is in this state; it must not end in another before.
  v1::Experiment AwaitState(const std::string& name, v1::Experiment::State state) const;
  // The experiment after its end.
  v1::Experiment AwaitEnd(const std::string& name) const;
  // Creates, awaits READY.
  v1::Experiment CreateReady(const v1::CreateExperimentRequest& request) const;
  // Creates with start RUN, awaits the end.
  v1::Experiment CreateAndFinish(v1::CreateExperimentRequest request) const;

 private:
  std::shared_ptr<grpc::Channel> channel_;
  const std::string token_;
  std::unique_ptr<v1::ExperimentService::Stub> experiments_;
  std::unique_ptr<v1::MechanismService::Stub> mechanisms_;
  std::unique_ptr<v1::SystemService::Stub> system_;
};

}  // namespace ipclab
