// The host_lock and join_lock of a mechanism whose lock lies in shared memory.
//
//   class End final : public Lock {
//    public:
//     using State = ...;  // what lies in the memory
//     End(SharedObject<State> state, const ChannelSpec& spec);
//   };
#pragma once

#include <memory>
#include <utility>

#include "worker/mechanism.h"
#include "worker/shared_object.h"

namespace ipclab {

// prepare(State&) makes State{} what the options ask for.
template <typename End, typename Prepare>
absl::StatusOr<HostedLock> HostSharedLock(const char* id, const ChannelSpec& spec,
                                          Prepare prepare) {
  auto hosted = SharedObject<typename End::State>::Host(id, prepare);
  if (!hosted.ok()) return hosted.status();
  return HostedLock{std::make_unique<End>(std::move(hosted->object), spec),
                    std::move(hosted->offer)};
}

template <typename End>
absl::StatusOr<HostedLock> HostSharedLock(const char* id, const ChannelSpec& spec) {
  return HostSharedLock<End>(id, spec, [](auto&) { return absl::OkStatus(); });
}

template <typename End>
absl::StatusOr<std::unique_ptr<Lock>> JoinSharedLock(const char* id, const ChannelSpec& spec,
                                                     const ChannelOffer& offer) {
  auto state = SharedObject<typename End::State>::Join(id, offer);
  if (!state.ok()) return state.status();
  return std::make_unique<End>(*std::move(state), spec);
}

}  // namespace ipclab
