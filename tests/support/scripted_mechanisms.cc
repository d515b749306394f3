#include "tests/support/scripted_mechanisms.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <vector>

#include "common/errno_status.h"
#include "tests/support/scripted_channel.h"

namespace ipclab {
namespace {

enum class Act { kExit3, kSegv, kKill, kStop, kHang, kError };
enum class Place { kHost, kJoin, kSend, kReceive };

const Mechanism& Pipe() { return *FindMechanism(AllMechanisms(), "pipe"); }

// Returns for kError, and after SIGCONT for kStop.
void Perform(Act act) {
  switch (act) {
    case Act::kExit3:
      ::_exit(3);
    case Act::kSegv:
      ::signal(SIGSEGV, SIG_DFL);  // A sanitizer would make an exit code of it.
      ::raise(SIGSEGV);
      break;
    case Act::kKill:
      ::raise(SIGKILL);
      break;
    case Act::kStop:
      ::raise(SIGSTOP);
      break;
    case Act::kHang:
      while (true) ::pause();
    case Act::kError:
      break;
  }
}

template <Act act, Place place>
class FatefulChannel final : public ScriptedChannel {
 public:
  using ScriptedChannel::ScriptedChannel;

  IoStatus Send(std::span<const std::byte> message) override {
    if (Comes(Place::kSend) && act == Act::kError) return Fail(EIO);
    return ScriptedChannel::Send(message);
  }
  IoStatus Receive(std::span<std::byte> message) override {
    const IoStatus status = ScriptedChannel::Receive(message);
    if (status == IoStatus::kOk && Comes(Place::kReceive) && act == Act::kError) return Fail(EIO);
    return status;
  }

 private:
  bool Comes(Place here) {
    if (here != place || ++calls_ != kFatefulCall) return false;
    Perform(act);
    return true;
  }

  int calls_ = 0;
};

// Interferes with every tenth message that is sent.
enum class Twist { kDrop, kSwap, kDuplicate, kCorrupt };

template <Twist twist>
class TwistedChannel final : public ScriptedChannel {
 public:
  using ScriptedChannel::ScriptedChannel;

  IoStatus Send(std::span<const std::byte> message) override {
    const bool tenth = ++calls_ % 10 == 0;
    if (!held_.empty()) {
      IoStatus status = ScriptedChannel::Send(message);
      if (status == IoStatus::kOk) status = ScriptedChannel::Send(held_);
      held_.clear();
      return status;
    }
    if (!tenth) return ScriptedChannel::Send(message);
    std::vector<std::byte> copy(message.begin(), message.end());
    switch (twist) {
      case Twist::kDrop:
        return IoStatus::kOk;
      case Twist::kSwap:
        held_ = std::move(copy);
        return IoStatus::kOk;
      case Twist::kDuplicate:
        if (const IoStatus status = ScriptedChannel::Send(message); status != IoStatus::kOk) {
          return status;
        }
        return ScriptedChannel::Send(message);
      case Twist::kCorrupt:
        copy.back() ^= std::byte{0x40};
        return ScriptedChannel::Send(copy);
    }
    return IoStatus::kError;
  }

 private:
  int64_t calls_ = 0;
  std::vector<std::byte> held_;
};

class StallingChannel final : public ScriptedChannel {
 public:
  using ScriptedChannel::ScriptedChannel;

  IoStatus Send(std::span<const std::byte> message) override {
    constexpr timespec kStall = {0, kStallNanos};
    if (++calls_ == kStalledSend) ::nanosleep(&kStall, nullptr);
    return ScriptedChannel::Send(message);
  }

 private:
  int calls_ = 0;
};

template <typename Wrapped>
absl::StatusOr<Hosted> HostWrapped(const ChannelSpec& spec) {
  absl::StatusOr<Hosted> hosted = Pipe().host(spec);
  if (hosted.ok()) hosted->channel = std::make_unique<Wrapped>(std::move(hosted->channel));
  return hosted;
}

template <typename Wrapped>
absl::StatusOr<std::unique_ptr<Channel>> JoinWrapped(const ChannelSpec& spec, ChannelOffer offer) {
  auto channel = Pipe().join(spec, std::move(offer));
  if (!channel.ok()) return channel;
  return std::make_unique<Wrapped>(*std::move(channel));
}

template <Act act, Place place>
absl::StatusOr<Hosted> HostFateful(const ChannelSpec& spec) {
  if constexpr (place == Place::kHost) {
    Perform(act);
    if (act == Act::kError) return ErrnoStatus("host", "scripted", EIO);
  }
  return HostWrapped<FatefulChannel<act, place>>(spec);
}

template <Act act, Place place>
absl::StatusOr<std::unique_ptr<Channel>> JoinFateful(const ChannelSpec& spec, ChannelOffer offer) {
  if constexpr (place == Place::kJoin) {
    Perform(act);
    if (act == Act::kError) return ErrnoStatus("join", "scripted", EIO);
  }
  return JoinWrapped<FatefulChannel<act, place>>(spec, std::move(offer));
}

// Leaves both names behind.
absl::StatusOr<Hosted> HostLeaving(const ChannelSpec& spec) {
  const std::string& shm = spec.names.at(0).name();
  const UniqueFd object(::shm_open(shm.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600));
  if (!object) return ErrnoStatus("shm_open", shm);
  const std::filesystem::path fifo = spec.names.at(1).name();
  if (::mkdir(fifo.parent_path().c_str(), 0700) != 0 && errno != EEXIST) {
    return ErrnoStatus("mkdir", fifo.parent_path().string());
  }
  if (::mkfifo(fifo.c_str(), 0600) != 0) return ErrnoStatus("mkfifo", fifo.string());
  return Pipe().host(spec);
}

Probe ProbePipe() { return Pipe().probe(); }
Probe ProbeNotHere() {
  Probe probe;
  probe.unavailable_reason = "scripted never is; nothing mends it";
  return probe;
}

constexpr std::array kBothPatterns = {v1::Pattern::ROUND_TRIP, v1::Pattern::STREAM};
constexpr std::array kStreamOnly = {v1::Pattern::STREAM};
constexpr std::array kLeftKinds = {internal::IpcName::POSIX_SHM, internal::IpcName::FILE};

constexpr Mechanism Scripted(std::string_view id) {
  return {.id = id,
          .family = v1::Mechanism::STREAM,
          .summary = "Misbehaves on purpose",
          .facts = {},
          .patterns = kBothPatterns,
          .hazards = {},
          .name_kinds = {},
          .loopback = false,
          .probe = ProbePipe,
          .host = nullptr,
          .join = nullptr};
}

template <Act act, Place place>
constexpr Mechanism Fateful(std::string_view id) {
  Mechanism mechanism = Scripted(id);
  mechanism.host = HostFateful<act, place>;
  mechanism.join = JoinFateful<act, place>;
  return mechanism;
}

template <Twist twist>
constexpr Mechanism Twisted(std::string_view id, std::span<const v1::Pattern::Kind> patterns) {
  Mechanism mechanism = Scripted(id);
  mechanism.patterns = patterns;
  mechanism.host = HostWrapped<TwistedChannel<twist>>;
  mechanism.join = JoinWrapped<TwistedChannel<twist>>;
  return mechanism;
}

// The joining end, which only sends back or receives, is a plain pipe.
Mechanism Stalls() {
  Mechanism mechanism = Scripted("stalls");
  mechanism.host = HostWrapped<StallingChannel>;
  mechanism.join = [](const ChannelSpec& spec, ChannelOffer offer) {
    return Pipe().join(spec, std::move(offer));
  };
  return mechanism;
}

Mechanism NotHere() {
  Mechanism mechanism = Scripted("not_here");
  mechanism.probe = ProbeNotHere;
  mechanism.host = HostLeaving;
  return mechanism;
}

Mechanism LeavesShm() {
  Mechanism mechanism = Scripted("leaves_shm");
  mechanism.name_kinds = kLeftKinds;
  mechanism.host = HostLeaving;
  mechanism.join = [](const ChannelSpec& spec, ChannelOffer offer) {
    return Pipe().join(spec, std::move(offer));
  };
  return mechanism;
}

const std::array kScripted = {
    Fateful<Act::kExit3, Place::kHost>("exit3_in_host"),
    Fateful<Act::kExit3, Place::kJoin>("exit3_in_join"),
    Fateful<Act::kExit3, Place::kSend>("exit3_in_send"),
    Fateful<Act::kExit3, Place::kReceive>("exit3_in_receive"),
    Fateful<Act::kSegv, Place::kHost>("segv_in_host"),
    Fateful<Act::kSegv, Place::kJoin>("segv_in_join"),
    Fateful<Act::kSegv, Place::kSend>("segv_in_send"),
    Fateful<Act::kSegv, Place::kReceive>("segv_in_receive"),
    Fateful<Act::kKill, Place::kHost>("kill_in_host"),
    Fateful<Act::kKill, Place::kJoin>("kill_in_join"),
    Fateful<Act::kKill, Place::kSend>("kill_in_send"),
    Fateful<Act::kKill, Place::kReceive>("kill_in_receive"),
    Fateful<Act::kStop, Place::kHost>("stop_in_host"),
    Fateful<Act::kStop, Place::kJoin>("stop_in_join"),
    Fateful<Act::kStop, Place::kSend>("stop_in_send"),
    Fateful<Act::kStop, Place::kReceive>("stop_in_receive"),
    Fateful<Act::kHang, Place::kHost>("hang_in_host"),
    Fateful<Act::kHang, Place::kJoin>("hang_in_join"),
    Fateful<Act::kHang, Place::kSend>("hang_in_send"),
    Fateful<Act::kHang, Place::kReceive>("hang_in_receive"),
    Fateful<Act::kError, Place::kHost>("error_in_host"),
    Fateful<Act::kError, Place::kJoin>("error_in_join"),
    Fateful<Act::kError, Place::kSend>("error_in_send"),
    Fateful<Act::kError, Place::kReceive>("error_in_receive"),
    Twisted<Twist::kDrop>("drops", kStreamOnly),
    Twisted<Twist::kSwap>("swaps", kStreamOnly),
    Twisted<Twist::kDuplicate>("duplicates", kBothPatterns),
    Twisted<Twist::kCorrupt>("corrupts", kBothPatterns),
    Stalls(),
    LeavesShm(),
    NotHere(),
};

}  // namespace

std::span<const Mechanism* const> ScriptedMechanisms() {
  static const std::vector<const Mechanism*> mechanisms = [] {
    const auto real = AllMechanisms();
    std::vector<const Mechanism*> all(real.begin(), real.end());
    for (const Mechanism& scripted : kScripted) all.push_back(&scripted);
    return all;
  }();
  return mechanisms;
}

}  // namespace ipclab
