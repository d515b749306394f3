// The stream by which one program is driven: commands go out, answers come in on a thread of their
// own, so that whoever drives can wait for keys and signals too.
//
// One thread sends and takes. Destroying it ends the stream.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "clients/cli/connection.h"
#include "clients/cli/interrupt.h"
#include "common/unique_fd.h"

namespace ipclab::cli {

class DriveStream {
 public:
  // name: of a parked experiment. Should this client die, the server cancels it.
  DriveStream(Connection& connection, std::string name, Interrupt& interrupt);
  DriveStream(const DriveStream&) = delete;
  DriveStream& operator=(const DriveStream&) = delete;
  ~DriveStream();

  // False when the stream is at its end. Every command has one answer.
  bool Send(v1::DriveExperimentRequest request);

  // The next answer, waiting for it; nullopt at the stream's end.
  std::optional<v1::DriveExperimentResponse> Await();

  // The next answer if it is there.
  std::optional<v1::DriveExperimentResponse> Take();

  // True once no answer will come any more, and none is left.
  bool ended();

  // How it ended. Once it has.
  grpc::Status status();

  // Readable as long as there may be something to take, or the end to see.
  int fd() const { return news_.get(); }

 private:
  using Stream = grpc::ClientReaderWriter<v1::DriveExperimentRequest, v1::DriveExperimentResponse>;

  void Read();

  const std::string name_;
  bool first_ = true;
  UniqueFd news_;
  std::mutex mutex_;
  std::condition_variable came_;                     // an answer, or the end
  std::deque<v1::DriveExperimentResponse> answers_;  // guarded by mutex_
  std::optional<grpc::Status> status_;               // guarded by mutex_; set at the end
  // Destroyed in reverse: the stream uses the context, and the guard knows it.
  std::unique_ptr<grpc::ClientContext> context_;
  Interrupt::Guard guard_;
  std::unique_ptr<Stream> stream_;
  std::thread reader_;
};

}  // namespace ipclab::cli
