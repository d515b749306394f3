// A server whose explorations go as a test says: what it streams, how it ends, and whether it
// waits. Of a catalogue with the one program lost_update.
#pragma once

#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "ipclab/v1/program_service.grpc.pb.h"
#include "tests/support/temporary_folder.h"

namespace ipclab::cli {

class FakeExplorer final : public v1::ProgramService::Service {
 public:
  // Streams these events and ends so; by waits it then stays until the client cancels.
  FakeExplorer(std::vector<v1::ExploreEvent> events, grpc::Status end, bool waits = false);
  ~FakeExplorer() override;

  // "unix:/..."
  std::string address() const { return "unix:" + (folder_ / "socket"); }

  // What was asked for; nullopt when nothing was.
  std::optional<v1::ExploreProgramRequest> asked();

  // True as soon as the client has cancelled; false when patience ran out.
  bool AwaitCancel();

 private:
  grpc::Status GetProgram(grpc::ServerContext* context, const v1::GetProgramRequest* request,
                          v1::Program* program) override;
  grpc::Status ExploreProgram(grpc::ServerContext* context,
                              const v1::ExploreProgramRequest* request,
                              grpc::ServerWriter<v1::ExploreEvent>* writer) override;

  const TemporaryFolder folder_;
  const std::vector<v1::ExploreEvent> events_;
  const grpc::Status end_;
  const bool waits_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<v1::ExploreProgramRequest> asked_;  // guarded by mutex_
  bool cancelled_ = false;                          // guarded by mutex_
  bool over_ = false;                               // guarded by mutex_
  std::unique_ptr<grpc::Server> server_;            // last: it calls the rest
};

}  // namespace ipclab::cli
