// mmap_file_ring: the ring in a file of the run folder that both ends map.

#include <sys/mman.h>

#include <array>
#include <cerrno>
#include <utility>

#include "worker/mechanism.h"
#include "worker/mechanisms/data_patterns.h"
#include "worker/mechanisms/program_facts.h"
#include "worker/option.h"
#include "worker/ring/named_region.h"
#include "worker/ring/ring_request.h"

namespace ipclab {
namespace {

Probe ProbeMmapFile() {
  Probe probe;
  AddRingOptions(probe);
  probe.options.push_back(BooleanOption(
      "msync", false,
      "After each message its sender writes the file's changes to the device and waits "
      "for it (MS_SYNC); on tmpfs that is a bare system call"));
  return probe;
}

// A channel whose sender waits after each message until the file has it. Closing is not synced:
// nobody reads the file afterwards.
class SyncedChannel final : public Channel {
 public:
  // memory: what channel has mapped, and keeps mapped as long as it lives.
  SyncedChannel(std::unique_ptr<Channel> channel, std::span<std::byte> memory)
      : channel_(std::move(channel)), memory_(memory) {}

  absl::Status Connect() override { return channel_->Connect(); }
  IoStatus Send(std::span<const std::byte> message) override {
    return Sync(channel_->Send(message));
  }
  IoStatus TrySend(std::span<const std::byte> message) override {
    return Sync(channel_->TrySend(message));
  }
  IoStatus Receive(std::span<std::byte> message) override { return channel_->Receive(message); }
  IoStatus TryReceive(std::span<std::byte> message) override {
    return channel_->TryReceive(message);
  }
  void Flush() override { channel_->Flush(); }
  absl::StatusOr<int64_t> Depth() const override { return channel_->Depth(); }

 private:
  IoStatus Sync(IoStatus status) {
    if (status != IoStatus::kOk) return status;
    return ::msync(memory_.data(), memory_.size(), MS_SYNC) == 0 ? status : Fail(errno);
  }

  const std::unique_ptr<Channel> channel_;
  const std::span<std::byte> memory_;
};

std::unique_ptr<Channel> MakeEnd(const ChannelSpec& spec, Region region, const RingPlan& plan,
                                 bool host) {
  const std::span memory(region.data(), region.bytes());
  auto channel = MakeRingChannel(std::move(region), plan, {host, spec.sends});
  if (!spec.BooleanOption("msync")) return channel;
  return std::make_unique<SyncedChannel>(std::move(channel), memory);
}

absl::StatusOr<Hosted> HostMmapFile(const ChannelSpec& spec) {
  const auto plan = PlanHostedRing(spec);
  if (!plan.ok()) return plan.status();
  auto region = MakeFileRegion(spec.names.front(), plan->bytes());
  if (!region.ok()) return region.status();
  return Hosted{MakeEnd(spec, *std::move(region), *plan, /*host=*/true), {}};
}

absl::StatusOr<std::unique_ptr<Channel>> JoinMmapFile(const ChannelSpec& spec, ChannelOffer) {
  const auto plan = PlanRing(spec);
  if (!plan.ok()) return plan.status();
  auto region = TakeFileRegion(spec.names.front(), plan->bytes());
  if (!region.ok()) return region.status();
  return MakeEnd(spec, *std::move(region), *plan, /*host=*/false);
}

constexpr std::array kNameKinds = {internal::IpcName::FILE};
constexpr std::array<std::string_view, 2> kViews = {
    "grep ipclab /proc/PID/maps, where it is (deleted) once its name is gone",
    "grep -A 20 ipclab /proc/PID/smaps: how much of it is dirty"};
constexpr std::array<std::string_view, 5> kHazards = {
    "On a disk the kernel writes changed pages back whenever it likes, which stalls whoever "
    "touches one meanwhile; only msync says when they are there.",
    "A file that is shorter than its mapping, or a full file system, is a SIGBUS at the first "
    "touch. Reserve it with posix_fallocate.",
    "The file stays until it is removed, and with it what a crash left half written.",
    "Nothing tells a process that the one on the other side was killed, not even in the middle of "
    "a message.",
    kNoFanIn};

}  // namespace

extern constinit const Mechanism kMmapFileRing = {
    .id = "mmap_file_ring",
    .family = v1::Mechanism::MESSAGE,
    .summary = "Lock-free ring in a file that both ends map",
    .facts = {.model = v1::Mechanism::SHARED_MEMORY,
              .interface = v1::Mechanism::POSIX,
              .direction = v1::Mechanism::ONE_WAY,
              .scope = v1::Mechanism::SAME_HOST,
              .persistence = v1::Mechanism::FILE_SYSTEM,
              .peer_loss = v1::Mechanism::NOTICED_ON_CLOSE,
              .keeps_borders = true,
              .fast = true,
              .access = "whoever may open the file"},
    .patterns = kDataPatternsButFanIn,
    .hazards = kHazards,
    .kernel_views = kViews,
    .name_kinds = kNameKinds,
    .loopback = false,
    .probe = ProbeMmapFile,
    .host = HostMmapFile,
    .join = JoinMmapFile,
    .program = ChannelFacts("slots of the ring", 1, SeenBy::kReceivers),
};

}  // namespace ipclab
