// seqlock: the latest value of one writer, in shared memory.

#include "worker/ring/seqlock.h"

#include <array>

#include "worker/mechanism.h"
#include "worker/mechanisms/data_patterns.h"
#include "worker/ring/shared_channel.h"

namespace ipclab {
namespace {

constexpr const char* kId = "seqlock";

Probe ProbeSeqlock() { return ProbeShared(kId); }

SeqlockLayout LayoutOf(const ChannelSpec& spec) {
  return {.message_bytes = static_cast<size_t>(spec.message_bytes),
          .readers = static_cast<uint32_t>(spec.receivers)};
}

absl::StatusOr<Hosted> HostSeqlock(const ChannelSpec& spec) {
  return HostShared(kId, spec, LayoutOf(spec));
}

absl::StatusOr<std::unique_ptr<Channel>> JoinSeqlock(const ChannelSpec& spec, ChannelOffer offer) {
  return JoinShared(kId, spec, LayoutOf(spec), std::move(offer));
}

constexpr std::array<std::string_view, 2> kViews = {
    "grep memfd: /proc/PID/maps: always (deleted), as it never had a name",
    "grep Shmem: /proc/meminfo: all such memory of the host"};
constexpr std::array<std::string_view, 6> kHazards = {
    "A reader sees the latest value, not every value: what was overwritten before it looked is "
    "lost, and counted as lost.",
    "What is read may be torn until the version was looked at again: never act on it, nor follow a "
    "pointer in it, before.",
    "Reading while another one writes is a data race unless every word is an atomic; the fences "
    "around them are easy to get wrong.",
    "A value that takes longer to copy than the writer pauses is torn every time: readers starve "
    "until the writer stops.",
    "A writer that dies in the middle leaves an odd version: readers wait for ever.",
    kNoFanIn};

}  // namespace

extern constinit const Mechanism kSeqlock = {
    .id = kId,
    .family = v1::Mechanism::MEMORY,
    .summary =
        "Latest value in shared memory: readers retry what was torn and never block the "
        "writer",
    .facts = {.model = v1::Mechanism::SHARED_MEMORY,
              .interface = v1::Mechanism::LAB,
              .direction = v1::Mechanism::ONE_WAY,
              .scope = v1::Mechanism::RELATED_PROCESSES,
              .persistence = v1::Mechanism::PROCESS,
              .peer_loss = v1::Mechanism::NOTICED_ON_CLOSE,
              .sharing = v1::Mechanism::ONE_TO_ALL,
              .keeps_borders = true,
              .lossy = true,
              .fast = true,
              .ordering = "as written, without what was overwritten; the last value is always seen",
              .access = "whoever inherits the memory's descriptor, or is sent it"},
    .patterns = kDataPatternsButFanIn,
    .hazards = kHazards,
    .kernel_views = kViews,
    .name_kinds = {},
    .loopback = false,
    .probe = ProbeSeqlock,
    .host = HostSeqlock,
    .join = JoinSeqlock,
};

}  // namespace ipclab
