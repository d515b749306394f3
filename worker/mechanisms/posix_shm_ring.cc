// posix_shm_ring: the ring in POSIX shared memory, which both ends open by its name.

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <array>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"
#include "worker/mechanism.h"
#include "worker/mechanisms/kernel_limit.h"
#include "worker/ring/ring_request.h"

namespace ipclab {
namespace {

constexpr std::string_view kRemedy =
    "mount -o remount,size=... /dev/shm, or --shm-size for a container";

Probe ProbePosixShm() {
  Probe probe;
  struct statvfs room;
  if (::statvfs("/dev/shm", &room) != 0) {
    probe.unavailable_reason = "/dev/shm is not there; mount -t tmpfs shm /dev/shm";
  } else {
    probe.limits.push_back(MakeLimit("bytes of /dev/shm; 0: no limit",
                                     static_cast<int64_t>(room.f_blocks * room.f_frsize), kRemedy));
  }
  AddRingOptions(probe);
  return probe;
}

absl::StatusOr<Region> Create(const std::string& name, size_t bytes) {
  const UniqueFd memory(::shm_open(name.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600));
  if (!memory) return ErrnoStatus("shm_open", name);
  absl::Status reserved = Reserve(memory.get(), bytes, "/dev/shm", kRemedy);
  auto region = reserved.ok() ? Region::Map(memory.get(), bytes) : std::move(reserved);
  if (!region.ok()) ::shm_unlink(name.c_str());
  return region;
}

absl::StatusOr<Hosted> HostPosixShm(const ChannelSpec& spec) {
  const auto plan = PlanHostedRing(spec);
  if (!plan.ok()) return plan.status();
  auto region = Create(spec.names.front().name(), plan->bytes());
  if (!region.ok()) return region.status();
  return Hosted{MakeRingChannel(*std::move(region), *plan, {true, spec.sends}), {}};
}

absl::StatusOr<std::unique_ptr<Channel>> JoinPosixShm(const ChannelSpec& spec, ChannelOffer) {
  const auto plan = PlanRing(spec);
  if (!plan.ok()) return plan.status();
  const std::string& name = spec.names.front().name();
  const UniqueFd memory(::shm_open(name.c_str(), O_RDWR, 0));
  if (!memory) return ErrnoStatus("shm_open", name);
  auto region = Region::Map(memory.get(), plan->bytes());
  if (!region.ok()) return region.status();
  // Both have it: the name has done its work, and the memory goes with the last mapping.
  if (::shm_unlink(name.c_str()) != 0) return ErrnoStatus("shm_unlink", name);
  return MakeRingChannel(*std::move(region), *plan, {false, spec.sends});
}

constexpr std::array kPatterns = {v1::Pattern::ROUND_TRIP, v1::Pattern::STREAM};
constexpr std::array kNameKinds = {internal::IpcName::POSIX_SHM};
constexpr std::array<std::string_view, 4> kHazards = {
    "The name and its memory stay in /dev/shm until somebody unlinks them, whoever dies.",
    "ftruncate promises memory that /dev/shm may not have: the write that finds none is a SIGBUS. "
    "Reserve it with posix_fallocate.",
    "In a container /dev/shm is often 64 MiB.",
    "Nothing tells a process that the one on the other side was killed, not even in the middle of "
    "a message."};

}  // namespace

extern constinit const Mechanism kPosixShmRing = {
    .id = "posix_shm_ring",
    .family = v1::Mechanism::MESSAGE,
    .summary = "Lock-free ring in POSIX shared memory, opened by name",
    .facts = {.model = v1::Mechanism::SHARED_MEMORY,
              .interface = v1::Mechanism::POSIX,
              .direction = v1::Mechanism::ONE_WAY,
              .scope = v1::Mechanism::SAME_HOST,
              .persistence = v1::Mechanism::KERNEL,
              .peer_loss = v1::Mechanism::NOTICED_ON_CLOSE,
              .keeps_borders = true,
              .access = "whoever knows the name and passes the mode of the object"},
    .patterns = kPatterns,
    .hazards = kHazards,
    .name_kinds = kNameKinds,
    .loopback = false,
    .probe = ProbePosixShm,
    .host = HostPosixShm,
    .join = JoinPosixShm,
};

}  // namespace ipclab
