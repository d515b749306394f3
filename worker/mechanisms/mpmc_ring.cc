// mpmc_ring: a bounded ring for any number of senders and receivers, in shared memory.

#include "worker/ring/mpmc_ring.h"

#include <array>

#include "worker/mechanism.h"
#include "worker/ring/shared_channel.h"
#include "worker/ring/slots_option.h"

namespace ipclab {
namespace {

constexpr const char* kId = "mpmc_ring";

Probe ProbeMpmcRing() {
  Probe probe = ProbeShared(kId);
  probe.options.push_back(SlotsOption());
  return probe;
}

absl::StatusOr<MpmcLayout> LayoutOf(const ChannelSpec& spec) {
  const auto slots = SlotsOf(spec);
  if (!slots.ok()) return slots.status();
  return MpmcLayout{.message_bytes = static_cast<size_t>(spec.message_bytes), .slots = *slots};
}

absl::StatusOr<Hosted> HostMpmcRing(const ChannelSpec& spec) {
  const auto layout = LayoutOf(spec);
  if (!layout.ok()) return layout.status();
  return HostShared(kId, spec, *layout);
}

absl::StatusOr<std::unique_ptr<Channel>> JoinMpmcRing(const ChannelSpec& spec, ChannelOffer offer) {
  const auto layout = LayoutOf(spec);
  if (!layout.ok()) return layout.status();
  return JoinShared(kId, spec, *layout, std::move(offer));
}

constexpr std::array kPatterns = {v1::Pattern::ROUND_TRIP, v1::Pattern::STREAM};
constexpr std::array<std::string_view, 4> kHazards = {
    "A sender that dies between taking a slot and publishing it stops every receiver for ever.",
    "Every message moves a counter that all senders, or all receivers, write: its cache line is "
    "what they share, and more of them are not faster.",
    "The order is that of taking slots: a receiver waits for a slow sender though later messages "
    "are there.",
    "Nobody is told of an end that was killed: only an orderly close is seen."};

}  // namespace

extern constinit const Mechanism kMpmcRing = {
    .id = kId,
    .family = v1::Mechanism::MESSAGE,
    .summary = "Bounded multi-producer multi-consumer ring in shared memory, without locks",
    .facts = {.model = v1::Mechanism::SHARED_MEMORY,
              .interface = v1::Mechanism::LAB,
              .direction = v1::Mechanism::ONE_WAY,
              .scope = v1::Mechanism::RELATED_PROCESSES,
              .persistence = v1::Mechanism::PROCESS,
              .peer_loss = v1::Mechanism::NOTICED_ON_CLOSE,
              .keeps_borders = true,
              .ordering = "as sent; of several senders, as they took their slots",
              .access = "whoever inherits the memory's descriptor, or is sent it"},
    .patterns = kPatterns,
    .hazards = kHazards,
    .name_kinds = {},
    .loopback = false,
    .probe = ProbeMpmcRing,
    .host = HostMpmcRing,
    .join = JoinMpmcRing,
};

}  // namespace ipclab
