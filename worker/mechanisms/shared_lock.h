// The host_lock and join_lock of a mechanism whose lock lies in shared memory.
//
//   class End final : public Lock {
//    public:
//     static constexpr const char* kId = ...;
//     using State = ...;  // what lies in the memory
//     // Only where State{} is not yet what the options ask for.
//     static absl::Status Prepare(const ChannelSpec& spec, State& state);
//     End(SharedObject<State> state, const ChannelSpec& spec);
//   };
#pragma once

#include <memory>
#include <utility>

#include "worker/mechanism.h"
#include "worker/shared_object.h"

namespace ipclab {

template <typename End>
absl::StatusOr<HostedLock> HostSharedLock(const ChannelSpec& spec) {
  auto hosted = SharedObject<typename End::State>::Host(End::kId, [&](auto& state) {
    // Named alone: one that cannot be called like this is a mistake, and must not pass for none.
    if constexpr (requires { &End::Prepare; }) return End::Prepare(spec, state);
    return absl::OkStatus();
  });
  if (!hosted.ok()) return hosted.status();
  return HostedLock{std::make_unique<End>(std::move(hosted->object), spec),
                    std::move(hosted->offer)};
}

template <typename End>
absl::StatusOr<std::unique_ptr<Lock>> JoinSharedLock(const ChannelSpec& spec, ChannelOffer offer) {
  auto state = SharedObject<typename End::State>::Join(End::kId, offer);
  if (!state.ok()) return state.status();
  return std::make_unique<End>(*std::move(state), spec);
}

}  // namespace ipclab
