// One DriveExperiment: commands to one experiment, each answered before the next is taken. While it
// is open its controller's lease does not run out.
//
// Strand only, but for the destructor: shared with the rpc that it belongs to.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "ipclab/v1/experiment_service.pb.h"
#include "server/engine.h"

namespace ipclab {

class Drive : public std::enable_shared_from_this<Drive> {
 public:
  // The answer to a command; an error ends the drive.
  using Reply = std::function<void(absl::StatusOr<v1::DriveExperimentResponse>)>;

  explicit Drive(Engine& engine) : engine_(engine) {}

  // The next command. The first one names the experiment and claims its control.
  void Take(v1::DriveExperimentRequest request, Reply reply);

  // The stream is over. Orderly: by the client's own wish, and the control is free at once.
  void End(bool orderly);

 private:
  absl::Status Begin(const v1::DriveExperimentRequest& request);
  absl::StatusOr<Experiment*> Find();
  void Obey(const v1::DriveExperimentRequest& request, const Reply& reply);

  Engine& engine_;
  std::string name_;  // empty before the first command
  std::string uid_;   // another experiment of the name is not ours
  std::optional<v1::Control> control_;
};

}  // namespace ipclab
