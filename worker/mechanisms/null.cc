// null: moves nothing. What a measurement of it shows is the floor of the harness itself.

#include <algorithm>
#include <array>
#include <cerrno>

#include "worker/mechanism.h"

namespace ipclab {
namespace {

// Holds the beginning of one message, as much as any pattern's header and stamp need; the rest is
// where the one worker that is both ends has put it already.
class NullChannel final : public Channel {
 public:
  IoStatus Send(std::span<const std::byte> message) override {
    if (full_) return Fail(EDEADLK);  // There is nobody else who could make room.
    held_ = std::min(message.size(), beginning_.size());
    std::copy_n(message.begin(), held_, beginning_.begin());
    full_ = true;
    return IoStatus::kOk;
  }

  IoStatus Receive(std::span<std::byte> message) override {
    if (!full_) return Fail(EDEADLK);
    std::copy_n(beginning_.begin(), std::min(message.size(), held_), message.begin());
    full_ = false;
    return IoStatus::kOk;
  }

  IoStatus TrySend(std::span<const std::byte> message) override {
    return full_ ? IoStatus::kWouldBlock : Send(message);
  }
  IoStatus TryReceive(std::span<std::byte> message) override {
    return full_ ? Receive(message) : IoStatus::kWouldBlock;
  }

  absl::StatusOr<int64_t> Depth() const override { return full_ ? 1 : 0; }

 private:
  std::array<std::byte, 16> beginning_ = {};
  size_t held_ = 0;
  bool full_ = false;
};

Probe ProbeNull() { return {}; }

absl::StatusOr<Hosted> HostNull(const ChannelSpec&) {
  return Hosted{std::make_unique<NullChannel>(), {}};
}

constexpr std::array kPatterns = {v1::Pattern::ROUND_TRIP, v1::Pattern::STREAM};
constexpr std::array<std::string_view, 1> kHazards = {
    "Nothing crosses a process border: its figures are the harness's own cost, to be read beside "
    "those of the others."};

}  // namespace

extern constinit const Mechanism kNull = {
    .id = "null",
    .family = v1::Mechanism::MESSAGE,
    .summary = "Nothing: the floor of the harness itself",
    .facts = {.model = v1::Mechanism::MESSAGE_PASSING,
              .interface = v1::Mechanism::LAB,
              .direction = v1::Mechanism::TWO_WAYS,
              .scope = v1::Mechanism::RELATED_PROCESSES,
              .persistence = v1::Mechanism::PROCESS,
              .peer_loss = v1::Mechanism::UNNOTICED,
              .keeps_borders = true,
              .access = "nobody else: one worker is both ends"},
    .patterns = kPatterns,
    .hazards = kHazards,
    .name_kinds = {},
    .loopback = true,
    .probe = ProbeNull,
    .host = HostNull,
    .join = nullptr,
};

}  // namespace ipclab
