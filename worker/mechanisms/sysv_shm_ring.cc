// sysv_shm_ring: the ring in a System V shared memory segment, attached by its id.

#include <sys/ipc.h>
#include <sys/shm.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <limits>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/errno_status.h"
#include "common/ipc_name.h"
#include "common/sysv_object.h"
#include "worker/mechanism.h"
#include "worker/mechanisms/kernel_limit.h"
#include "worker/ring/ring_request.h"

namespace ipclab {
namespace {

// The kernel's defaults are just below 2^64, which no signed number holds: as good as none.
constexpr int64_t kUnlimited = std::numeric_limits<int64_t>::max();

int64_t MostBytes() { return ReadSysctl("kernel/shmmax").value_or(kUnlimited); }
int64_t MostPages() { return ReadSysctl("kernel/shmall").value_or(kUnlimited); }
int64_t MostSegments() { return ReadSysctl("kernel/shmmni").value_or(kUnlimited); }

Probe ProbeSysvShm() {
  Probe probe;
  shminfo info;
  if (::shmctl(0, IPC_INFO, reinterpret_cast<shmid_ds*>(&info)) < 0) {
    probe.unavailable_reason = absl::StrCat("shmctl IPC_INFO: ", std::strerror(errno),
                                            "; it takes a kernel with CONFIG_SYSVIPC");
  }
  probe.limits.push_back(MakeLimit("bytes of one segment", MostBytes(), "kernel.shmmax"));
  probe.limits.push_back(MakeLimit("pages of all segments", MostPages(), "kernel.shmall"));
  probe.limits.push_back(MakeLimit("segments", MostSegments(), "kernel.shmmni"));
  AddRingOptions(probe);
  probe.options.push_back(MakeSwitch("huge_pages", kHugePagesDescription));
  AddHugePageLimits(probe);
  return probe;
}

absl::Status Refusal(const absl::Status& status, size_t bytes) {
  return absl::ResourceExhaustedError(absl::StrCat(
      status.message(), "; the ring takes ", bytes, " bytes, kernel.shmmax allows a segment ",
      MostBytes(), ", kernel.shmall all of them ", MostPages(), " pages, kernel.shmmni ",
      MostSegments(), " segments"));
}

absl::StatusOr<Region> AttachWhole(int id, size_t bytes) {
  auto region = Region::Attach(id, bytes);
  if (!region.ok()) return region.status();
  // There is no other way to reserve a segment's memory.
  if (absl::Status status = region->Populate(); !status.ok()) return status;
  return region;
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
  const internal::IpcName& name = spec.names.front();
  const auto segment = CreateSysvObject(name, SysvKey::kFtok, "shmget", [&](key_t key, int flags) {
    return ::shmget(key, bytes, flags | huge);
  });
  if (!segment.ok()) {
    if (absl::IsAlreadyExists(segment.status())) return segment.status();
    return Refusal(segment.status(), bytes);
  }
  auto region = AttachWhole(segment->id, bytes);
  if (!region.ok()) {
    RemoveIpcObject(name).IgnoreError();
    return region.status();
  }
  Hosted hosted{MakeRingChannel(*std::move(region), *plan, {true, spec.sends}), {}};
  hosted.offer.bytes = absl::StrCat(segment->id);
  return hosted;
}

absl::StatusOr<std::unique_ptr<Channel>> JoinSysvShm(const ChannelSpec& spec, ChannelOffer offer) {
  const auto plan = PlanRing(spec);
  if (!plan.ok()) return plan.status();
  int id = -1;
  if (!absl::SimpleAtoi(offer.bytes, &id)) {
    return absl::InvalidArgumentError("sysv_shm_ring: the offer holds no id");
  }
  auto region = Region::Attach(id, plan->bytes());
  if (!region.ok()) return region.status();
  // Both are attached: marked for removal now, the segment goes with the last of them.
  if (const auto removed = RemoveIpcObject(spec.names.front()); !removed.ok()) {
    return removed.status();
  }
  return MakeRingChannel(*std::move(region), *plan, {false, spec.sends});
}

constexpr std::array kPatterns = {v1::Pattern::ROUND_TRIP, v1::Pattern::STREAM};
constexpr std::array kNameKinds = {internal::IpcName::SYSV_SHM};
constexpr std::array<std::string_view, 4> kHazards = {
    "A segment outlives everybody who used it until IPC_RMID; ipcs -m shows those that were left.",
    "After IPC_RMID Linux still lets a process attach by id while another one is attached; other "
    "systems do not.",
    "ftok takes 8 bits of the device, 16 of the inode: two files may get one key.",
    "Nothing tells a process that the one on the other side was killed, not even in the middle of "
    "a message."};

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
              .access = "whoever knows the key or the id and passes the mode of the segment"},
    .patterns = kPatterns,
    .hazards = kHazards,
    .name_kinds = kNameKinds,
    .loopback = false,
    .probe = ProbeSysvShm,
    .host = HostSysvShm,
    .join = JoinSysvShm,
};

}  // namespace ipclab
