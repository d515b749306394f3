// posix_shm: cells in POSIX shared memory, which both ends open by its name.

#include <array>
#include <utility>

#include "worker/mechanism.h"
#include "worker/mechanisms/cells.h"
#include "worker/mechanisms/program_facts.h"
#include "worker/ring/named_region.h"

namespace ipclab {
namespace {

Probe ProbePosixShmCells() {
  Probe probe;
  DescribePosixShm(probe);
  DescribeCells(probe);
  return probe;
}

absl::StatusOr<Hosted> HostPosixShmCells(const ChannelSpec& spec) {
  auto region = MakePosixShm(spec.names.front(), kCellsBytes);
  if (!region.ok()) return region.status();
  return Hosted{MakeCells(*std::move(region), spec, /*host=*/true), {}};
}

absl::StatusOr<std::unique_ptr<Channel>> JoinPosixShmCells(const ChannelSpec& spec, ChannelOffer) {
  auto region = TakePosixShm(spec.names.front(), kCellsBytes);
  if (!region.ok()) return region.status();
  return MakeCells(*std::move(region), spec, /*host=*/false);
}

absl::StatusOr<HostedMemory> HostMemory(const ChannelSpec& spec, size_t bytes) {
  auto region = MakePosixShm(spec.names.front(), bytes);
  if (!region.ok()) return region.status();
  return HostedMemory{*std::move(region), {}};
}

absl::StatusOr<Region> JoinMemory(const ChannelSpec& spec, size_t bytes, const ChannelOffer&) {
  return FindPosixShm(spec.names.front(), bytes);
}

constexpr std::array kNameKinds = {internal::IpcName::POSIX_SHM};
constexpr std::array<std::string_view, 2> kViews = {
    "ls -l /dev/shm, as long as it has its name",
    "grep /dev/shm /proc/PID/maps, where it is (deleted) once its name is gone"};
constexpr std::array<std::string_view, 6> kHazards = {
    kCellsWakeNobody,
    kCellsKeepOne,
    kCellsAreWords,
    "The name and its memory stay in /dev/shm until somebody unlinks them, whoever dies.",
    "ftruncate promises memory that /dev/shm may not have: the write that finds none is a SIGBUS. "
    "Reserve it with posix_fallocate.",
    kCellsTellNoDeath};

}  // namespace

extern constinit const Mechanism kPosixShm = {
    .id = "posix_shm",
    .family = v1::Mechanism::MEMORY,
    .summary = "Cells in POSIX shared memory, opened by name",
    .facts = {.model = v1::Mechanism::SHARED_MEMORY,
              .interface = v1::Mechanism::POSIX,
              .direction = v1::Mechanism::NO_DATA,
              .scope = v1::Mechanism::SAME_HOST,
              .persistence = v1::Mechanism::KERNEL,
              .peer_loss = v1::Mechanism::UNNOTICED,
              .needs_synchronisation = true,
              .ordering = kCellsOrder,
              .access = "whoever knows the name and passes the mode of the object"},
    .patterns = kCellPatterns,
    .hazards = kHazards,
    .kernel_views = kViews,
    .name_kinds = kNameKinds,
    .probe = ProbePosixShmCells,
    .host = HostPosixShmCells,
    .join = JoinPosixShmCells,
    .program = {.carries = kCarriesCells, .view = "the shared memory", .name_kinds = kNameKinds},
    .host_memory = HostMemory,
    .join_memory = JoinMemory,
};

}  // namespace ipclab
