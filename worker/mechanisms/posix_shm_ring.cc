// posix_shm_ring: the ring in POSIX shared memory, which both ends open by its name.

#include <array>
#include <utility>

#include "worker/mechanism.h"
#include "worker/mechanisms/data_patterns.h"
#include "worker/mechanisms/program_facts.h"
#include "worker/ring/named_region.h"
#include "worker/ring/ring_request.h"

namespace ipclab {
namespace {

Probe ProbePosixShm() {
  Probe probe;
  DescribePosixShm(probe);
  AddRingOptions(probe);
  return probe;
}

absl::StatusOr<Hosted> HostPosixShm(const ChannelSpec& spec) {
  const auto plan = PlanHostedRing(spec);
  if (!plan.ok()) return plan.status();
  auto region = MakePosixShm(spec.names.front(), plan->bytes());
  if (!region.ok()) return region.status();
  return Hosted{MakeRingChannel(*std::move(region), *plan, {true, spec.sends}), {}};
}

absl::StatusOr<std::unique_ptr<Channel>> JoinPosixShm(const ChannelSpec& spec, ChannelOffer) {
  const auto plan = PlanRing(spec);
  if (!plan.ok()) return plan.status();
  auto region = TakePosixShm(spec.names.front(), plan->bytes());
  if (!region.ok()) return region.status();
  return MakeRingChannel(*std::move(region), *plan, {false, spec.sends});
}

constexpr std::array kNameKinds = {internal::IpcName::POSIX_SHM};
constexpr std::array<std::string_view, 2> kViews = {
    "ls -l /dev/shm, as long as it has its name",
    "grep /dev/shm /proc/PID/maps, where it is (deleted) once its name is gone"};
constexpr std::array<std::string_view, 5> kHazards = {
    "The name and its memory stay in /dev/shm until somebody unlinks them, whoever dies.",
    "ftruncate promises memory that /dev/shm may not have: the write that finds none is a SIGBUS. "
    "Reserve it with posix_fallocate.",
    "In a container /dev/shm is often 64 MiB.",
    "Nothing tells a process that the one on the other side was killed, not even in the middle of "
    "a message.",
    kNoFanIn};

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
              .fast = true,
              .access = "whoever knows the name and passes the mode of the object"},
    .patterns = kDataPatternsButFanIn,
    .hazards = kHazards,
    .kernel_views = kViews,
    .name_kinds = kNameKinds,
    .loopback = false,
    .probe = ProbePosixShm,
    .host = HostPosixShm,
    .join = JoinPosixShm,
    .program = ChannelFacts("slots of the ring", 1, SeenBy::kReceivers),
};

}  // namespace ipclab
