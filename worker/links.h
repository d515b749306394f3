// What one worker is linked to the others by: the channels, or the lock, that it hosts and those
// that it joins, waiting as the measurement says.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/clock.h"
#include "ipclab/internal/control.pb.h"
#include "worker/channel.h"
#include "worker/lock.h"
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

  // Connects those that are not yet. FAILED_PRECONDITION when one was not joined, or is none.
  absl::Status Connect();

  // After Connect.
  size_t size() const { return links_.size(); }
  const internal::LinkSetup& setup(size_t i) const { return links_[i].setup; }
  Channel& channel(size_t i) const { return *links_[i].channel; }
  Lock& lock(size_t i) const { return *links_[i].lock; }

 private:
  // Has one of the two.
  struct Link {
    const internal::LinkSetup& setup;
    std::unique_ptr<Channel> channel;
    std::unique_ptr<Lock> lock;
    bool connected = false;

    bool made() const { return channel != nullptr || lock != nullptr; }
  };

  ChannelSpec SpecOf(const internal::LinkSetup& link) const;
  absl::StatusOr<ChannelOffer> Make(Link& link) const;
  absl::Status Make(Link& link, ChannelOffer offer) const;
  bool IsLock() const;
  std::unique_ptr<Channel> Waiting(std::unique_ptr<Channel> channel) const;

  const internal::WorkerSetup& setup_;
  const Mechanism& mechanism_;
  const Clock& clock_;
  std::vector<Link> links_;
};

}  // namespace ipclab
