// broadcast_ring: one producer whose every message each consumer sees, in shared memory.

#include "worker/ring/broadcast_ring.h"
#include "worker/option.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "worker/mechanism.h"
#include "worker/mechanisms/data_patterns.h"
#include "worker/ring/shared_channel.h"
#include "worker/ring/slots_option.h"

namespace ipclab {
namespace {

constexpr const char* kId = "broadcast_ring";
constexpr const char* kLagging = "lagging";
constexpr const char* kWait = "wait";
constexpr const char* kDropOldest = "drop_oldest";

// A shorter message carries too little of its number to tell how many were dropped before it.
constexpr int64_t kLeastToCountDropped = sizeof(uint64_t);

Probe ProbeBroadcastRing() {
  Probe probe = ProbeShared(kId);
  probe.options.push_back(SlotsOption());
  probe.options.push_back(ChoiceOption(
      kLagging, {kWait, kDropOldest},
      "What becomes of a consumer that is a whole ring behind: the producer waits for it, or drops "
      "the oldest messages, which count as lost (messages of 8 bytes at least)"));
  return probe;
}

absl::StatusOr<BroadcastLayout> LayoutOf(const ChannelSpec& spec) {
  const auto slots = SlotsOf(spec);
  if (!slots.ok()) return slots.status();
  const bool drops = spec.Option(kLagging) == kDropOldest;
  if (drops && spec.message_bytes < kLeastToCountDropped) {
    return absl::InvalidArgumentError(absl::StrCat(
        "lagging = drop_oldest: messages must have ", kLeastToCountDropped, " bytes, not ",
        spec.message_bytes, ": shorter ones cannot tell how many were dropped before them"));
  }
  return BroadcastLayout{.message_bytes = static_cast<size_t>(spec.message_bytes),
                         .slots = *slots,
                         .lagging = drops ? Lagging::kDropOldest : Lagging::kWait,
                         .consumers = static_cast<uint32_t>(spec.receivers)};
}

absl::StatusOr<Hosted> HostBroadcastRing(const ChannelSpec& spec) {
  const auto layout = LayoutOf(spec);
  if (!layout.ok()) return layout.status();
  return HostShared(kId, spec, *layout);
}

absl::StatusOr<std::unique_ptr<Channel>> JoinBroadcastRing(const ChannelSpec& spec,
                                                           ChannelOffer offer) {
  const auto layout = LayoutOf(spec);
  if (!layout.ok()) return layout.status();
  return JoinShared(kId, spec, *layout, std::move(offer));
}

constexpr std::array<std::string_view, 2> kViews = {
    "grep memfd: /proc/PID/maps: always (deleted), as it never had a name",
    "grep Shmem: /proc/meminfo: all such memory of the host"};
constexpr std::array<std::string_view, 5> kHazards = {
    "With lagging = wait the slowest consumer sets the pace of all, and one that is killed stops "
    "the producer for ever.",
    "With lagging = drop_oldest a slow consumer loses half a ring at once, while the others lose "
    "nothing.",
    "With lagging = drop_oldest what is read may be overwritten meanwhile: it is worth something "
    "only once the slot's version was looked at again.",
    "Every consumer copies every message: memory traffic grows with their number.", kNoFanIn};

}  // namespace

extern constinit const Mechanism kBroadcastRing = {
    .id = kId,
    .family = v1::Mechanism::MESSAGE,
    .summary = "Ring in shared memory with one producer, whose every message each consumer sees",
    .facts = {.model = v1::Mechanism::SHARED_MEMORY,
              .interface = v1::Mechanism::LAB,
              .direction = v1::Mechanism::ONE_WAY,
              .scope = v1::Mechanism::RELATED_PROCESSES,
              .persistence = v1::Mechanism::PROCESS,
              .peer_loss = v1::Mechanism::NOTICED_ON_CLOSE,
              .sharing = v1::Mechanism::ONE_TO_ALL,
              .keeps_borders = true,
              .lossy_with = "lagging=drop_oldest",
              .fast = true,
              .access = "whoever inherits the memory's descriptor, or is sent it"},
    .patterns = kDataPatternsButFanIn,
    .hazards = kHazards,
    .kernel_views = kViews,
    .name_kinds = {},
    .loopback = false,
    .probe = ProbeBroadcastRing,
    .host = HostBroadcastRing,
    .join = JoinBroadcastRing,
};

}  // namespace ipclab
