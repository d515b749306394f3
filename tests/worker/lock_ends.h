// Ends of one lock of the lab's, all in this process, for tests of what is special to a mechanism.
#pragma once

#include <fcntl.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "common/ipc_name.h"
#include "gtest/gtest.h"
#include "worker/mechanism.h"

namespace ipclab {

class LockEnds {
 public:
  // The host and, behind it, so many that joined; none is connected. Options that are not given
  // have their defaults.
  LockEnds(const std::string& id, int joiners,
           const absl::flat_hash_map<std::string, std::string>& options = {})
      : mechanism_(*FindMechanism(AllMechanisms(), id)) {
    spec_.message_bytes = 0;
    spec_.senders = spec_.receivers = joiners + 1;
    for (const v1::Option& option : mechanism_.probe().options) {
      spec_.options[option.name()] = option.default_value();
    }
    for (const auto& [name, value] : options) spec_.options[name] = value;
    const std::string tag = MakeInstanceTag();
    for (const internal::IpcName::Kind kind : mechanism_.name_kinds) {
      const int number = static_cast<int>(spec_.names.size()) + 1;
      spec_.names.push_back(MakeIpcName(kind, tag, tag + "00", number, RuntimeFolder().value()));
    }
    auto hosted = mechanism_.host_lock(spec_);
    EXPECT_TRUE(hosted.ok()) << hosted.status();
    offer_ = std::move(hosted->offer);
    ends_.push_back(std::move(hosted->lock));
    for (int joiner = 0; joiner < joiners; ++joiner) ends_.push_back(Join());
  }
  LockEnds(const LockEnds&) = delete;
  LockEnds& operator=(const LockEnds&) = delete;
  ~LockEnds() {
    ends_.clear();
    for (const internal::IpcName& name : spec_.names) RemoveIpcObject(name).IgnoreError();
  }

  std::unique_ptr<Lock> Join() {
    ChannelOffer offer{offer_.bytes, {}};
    for (const UniqueFd& descriptor : offer_.descriptors) {
      offer.descriptors.emplace_back(::fcntl(descriptor.get(), F_DUPFD_CLOEXEC, 0));
    }
    auto joined = mechanism_.join_lock(spec_, std::move(offer));
    EXPECT_TRUE(joined.ok()) << joined.status();
    return *std::move(joined);
  }

  Lock& operator[](size_t end) { return *ends_[end]; }
  const ChannelSpec& spec() const { return spec_; }

 private:
  const Mechanism& mechanism_;
  ChannelSpec spec_;
  ChannelOffer offer_;
  std::vector<std::unique_ptr<Lock>> ends_;
};

}  // namespace ipclab
