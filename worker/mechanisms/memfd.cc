// memfd: cells in an anonymous memory file, whose descriptor the host sends to the joiner.

#include <array>
#include <utility>

#include "worker/mechanism.h"
#include "worker/mechanisms/cells.h"
#include "worker/mechanisms/program_facts.h"
#include "worker/ring/reserved_memory.h"
#include "worker/shared_object.h"

namespace ipclab {
namespace {

constexpr char kId[] = "memfd";

Probe ProbeMemfdCells() {
  Probe probe = ProbeShared(kId);
  DescribeCells(probe);
  return probe;
}

absl::StatusOr<Hosted> HostMemfdCells(const ChannelSpec& spec) {
  auto hosted = HostRegion(kId, kCellsBytes);
  if (!hosted.ok()) return hosted.status();
  return Hosted{MakeCells(std::move(hosted->region), spec, /*host=*/true),
                std::move(hosted->offer)};
}

absl::StatusOr<std::unique_ptr<Channel>> JoinMemfdCells(const ChannelSpec& spec,
                                                        ChannelOffer offer) {
  auto region = JoinRegion(kId, kCellsBytes, offer);
  if (!region.ok()) return region.status();
  return MakeCells(*std::move(region), spec, /*host=*/false);
}

absl::StatusOr<HostedMemory> HostMemory(const ChannelSpec&, size_t bytes) {
  auto hosted = HostRegion(kId, bytes);
  if (!hosted.ok()) return hosted.status();
  return HostedMemory{std::move(hosted->region), std::move(hosted->offer)};
}

absl::StatusOr<Region> JoinMemory(const ChannelSpec&, size_t bytes, const ChannelOffer& offer) {
  return JoinRegion(kId, bytes, offer);
}

constexpr std::array<std::string_view, 2> kViews = {
    "grep memfd: /proc/PID/maps: always (deleted), as it never had a name",
    "ls -l /proc/PID/fd, as long as its descriptor is open"};
constexpr std::array<std::string_view, 6> kHazards = {
    kCellsWakeNobody,
    kCellsKeepOne,
    kCellsAreWords,
    "Whoever has the descriptor may shorten the file and so kill who maps it with SIGBUS; seal it "
    "(F_SEAL_SHRINK) before it is sent.",
    "It has no name: a process gets it by inheritance, over a Unix socket, or not at all.",
    kCellsTellNoDeath};

}  // namespace

extern constinit const Mechanism kMemfd = {
    .id = kId,
    .family = v1::Mechanism::MEMORY,
    .summary = "Cells in an anonymous memory file, its descriptor passed on",
    .facts = {.model = v1::Mechanism::SHARED_MEMORY,
              .interface = v1::Mechanism::LINUX,
              .direction = v1::Mechanism::NO_DATA,
              .scope = v1::Mechanism::RELATED_PROCESSES,
              .persistence = v1::Mechanism::PROCESS,
              .peer_loss = v1::Mechanism::UNNOTICED,
              .needs_synchronisation = true,
              .ordering = kCellsOrder,
              .access = "whoever inherits the descriptor, or is sent it over a Unix socket"},
    .patterns = kCellPatterns,
    .hazards = kHazards,
    .kernel_views = kViews,
    .name_kinds = {},
    .probe = ProbeMemfdCells,
    .host = HostMemfdCells,
    .join = JoinMemfdCells,
    .program = {.carries = kCarriesCells, .view = "the shared memory"},
    .host_memory = HostMemory,
    .join_memory = JoinMemory,
};

}  // namespace ipclab
