#include "tests/clients/explore/fake_explorer.h"

#include <chrono>

#include "absl/time/time.h"
#include "tests/support/program.h"

namespace ipclab::cli {
namespace {

constexpr std::chrono::milliseconds kLook(20);  // a handler learns of a cancellation by asking

}  // namespace

FakeExplorer::FakeExplorer(std::vector<v1::ExploreEvent> events, grpc::Status end, bool waits)
    : events_(std::move(events)), end_(std::move(end)), waits_(waits) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address(), grpc::InsecureServerCredentials());
  builder.RegisterService(this);
  server_ = builder.BuildAndStart();
  EXPECT_NE(server_, nullptr);
}

FakeExplorer::~FakeExplorer() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
    changed_.notify_all();
  }
  server_->Shutdown(std::chrono::system_clock::now());
  server_->Wait();
}

std::optional<v1::ExploreProgramRequest> FakeExplorer::asked() {
  const std::lock_guard lock(mutex_);
  return asked_;
}

bool FakeExplorer::AwaitCancel() {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, absl::ToChronoMilliseconds(kPatience),
                           [this] { return cancelled_; });
}

grpc::Status FakeExplorer::GetProgram(grpc::ServerContext*, const v1::GetProgramRequest* request,
                                      v1::Program* program) {
  if (request->name() != "programs/lost_update") {
    return {grpc::StatusCode::NOT_FOUND, "there is no such program"};
  }
  program->set_name(request->name());
  program->add_variants("racy");
  return grpc::Status::OK;
}

grpc::Status FakeExplorer::ExploreProgram(grpc::ServerContext* context,
                                          const v1::ExploreProgramRequest* request,
                                          grpc::ServerWriter<v1::ExploreEvent>* writer) {
  {
    const std::lock_guard lock(mutex_);
    asked_ = *request;
  }
  for (const v1::ExploreEvent& event : events_) writer->Write(event);
  std::unique_lock lock(mutex_);
  while (waits_ && !over_ && !cancelled_) {
    changed_.wait_for(lock, kLook);
    if (!context->IsCancelled()) continue;
    cancelled_ = true;
    changed_.notify_all();
  }
  return end_;
}

}  // namespace ipclab::cli
