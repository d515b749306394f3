// mmap_file_ring: the ring in a file of the run folder that both ends map.

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"
#include "common/ipc_name.h"
#include "common/run_file.h"
#include "worker/mechanism.h"
#include "worker/ring/ring_request.h"

namespace ipclab {
namespace {

Probe ProbeMmapFile() {
  Probe probe;
  AddRingOptions(probe);
  probe.options.push_back(
      MakeSwitch("msync",
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

absl::StatusOr<Region> Create(const internal::IpcName& name, size_t bytes) {
  const std::string& path = name.name();
  if (absl::Status status = MakeFolderOf(path); !status.ok()) return status;
  const UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file) return ErrnoStatus("open", path);
  absl::Status reserved =
      Reserve(file.get(), bytes, absl::StrCat("the file system of ", path),
              "free some there, or point XDG_RUNTIME_DIR at a folder on a larger one");
  auto region = reserved.ok() ? Region::Map(file.get(), bytes) : std::move(reserved);
  if (!region.ok()) RemoveIpcObject(name).IgnoreError();
  return region;
}

absl::StatusOr<Hosted> HostMmapFile(const ChannelSpec& spec) {
  const auto plan = PlanHostedRing(spec);
  if (!plan.ok()) return plan.status();
  auto region = Create(spec.names.front(), plan->bytes());
  if (!region.ok()) return region.status();
  return Hosted{MakeEnd(spec, *std::move(region), *plan, /*host=*/true), {}};
}

absl::StatusOr<std::unique_ptr<Channel>> JoinMmapFile(const ChannelSpec& spec, ChannelOffer) {
  const auto plan = PlanRing(spec);
  if (!plan.ok()) return plan.status();
  const internal::IpcName& name = spec.names.front();
  const UniqueFd file(::open(name.name().c_str(), O_RDWR | O_CLOEXEC));
  if (!file) return ErrnoStatus("open", name.name());
  auto region = Region::Map(file.get(), plan->bytes());
  if (!region.ok()) return region.status();
  // Both have it mapped: the file goes with the last mapping.
  if (const auto removed = RemoveIpcObject(name); !removed.ok()) return removed.status();
  return MakeEnd(spec, *std::move(region), *plan, /*host=*/false);
}

constexpr std::array kPatterns = {v1::Pattern::ROUND_TRIP, v1::Pattern::STREAM};
constexpr std::array kNameKinds = {internal::IpcName::FILE};
constexpr std::array<std::string_view, 4> kHazards = {
    "On a disk the kernel writes changed pages back whenever it likes, which stalls whoever "
    "touches one meanwhile; only msync says when they are there.",
    "A file that is shorter than its mapping, or a full file system, is a SIGBUS at the first "
    "touch. Reserve it with posix_fallocate.",
    "The file stays until it is removed, and with it what a crash left half written.",
    "Nothing tells a process that the one on the other side was killed, not even in the middle of "
    "a message."};

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
              .access = "whoever may open the file"},
    .patterns = kPatterns,
    .hazards = kHazards,
    .name_kinds = kNameKinds,
    .loopback = false,
    .probe = ProbeMmapFile,
    .host = HostMmapFile,
    .join = JoinMmapFile,
};

}  // namespace ipclab
