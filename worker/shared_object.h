// One object that several processes use at once: a struct in an anonymous memory file. The host
// makes it and offers the file's descriptor; everybody else maps what was offered. For locks,
// counters and events, whose ends are Lock or Channel.
//
// State is the struct: atomics, a pthread object, a semaphore. Nobody destroys it, as nobody knows
// who is the last; the memory goes with the last mapping. Each end owns its mapping and nothing
// else. Movable; a move leaves the State where it is.
//
//   auto hosted = SharedObject<State>::Host("mutex", [&](State& state) { return Init(state); });
//   if (!hosted.ok()) return hosted.status();
//   return HostedLock{std::make_unique<MutexLock>(std::move(hosted->object)),
//                     std::move(hosted->offer)};
//
//   auto object = SharedObject<State>::Join("mutex", std::move(offer));
//   if (!object.ok()) return object.status();
//   return std::make_unique<MutexLock>(*std::move(object));
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/pages.h"
#include "worker/mechanism.h"
#include "worker/ring/region.h"

namespace ipclab {

// The untyped part: what the host maps and offers. label is the mechanism's id, for errors and as
// the file's label.
struct HostedRegion {
  Region region;
  ChannelOffer offer;
};

// Zero bytes, allocated and mapped.
absl::StatusOr<HostedRegion> HostRegion(const char* label, size_t bytes);

// INVALID_ARGUMENT when the offer is not the one descriptor, FAILED_PRECONDITION when the file is
// shorter.
absl::StatusOr<Region> JoinRegion(const char* label, size_t bytes, const ChannelOffer& offer);

template <typename State>
class SharedObject {
 public:
  struct Hosted {
    SharedObject object;
    ChannelOffer offer;
  };

  // Makes State{} and has prepare(State&), which returns absl::Status, finish it before anybody
  // else sees it.
  template <typename Prepare>
  static absl::StatusOr<Hosted> Host(const char* label, Prepare prepare) {
    auto hosted = HostRegion(label, sizeof(State));
    if (!hosted.ok()) return hosted.status();
    State& state = *new (hosted->region.data()) State{};
    if (absl::Status status = prepare(state); !status.ok()) return status;
    return Hosted{SharedObject(std::move(hosted->region)), std::move(hosted->offer)};
  }

  // The same of a State that is ready as it is.
  static absl::StatusOr<Hosted> Host(const char* label) {
    return Host(label, [](State&) { return absl::OkStatus(); });
  }

  static absl::StatusOr<SharedObject> Join(const char* label, const ChannelOffer& offer) {
    auto region = JoinRegion(label, sizeof(State), offer);
    if (!region.ok()) return region.status();
    return SharedObject(*std::move(region));
  }

  State& operator*() const { return *state_; }
  State* operator->() const { return state_; }

 private:
  static_assert(std::is_trivially_destructible_v<State>, "nobody destroys it");
  static_assert(alignof(State) <= kPageBytes);

  explicit SharedObject(Region region)
      : region_(std::move(region)),
        state_(std::launder(reinterpret_cast<State*>(region_.data()))) {}

  Region region_;
  State* state_;
};

}  // namespace ipclab
