// sysv_shm: cells in a System V shared memory segment, attached by its id.

#include <array>
#include <utility>

#include "worker/mechanism.h"
#include "worker/mechanisms/cells.h"
#include "worker/mechanisms/program_facts.h"
#include "worker/ring/named_region.h"

namespace ipclab {
namespace {

Probe ProbeSegmentCells() {
  Probe probe;
  DescribeSegments(probe);
  DescribeCells(probe);
  return probe;
}

absl::StatusOr<Hosted> HostSegmentCells(const ChannelSpec& spec) {
  Hosted hosted;
  auto region = MakeSegment(spec.names.front(), kCellsBytes, 0, hosted.offer);
  if (!region.ok()) return region.status();
  hosted.channel = MakeCells(*std::move(region), spec, /*host=*/true);
  return hosted;
}

absl::StatusOr<std::unique_ptr<Channel>> JoinSegmentCells(const ChannelSpec& spec,
                                                          ChannelOffer offer) {
  auto region = TakeSegment(spec.names.front(), kCellsBytes, offer);
  if (!region.ok()) return region.status();
  return MakeCells(*std::move(region), spec, /*host=*/false);
}

absl::StatusOr<HostedMemory> HostMemory(const ChannelSpec& spec, size_t bytes) {
  HostedMemory hosted;
  auto region = MakeSegment(spec.names.front(), bytes, 0, hosted.offer);
  if (!region.ok()) return region.status();
  hosted.region = *std::move(region);
  return hosted;
}

absl::StatusOr<Region> JoinMemory(const ChannelSpec&, size_t bytes, const ChannelOffer& offer) {
  return FindSegment(bytes, offer);
}

constexpr std::array kNameKinds = {internal::IpcName::SYSV_SHM};
constexpr std::array<std::string_view, 3> kViews = {
    "ipcs -m: dest means that it goes with the last who is attached",
    "ipcs -m -i ID, ipcs -m -p: who made it, who used it last", "grep SYSV /proc/PID/maps"};
constexpr std::array<std::string_view, 6> kHazards = {
    kCellsWakeNobody,
    kCellsKeepOne,
    kCellsAreWords,
    "A segment outlives everybody who used it until IPC_RMID; ipcs -m shows those that were left.",
    "It is attached at an address that differs from process to process: a pointer into it means "
    "nothing to the others.",
    kCellsTellNoDeath};

}  // namespace

extern constinit const Mechanism kSysvShm = {
    .id = "sysv_shm",
    .family = v1::Mechanism::MEMORY,
    .summary = "Cells in a System V shared memory segment",
    .facts = {.model = v1::Mechanism::SHARED_MEMORY,
              .interface = v1::Mechanism::SYSTEM_V,
              .direction = v1::Mechanism::NO_DATA,
              .scope = v1::Mechanism::SAME_HOST,
              .persistence = v1::Mechanism::KERNEL,
              .peer_loss = v1::Mechanism::UNNOTICED,
              .needs_synchronisation = true,
              .ordering = kCellsOrder,
              .access = "whoever knows the key or the id and passes the mode of the segment"},
    .patterns = kCellPatterns,
    .hazards = kHazards,
    .kernel_views = kViews,
    .name_kinds = kNameKinds,
    .probe = ProbeSegmentCells,
    .host = HostSegmentCells,
    .join = JoinSegmentCells,
    .program = {.carries = kCarriesCells, .view = "the segment", .name_kinds = kNameKinds},
    .host_memory = HostMemory,
    .join_memory = JoinMemory,
};

}  // namespace ipclab
