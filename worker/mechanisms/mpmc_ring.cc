// mpmc_ring: a bounded ring for any number of senders and receivers, in shared memory.

#include "worker/ring/mpmc_ring.h"
#include "worker/mechanisms/program_facts.h"

#include <array>

#include "worker/mechanism.h"
#include "worker/mechanisms/data_patterns.h"
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
  return MpmcLayout{.message_bytes = static_cast<size_t>(spec.message_bytes),
                    .slots = *slots,
                    .senders = static_cast<uint32_t>(spec.senders),
                    .receivers = static_cast<uint32_t>(spec.receivers)};
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

constexpr std::array<std::string_view, 2> kViews = {
    "grep memfd: /proc/PID/maps: always (deleted), as it never had a name",
    "grep Shmem: /proc/meminfo: all such memory of the host"};
constexpr std::array<std::string_view, 5> kHazards = {
    "A sender that dies between taking a slot and publishing it stops every receiver for ever.",
    "Every message moves a counter that all senders, or all receivers, write: its cache line is "
    "what they share, and more of them are not faster.",
    "The order is that of taking slots: a receiver waits for a slow sender though later messages "
    "are there.",
    "One message wakes all receivers that sleep, and room for one all senders: a crowd that blocks "
    "spends its time on waking in vain.",
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
              .sharing = v1::Mechanism::MANY_TO_MANY,
              .keeps_borders = true,
              .fast = true,
              .ordering = "as sent; of several senders, as they took their slots",
              .access = "whoever inherits the memory's descriptor, or is sent it"},
    .patterns = kDataPatterns,
    .hazards = kHazards,
    .kernel_views = kViews,
    .name_kinds = {},
    .loopback = false,
    .probe = ProbeMpmcRing,
    .host = HostMpmcRing,
    .join = JoinMpmcRing,
    .program = ChannelFacts("records in the ring", 1, SeenBy::kReceivers),
};

}  // namespace ipclab
