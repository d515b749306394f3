// memfd_ring: the ring in an anonymous memory file, whose descriptor the host sends to the joiner.

#include <fcntl.h>
#include <linux/memfd.h>
#include <sys/mman.h>

#include <array>
#include <cstring>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/errno_status.h"
#include "worker/mechanism.h"
#include "worker/mechanisms/data_patterns.h"
#include "worker/mechanisms/program_facts.h"
#include "worker/option.h"
#include "worker/ring/ring_request.h"

namespace ipclab {
namespace {

Probe ProbeMemfd() {
  Probe probe;
  if (!UniqueFd(::memfd_create("ipclab-probe", MFD_CLOEXEC))) {
    probe.unavailable_reason =
        absl::StrCat("memfd_create: ", std::strerror(errno), "; it takes Linux 3.17 or newer");
  }
  AddRingOptions(probe);
  probe.options.push_back(BooleanOption("huge_pages", false, kHugePagesDescription));
  AddHugePageLimits(probe);
  return probe;
}

struct Request {
  RingPlan plan;
  size_t bytes;  // in whole pages of the kind that was asked for
};

absl::StatusOr<Request> Read(const ChannelSpec& spec) {
  const auto plan = PlanHostedRing(spec);
  if (!plan.ok()) return plan.status();
  if (!spec.BooleanOption("huge_pages")) return Request{*plan, plan->bytes()};
  const auto bytes = InHugePages(plan->bytes());
  if (!bytes.ok()) return bytes.status();
  return Request{*plan, *bytes};
}

absl::StatusOr<Hosted> HostMemfd(const ChannelSpec& spec) {
  const auto request = Read(spec);
  if (!request.ok()) return request.status();
  const unsigned huge = spec.BooleanOption("huge_pages") ? MFD_HUGETLB : 0;
  UniqueFd memory(::memfd_create("ipclab-ring", MFD_CLOEXEC | MFD_ALLOW_SEALING | huge));
  if (!memory) return ErrnoStatus("memfd_create", "the ring");
  absl::Status status = Reserve(memory.get(), request->bytes, "the memory file's file system",
                                "ask for fewer slots or smaller messages");
  if (!status.ok()) return status;
  // Who gets the descriptor could cut the file and kill us with SIGBUS.
  if (::fcntl(memory.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    return ErrnoStatus("fcntl F_ADD_SEALS", "the ring");
  }
  auto region = Region::Map(memory.get(), request->bytes);
  if (!region.ok()) return region.status();
  Hosted hosted{MakeRingChannel(*std::move(region), request->plan, {true, spec.sends}), {}};
  hosted.offer.bytes = absl::StrCat(request->bytes);
  hosted.offer.descriptors.push_back(std::move(memory));
  return hosted;
}

absl::StatusOr<std::unique_ptr<Channel>> JoinMemfd(const ChannelSpec& spec, ChannelOffer offer) {
  const auto plan = PlanRing(spec);
  if (!plan.ok()) return plan.status();
  size_t bytes = 0;
  if (offer.descriptors.size() != 1 || !absl::SimpleAtoi(offer.bytes, &bytes) ||
      bytes < plan->bytes()) {
    return absl::InvalidArgumentError("memfd_ring: the offer is no descriptor of a ring this size");
  }
  const int memory = offer.descriptors.front().get();
  const int seals = ::fcntl(memory, F_GET_SEALS);
  if (seals < 0 || (seals & F_SEAL_SHRINK) == 0) {
    return absl::FailedPreconditionError("memfd_ring: the memory file is not sealed");
  }
  auto region = Region::Map(memory, bytes);
  if (!region.ok()) return region.status();
  return MakeRingChannel(*std::move(region), *plan, {false, spec.sends});
}

constexpr std::array<std::string_view, 2> kViews = {
    "grep memfd: /proc/PID/maps: always (deleted), as it never had a name",
    "grep Shmem: /proc/meminfo: all such memory of the host"};
constexpr std::array<std::string_view, 4> kHazards = {
    "Whoever has the descriptor may shorten the file and so kill who maps it with SIGBUS; seal it "
    "(F_SEAL_SHRINK) before it is sent, and look at the seals when one was received.",
    "It has no name: a process gets it by inheritance, over a Unix socket, or not at all.",
    "Nothing tells a process that the one on the other side was killed, not even in the middle of "
    "a message.",
    kNoFanIn};

}  // namespace

extern constinit const Mechanism kMemfdRing = {
    .id = "memfd_ring",
    .family = v1::Mechanism::MESSAGE,
    .summary = "Lock-free ring in an anonymous memory file, its descriptor passed on",
    .facts = {.model = v1::Mechanism::SHARED_MEMORY,
              .interface = v1::Mechanism::LINUX,
              .direction = v1::Mechanism::ONE_WAY,
              .scope = v1::Mechanism::RELATED_PROCESSES,
              .persistence = v1::Mechanism::PROCESS,
              .peer_loss = v1::Mechanism::NOTICED_ON_CLOSE,
              .keeps_borders = true,
              .fast = true,
              .access = "whoever inherits the descriptor, or is sent it over a Unix socket"},
    .patterns = kDataPatternsButFanIn,
    .hazards = kHazards,
    .kernel_views = kViews,
    .name_kinds = {},
    .loopback = false,
    .probe = ProbeMemfd,
    .host = HostMemfd,
    .join = JoinMemfd,
    .program = ChannelFacts("slots of the ring", 1, SeenBy::kReceivers),
};

}  // namespace ipclab
