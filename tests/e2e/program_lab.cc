#include "tests/e2e/program_lab.h"

#include "gtest/gtest.h"

namespace ipclab {

v1::CreateExperimentRequest OnProgram(const std::string& id, const std::string& variant,
                                      const std::map<std::string, int64_t>& parameters) {
  v1::CreateExperimentRequest request;
  v1::ProgramSpec& program = *request.mutable_spec()->mutable_program();
  program.set_program(id);
  program.set_variant(variant);
  for (const auto& [name, value] : parameters) (*program.mutable_parameters())[name] = value;
  return request;
}

v1::CreateExperimentRequest OnSource(const std::string& source) {
  v1::CreateExperimentRequest request;
  request.mutable_spec()->mutable_program()->set_source(source);
  return request;
}

v1::Choice By(const std::string& worker, const std::string& wakes) {
  v1::Choice choice;
  choice.set_worker(worker);
  choice.set_wakes(wakes);
  return choice;
}

v1::Choice ByPolicy(v1::Choice::Policy policy, uint64_t seed) {
  v1::Choice choice;
  choice.set_policy(policy);
  choice.set_seed(seed);
  return choice;
}

std::unique_ptr<v1::ProgramService::Stub> ProgramLab::programs() const {
  return v1::ProgramService::NewStub(
      grpc::CreateChannel(server_.unix_address(), grpc::InsecureChannelCredentials()));
}

Answer<v1::StepExperimentResponse> ProgramLab::Step(const std::string& name,
                                                    const std::string& worker,
                                                    int64_t count) const {
  return Step(name, By(worker), count);
}

Answer<v1::StepExperimentResponse> ProgramLab::Step(const std::string& name,
                                                    const v1::Choice& choice, int64_t count,
                                                    const v1::Until& until) const {
  v1::StepExperimentRequest request;
  request.set_name(name);
  request.set_count(count);
  *request.mutable_choice() = choice;
  if (until.point_case() != v1::Until::POINT_NOT_SET) *request.mutable_until() = until;
  return client().Step(request);
}

Answer<v1::Experiment> ProgramLab::Rewind(const std::string& name, int64_t step) const {
  v1::RewindExperimentRequest request;
  request.set_name(name);
  request.set_step(step);
  Answer<v1::Experiment> answer;
  answer.status =
      client().experiments().RewindExperiment(client().NewContext().get(), request, &answer.value);
  return answer;
}

Answer<v1::Experiment> ProgramLab::Fork(const v1::ForkExperimentRequest& request) const {
  Answer<v1::Experiment> answer;
  answer.status =
      client().experiments().ForkExperiment(client().NewContext().get(), request, &answer.value);
  return answer;
}

v1::Experiment ProgramLab::RunAndWait(const v1::RunExperimentRequest& request) const {
  EventStream events = client().Watch(request.name());
  EXPECT_TRUE(events.Next().has_value());  // the snapshot
  const auto run = client().Run(request);
  EXPECT_TRUE(run.ok()) << run.status.error_message();
  while (run.ok()) {
    const auto event = events.Next();
    if (!event) break;
    const v1::Experiment::State to = event->state_change().to();
    if (to == v1::Experiment::PAUSED || to == v1::Experiment::SUCCEEDED ||
        to == v1::Experiment::FAILED) {
      break;
    }
  }
  return client().Get(request.name()).value;
}

std::string Operations(const v1::StepExperimentResponse& step) {
  std::string text;
  for (const v1::ProgramOperation& each : step.operations()) {
    text += each.worker() + ": " + each.operation() + " | " + each.effect() + "\n";
  }
  return text;
}

const v1::ProgramObject& ObjectOf(const v1::ProgramView& view, const std::string& name) {
  static const v1::ProgramObject none;
  for (const v1::ProgramObject& each : view.objects()) {
    if (each.name() == name) return each;
  }
  ADD_FAILURE() << "no object " << name << " in " << view.ShortDebugString();
  return none;
}

const v1::ProgramWorker& WorkerOf(const v1::ProgramView& view, const std::string& letter) {
  static const v1::ProgramWorker none;
  for (const v1::ProgramWorker& each : view.workers()) {
    if (each.letter() == letter) return each;
  }
  ADD_FAILURE() << "no worker " << letter << " in " << view.ShortDebugString();
  return none;
}

}  // namespace ipclab
