// A worker's ends of all kernel objects of its program, each over a mechanism of its own: those
// that it hosts and those that it joins with the host's offer. As worker/links.h does for what is
// measured.
#pragma once

#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/baton.h"
#include "common/program/program.h"
#include "ipclab/internal/control.pb.h"
#include "worker/mechanism.h"
#include "worker/program/object_end.h"

namespace ipclab {

class Objects {
 public:
  // All are borrowed.
  Objects(const internal::WorkerSetup& setup, const Program& program,
          std::span<const Mechanism* const> mechanisms);

  // Makes every object that this worker is to host, with its initial value, and says in bindings
  // what their mechanisms decide. The offers are the caller's to send and to drop at once. Errors
  // name the object and the mechanism.
  absl::StatusOr<std::vector<internal::Offer>> Host(std::span<Binding> bindings,
                                                    std::vector<UniqueFd>& descriptors);

  // Joins the next link with this number. FAILED_PRECONDITION when there is none to be joined.
  absl::Status Join(const internal::Join& join, std::vector<UniqueFd> descriptors);

  // How many links were not made yet.
  int missing() const { return missing_; }

  // All have joined: does what can be done only then. May wait for other workers' Connect.
  absl::Status Connect();

  ObjectEnd& operator[](int object) { return ends_[static_cast<size_t>(object)]; }
  std::span<ObjectEnd> all() { return ends_; }

 private:
  struct Link {
    const internal::LinkSetup& setup;
    bool made = false;
  };

  const ProgramObject& ObjectOf(const Link& link) const;
  absl::StatusOr<const Mechanism*> MechanismOf(const Link& link) const;
  ChannelSpec SpecOf(const Link& link) const;
  absl::StatusOr<ChannelOffer> Make(Link& link);
  absl::Status Make(Link& link, ChannelOffer offer);
  Binding BindingOf(const Link& link, const Mechanism& mechanism) const;
  absl::Status Failure(std::string_view act, const Link& link, const absl::Status& status) const;

  const internal::WorkerSetup& setup_;
  const Program& program_;
  const std::span<const Mechanism* const> mechanisms_;
  std::vector<Link> links_;
  std::vector<ObjectEnd> ends_;  // one per object of the program
  int missing_ = 0;
};

}  // namespace ipclab
