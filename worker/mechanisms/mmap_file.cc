// mmap_file: cells in a file of the run folder that both ends map.

#include <array>
#include <utility>

#include "worker/mechanism.h"
#include "worker/mechanisms/cells.h"
#include "worker/mechanisms/program_facts.h"
#include "worker/ring/named_region.h"

namespace ipclab {
namespace {

Probe ProbeFileCells() {
  Probe probe;
  DescribeRunFolder(probe);
  DescribeCells(probe);
  return probe;
}

absl::StatusOr<Hosted> HostFileCells(const ChannelSpec& spec) {
  auto region = MakeFileRegion(spec.names.front(), kCellsBytes);
  if (!region.ok()) return region.status();
  return Hosted{MakeCells(*std::move(region), spec, /*host=*/true), {}};
}

absl::StatusOr<std::unique_ptr<Channel>> JoinFileCells(const ChannelSpec& spec, ChannelOffer) {
  auto region = TakeFileRegion(spec.names.front(), kCellsBytes);
  if (!region.ok()) return region.status();
  return MakeCells(*std::move(region), spec, /*host=*/false);
}

absl::StatusOr<HostedMemory> HostMemory(const ChannelSpec& spec, size_t bytes) {
  auto region = MakeFileRegion(spec.names.front(), bytes);
  if (!region.ok()) return region.status();
  return HostedMemory{*std::move(region), {}};
}

absl::StatusOr<Region> JoinMemory(const ChannelSpec& spec, size_t bytes, const ChannelOffer&) {
  return FindFileRegion(spec.names.front(), bytes);
}

constexpr std::array kNameKinds = {internal::IpcName::FILE};
constexpr std::array<std::string_view, 2> kViews = {
    "grep ipclab /proc/PID/maps, where it is (deleted) once its name is gone",
    "grep -A 20 ipclab /proc/PID/smaps: how much of it is dirty, not written to the file yet"};
constexpr std::array<std::string_view, 7> kHazards = {
    kCellsWakeNobody,
    kCellsKeepOne,
    kCellsAreWords,
    "MAP_PRIVATE looks the same and shares nothing: each process writes to a copy of its own.",
    "A file that is shorter than its mapping, or a full file system, is a SIGBUS at the first "
    "touch. Reserve it with posix_fallocate.",
    "On a disk the kernel writes changed pages back whenever it likes, which stalls whoever "
    "touches one meanwhile; only msync says when they are there.",
    kCellsTellNoDeath};

}  // namespace

extern constinit const Mechanism kMmapFile = {
    .id = "mmap_file",
    .family = v1::Mechanism::MEMORY,
    .summary = "Cells in a file that both ends map",
    .facts = {.model = v1::Mechanism::SHARED_MEMORY,
              .interface = v1::Mechanism::POSIX,
              .direction = v1::Mechanism::NO_DATA,
              .scope = v1::Mechanism::SAME_HOST,
              .persistence = v1::Mechanism::FILE_SYSTEM,
              .peer_loss = v1::Mechanism::UNNOTICED,
              .needs_synchronisation = true,
              .ordering = kCellsOrder,
              .access = "whoever may open the file"},
    .patterns = kCellPatterns,
    .hazards = kHazards,
    .kernel_views = kViews,
    .name_kinds = kNameKinds,
    .probe = ProbeFileCells,
    .host = HostFileCells,
    .join = JoinFileCells,
    .program = {.carries = kCarriesCells, .view = "the mapped file", .name_kinds = kNameKinds},
    .host_memory = HostMemory,
    .join_memory = JoinMemory,
};

}  // namespace ipclab
