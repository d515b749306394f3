// The channels of one worker: those that it hosts and those that it joins, waiting as the
// measurement says.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/clock.h"
#include "ipclab/internal/control.pb.h"
#include "worker/channel.h"
#include "worker/mechanism.h"

namespace ipclab {

class Links {
 public:
  // All are borrowed.
  Links(const internal::WorkerSetup& setup, const Mechanism& mechanism, const Clock& clock);

  // Hosts every link that this worker is to host, in order. The offers are the caller's to send and
  // to drop at once. Errors name the mechanism and the link.
  absl::StatusOr<std::vector<internal::Offer>> Host(std::vector<UniqueFd>& descriptors);

  // Joins one link with its host's offer. FAILED_PRECONDITION when it is not there to be joined.
  absl::Status Join(const internal::Join& join, std::vector<UniqueFd> descriptors);

  // The channel of a worker that has one, connected. FAILED_PRECONDITION when it was not joined
  // yet.
  absl::StatusOr<Channel*> Only();

 private:
  struct Link {
    const internal::LinkSetup& setup;
    std::unique_ptr<Channel> channel;
    bool connected = false;
  };

  ChannelSpec SpecOf(const internal::LinkSetup& link) const;
  std::unique_ptr<Channel> Waiting(std::unique_ptr<Channel> channel) const;

  const internal::WorkerSetup& setup_;
  const Mechanism& mechanism_;
  const Clock& clock_;
  std::vector<Link> links_;
};

}  // namespace ipclab
