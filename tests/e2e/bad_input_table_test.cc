// A table of bad input for the fields of all requests: each is refused by its name, with advice,
// and changes nothing. That the table is whole is checked against the descriptors. Bad specs have a
// table of their own, in bad_spec_test.cc.

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "ipclab/v1/experiment_service.pb.h"
#include "ipclab/v1/mechanism.pb.h"
#include "ipclab/v1/program_service.pb.h"
#include "ipclab/v1/system.pb.h"
#include "tests/support/lab_server.h"
#include "tests/support/rich_status.h"

namespace ipclab {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

constexpr char kParked[] = "experiments/parked";

// "Experiment" or another service of ipclab.v1, the rpc, the request as text, and the field that is
// to be named.
struct Row {
  const char* service;
  const char* rpc;
  const char* request;
  const char* field;
};

constexpr Row kRows[] = {
    {"Experiment", "CreateExperiment", "experiment_id: 'A' spec {measure {}}", "experiment_id"},
    {"Experiment", "CreateExperiment", "request_id: '1' spec {measure {}}", "request_id"},
    {"Experiment", "CreateExperiment", "", "spec.measure"},
    {"Experiment", "GetExperiment", "name: 'parked'", "name"},
    {"Experiment", "ListExperiments", "page_token: 'x'", "page_token"},
    {"Experiment", "ListExperiments", "filter: 'state ='", "filter"},
    {"Experiment", "ListExperiments", "filter: 'speed > 3'", "filter"},
    {"Experiment", "ListExperiments", "order_by: 'speed'", "order_by"},
    {"Experiment", "DeleteExperiment", "name: ''", "name"},
    {"Experiment", "RunExperiment", "name: 'x/y'", "name"},
    {"Experiment", "RunExperiment", "name: 'experiments/parked' until {step: -1}", "until.step"},
    {"Experiment", "RunExperiment", "name: 'experiments/parked' control {}", "control.controller"},
    {"Experiment", "RunExperiment", "name: 'experiments/parked' free: true", "free"},
    {"Experiment", "RunExperiment", "name: 'experiments/parked' choice {worker: 'A'}", "choice"},
    {"Experiment", "RewindExperiment", "name: 'x'", "name"},
    {"Experiment", "RewindExperiment", "name: 'experiments/parked' step: -1", "step"},
    {"Experiment", "RewindExperiment", "name: 'experiments/parked' control {controller: 'me'}",
     "control.controller"},
    {"Experiment", "ForkExperiment", "name: 'x'", "name"},
    {"Experiment", "ForkExperiment", "name: 'experiments/parked' step: -1", "step"},
    {"Experiment", "ForkExperiment", "name: 'experiments/parked' experiment_id: 'A'",
     "experiment_id"},
    {"Experiment", "ForkExperiment", "name: 'experiments/parked' request_id: '1'", "request_id"},
    {"Experiment", "PauseExperiment", "name: 'experiments/'", "name"},
    {"Experiment", "PauseExperiment", "name: 'experiments/parked' control {controller: 'me'}",
     "control.controller"},
    {"Experiment", "CancelExperiment", "name: 'experiments/A B'", "name"},
    {"Experiment", "StepExperiment", "name: '-'", "name"},
    {"Experiment", "StepExperiment", "name: 'experiments/parked' count: -5", "count"},
    {"Experiment", "StepExperiment", "name: 'experiments/parked' expected_step: -1",
     "expected_step"},
    {"Experiment", "StepExperiment", "name: 'experiments/parked' request_id: 'again'",
     "request_id"},
    {"Experiment", "StepExperiment", "name: 'experiments/parked' until {step: 0}", "until.step"},
    {"Experiment", "StepExperiment", "name: 'experiments/parked' choice {policy: KEEP}", "choice"},
    {"Experiment", "StepExperiment",
     "name: 'experiments/parked' control {controller: '11111111-1111-4111-8111-111111111111'"
     " lease_ttl {seconds: -1}}",
     "control.lease_ttl"},
    {"Experiment", "StepExperiment",
     "name: 'experiments/parked' control {controller: '11111111-1111-4111-8111-111111111111'"
     " lease_ttl {seconds: 1000000000}}",
     "control.lease_ttl"},
    {"Experiment", "DriveExperiment", "name: 'parked'", "name"},
    {"Experiment", "DriveExperiment", "name: 'experiments/parked' control {controller: 'me'}",
     "control.controller"},
    {"Experiment", "WatchExperiment", "name: 'experiments/'", "name"},
    {"Experiment", "WatchExperiment", "name: 'experiments/parked' resume_token: '?'",
     "resume_token"},
    {"Experiment", "GetMetrics", "name: ''", "name"},
    {"Experiment", "WatchMetrics", "name: 'x'", "name"},
    {"Experiment", "WatchMetrics", "name: 'experiments/parked' interval {nanos: 1}", "interval"},
    {"Experiment", "ExportExperiment", "name: 'x'", "name"},
    {"Experiment", "ExportExperiment", "name: 'experiments/parked' format: 9", "format"},
    {"Mechanism", "ListMechanisms", "page_token: 'x'", "page_token"},
    {"Mechanism", "GetMechanism", "name: 'pipe'", "name"},
    {"Mechanism", "RecommendMechanism", "", "message_bytes"},
    {"Mechanism", "RecommendMechanism", "message_bytes: -1", "message_bytes"},
    {"Mechanism", "RecommendMechanism", "message_bytes: 1 per_second: -0.5", "per_second"},
    {"Mechanism", "RecommendMechanism", "message_bytes: 1 per_second: nan", "per_second"},
    {"Mechanism", "RecommendMechanism", "message_bytes: 1 per_second: inf", "per_second"},
    {"Mechanism", "RecommendMechanism", "message_bytes: 1 direction: 3", "direction"},
    {"Mechanism", "RecommendMechanism", "message_bytes: 1 topology: -1", "topology"},
    {"Mechanism", "RecommendMechanism", "message_bytes: 1 priority: 99", "priority"},
    {"Program", "ListPrograms", "page_token: 'x'", "page_token"},
    {"Program", "GetProgram", "name: 'lost_update'", "name"},
    {"Program", "ReplaySchedule", "schedule: 'A B'", "schedule"},
    {"Program", "ReplaySchedule", "schedule: 'p : A' source: 'x'", "source"},
    {"Program", "ExploreProgram", "", "program.program"},
    {"Program", "ExploreProgram", "mode: 9", "mode"},
    {"Program", "ExploreProgram", "engine: 9", "engine"},
    {"Program", "ExploreProgram", "reduction: DPOR", "reduction"},
    {"Program", "ExploreProgram", "sampler: PCT", "sampler"},
    {"Program", "ExploreProgram", "mode: SAMPLE depth: 11", "depth"},
    {"Program", "ExploreProgram", "mode: COUNT seed: 1", "seed"},
    {"Program", "ExploreProgram", "max_preemptions: 4", "max_preemptions"},
    {"Program", "ExploreProgram", "max_schedules: -1", "max_schedules"},
    {"Program", "ExploreProgram", "max_steps: -1", "max_steps"},
    {"Program", "ExploreProgram", "time_limit {seconds: 3601}", "time_limit"},
    {"Program", "ExploreProgram", "max_memory_bytes: -1", "max_memory_bytes"},
    {"Program", "ShrinkSchedule", "schedule: 'A B'", "schedule"},
    {"Program", "ShrinkSchedule", "schedule: 'p : A' source: 'x'", "source"},
    {"Program", "ExplainSchedule", "schedule: 'A B'", "schedule"},
    {"Program", "ExplainSchedule", "schedule: 'p : A' source: 'x'", "source"},
    {"System", "ListIpcObjects", "page_token: 'x'", "page_token"},
};

// Nothing can be wrong with these, whatever their value: sizes of pages are coerced; drives answer
// bad commands in the stream (drive_test.cc); what is wrong with a text is what CheckProgram
// answers.
const std::set<std::string> kAlwaysGood = {
    "CheckProgram.parameters",
    "CheckProgram.source",
    "CheckProgram.variant",
    "CreateExperiment.validate_only",
    "DriveExperiment.pause",
    "DriveExperiment.rewind",
    "DriveExperiment.run",
    "DriveExperiment.step",
    "ListExperiments.page_size",
    "ListIpcObjects.all",
    "ListIpcObjects.page_size",
    "ListMechanisms.page_size",
    "ListPrograms.page_size",
    "ReclaimIpcObjects.dry_run",
    "RecommendMechanism.across_network",
    "RecommendMechanism.keeps_records",
    "RecommendMechanism.survives_crash",
    "RecommendMechanism.unrelated_processes",
};

const ServiceDescriptor* ServiceOf(const std::string& name) {
  // Nobody else here uses its file, which would not be linked.
  static const Descriptor* const linked = v1::ListProgramsRequest::descriptor();
  static_cast<void>(linked);
  return DescriptorPool::generated_pool()->FindServiceByName("ipclab.v1." + name + "Service");
}

class BadInputTest : public testing::TestWithParam<Row> {
 protected:
  static void SetUpTestSuite() {
    server_ = new LabServer();
    auto request = Measure("pipe", 100);
    request.set_experiment_id("parked");
    server_->client().CreateReady(request);
  }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }

  static LabServer* server_;
};

LabServer* BadInputTest::server_ = nullptr;

TEST_P(BadInputTest, IsRefusedByTheNameOfTheField) {
  const auto& [service, rpc, text, field] = GetParam();
  const MethodDescriptor* const method = ServiceOf(service)->FindMethodByName(rpc);
  google::protobuf::DynamicMessageFactory factory;
  const std::unique_ptr<google::protobuf::Message> request(
      factory.GetPrototype(method->input_type())->New());
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(text, request.get())) << text;
  const std::string path = "/" + method->service()->full_name() + "/" + rpc;
  const auto answer = server_->client().CallByName(path, request->SerializeAsString());
  EXPECT_TRUE(Refused(answer.status, grpc::INVALID_ARGUMENT, "BAD_REQUEST"));
  EXPECT_THAT(ViolatedFields(answer.status), testing::Contains(field));
  const google::rpc::BadRequest bad = BadRequestOf(answer.status);
  for (const auto& violation : bad.field_violations()) {
    EXPECT_GT(violation.description().size(), 10u) << "says what would be right";
  }
  const auto parked = server_->client().Get(kParked);
  EXPECT_EQ(parked->state(), v1::Experiment::READY);
  EXPECT_EQ(parked->step(), 0);
  EXPECT_FALSE(parked->has_control_lease());
  EXPECT_EQ(server_->client().Info()->experiments(), 1);
}

INSTANTIATE_TEST_SUITE_P(All, BadInputTest, testing::ValuesIn(kRows), [](const auto& test) {
  return std::string(test.param.rpc) + "_" + std::to_string(test.index);
});

TEST(BadInputTableTest, HasEveryFieldOfEveryRequest) {
  std::set<std::string> covered = kAlwaysGood;
  for (const Row& row : kRows) {
    const std::string field = row.field;
    covered.insert(std::string(row.rpc) + "." + field.substr(0, field.find('.')));
  }
  std::vector<std::string> missing;
  for (const char* service : {"Experiment", "Mechanism", "Program", "System"}) {
    for (int i = 0; i < ServiceOf(service)->method_count(); ++i) {
      const MethodDescriptor& method = *ServiceOf(service)->method(i);
      for (int f = 0; f < method.input_type()->field_count(); ++f) {
        const std::string name = method.name() + "." + method.input_type()->field(f)->name();
        if (covered.count(name) == 0) missing.push_back(name);
      }
    }
  }
  EXPECT_THAT(missing, testing::IsEmpty());
}

}  // namespace
}  // namespace ipclab
