// sysv_shm_ring: the ring in a System V shared memory segment, attached by its id.

#include <sys/shm.h>

#include <array>
#include <utility>

#include "worker/mechanism.h"
#include "worker/mechanisms/data_patterns.h"
#include "worker/mechanisms/program_facts.h"
#include "worker/option.h"
#include "worker/ring/named_region.h"
#include "worker/ring/ring_request.h"

namespace ipclab {
namespace {

Probe ProbeSysvShm() {
  Probe probe;
  DescribeSegments(probe);
  AddRingOptions(probe);
  probe.options.push_back(BooleanOption("huge_pages", false, kHugePagesDescription));
  AddHugePageLimits(probe);
  return probe;
}

absl::StatusOr<Hosted> HostSysvShm(const ChannelSpec& spec) {
  const auto plan = PlanHostedRing(spec);
  if (!plan.ok()) return plan.status();
  size_t bytes = plan->bytes();
  int huge = 0;
  if (spec.BooleanOption("huge_pages")) {
    const auto rounded = InHugePages(bytes);
    if (!rounded.ok()) return rounded.status();
    bytes = *rounded;
    huge = SHM_HUGETLB;
  }
  Hosted hosted;
  auto region = MakeSegment(spec.names.front(), bytes, huge, hosted.offer);
  if (!region.ok()) return region.status();
  hosted.channel = MakeRingChannel(*std::move(region), *plan, {true, spec.sends});
  return hosted;
}

absl::StatusOr<std::unique_ptr<Channel>> JoinSysvShm(const ChannelSpec& spec, ChannelOffer offer) {
  const auto plan = PlanRing(spec);
  if (!plan.ok()) return plan.status();
  auto region = TakeSegment(spec.names.front(), plan->bytes(), offer);
  if (!region.ok()) return region.status();
  return MakeRingChannel(*std::move(region), *plan, {false, spec.sends});
}

constexpr std::array kNameKinds = {internal::IpcName::SYSV_SHM};
constexpr std::array<std::string_view, 3> kViews = {
    "ipcs -m", "ipcs -m -p: who made it and who attached last", "cat /proc/sysvipc/shm"};
constexpr std::array<std::string_view, 5> kHazards = {
    "A segment outlives everybody who used it until IPC_RMID; ipcs -m shows those that were left.",
    "After IPC_RMID Linux still lets a process attach by id while another one is attached; other "
    "systems do not.",
    "ftok takes 8 bits of the device, 16 of the inode: two files may get one key.",
    "Nothing tells a process that the one on the other side was killed, not even in the middle of "
    "a message.",
    kNoFanIn};

}  // namespace

extern constinit const Mechanism kSysvShmRing = {
    .id = "sysv_shm_ring",
    .family = v1::Mechanism::MESSAGE,
    .summary = "Lock-free ring in a System V shared memory segment",
    .facts = {.model = v1::Mechanism::SHARED_MEMORY,
              .interface = v1::Mechanism::SYSTEM_V,
              .direction = v1::Mechanism::ONE_WAY,
              .scope = v1::Mechanism::SAME_HOST,
              .persistence = v1::Mechanism::KERNEL,
              .peer_loss = v1::Mechanism::NOTICED_ON_CLOSE,
              .keeps_borders = true,
              .fast = true,
              .access = "whoever knows the key or the id and passes the mode of the segment"},
    .patterns = kDataPatternsButFanIn,
    .hazards = kHazards,
    .kernel_views = kViews,
    .name_kinds = kNameKinds,
    .loopback = false,
    .probe = ProbeSysvShm,
    .host = HostSysvShm,
    .join = JoinSysvShm,
    .program = ChannelFacts("slots of the ring", 1, SeenBy::kReceivers),
};

}  // namespace ipclab
