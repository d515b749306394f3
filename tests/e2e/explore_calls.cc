#include "tests/e2e/explore_calls.h"

#include "gtest/gtest.h"

namespace ipclab {

v1::ExploreProgramRequest Exploring(const v1::CreateExperimentRequest& program,
                                    v1::ExploreProgramRequest::Mode mode,
                                    v1::ExploreProgramRequest::Engine engine) {
  v1::ExploreProgramRequest request;
  *request.mutable_program() = program.spec().program();
  request.set_mode(mode);
  request.set_engine(engine);
  return request;
}

ExploreStream::ExploreStream(const ProgramLab& lab, const v1::ExploreProgramRequest& request)
    : stub_(lab.programs()),
      context_(lab.client().NewContext()),
      reader_(stub_->ExploreProgram(context_.get(), request)) {}

bool ExploreStream::AwaitProgress() {
  v1::ExploreEvent event;
  while (Next(event)) {
    if (event.has_progress()) return true;
  }
  return false;
}

grpc::Status ExploreStream::Finish() {
  v1::ExploreEvent event;
  while (Next(event)) {
  }
  return reader_->Finish();
}

v1::Exploration ExploreToEnd(const ProgramLab& lab, const v1::ExploreProgramRequest& request) {
  ExploreStream stream(lab, request);
  v1::ExploreEvent event;
  v1::Exploration whole;
  int findings = 0;
  int ends = 0;
  while (stream.Next(event)) {
    EXPECT_EQ(ends, 0) << "something came behind the end";
    findings += event.has_finding();
    ends += event.has_exploration();
    if (event.has_exploration()) whole = event.exploration();
  }
  const grpc::Status status = stream.Finish();
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(ends, 1);
  EXPECT_EQ(findings, whole.has_finding() ? 1 : 0) << "a finding is told as soon as it is there";
  return whole;
}

}  // namespace ipclab
