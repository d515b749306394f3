#include "worker/mechanisms/cells.h"

#include <new>
#include <utility>

#include "common/clock.h"
#include "worker/mechanisms/kernel_limit.h"
#include "worker/spin.h"

namespace ipclab {
namespace {

class CellChannel final : public Channel {
 public:
  CellChannel(Region region, const ChannelSpec& spec, bool host)
      : region_(std::move(region)),
        in_(host ? cells().to_host : cells().from_host),
        out_(host ? cells().from_host : cells().to_host),
        receives_(spec.duplex || !spec.sends) {}

  IoStatus Send(std::span<const std::byte> message) override { return TrySend(message); }

  // There is always room, and this is the only writer.
  IoStatus TrySend(std::span<const std::byte>) override {
    out_.store(++written_, std::memory_order_release);
    return IoStatus::kOk;
  }

  IoStatus Receive(std::span<std::byte> message) override {
    if (TryReceive(message) == IoStatus::kOk) return IoStatus::kOk;
    return spin_.Until(Spin::kForever, [&] { return TryReceive(message); });
  }

  IoStatus TryReceive(std::span<std::byte>) override {
    const uint64_t value = in_.load(std::memory_order_acquire);
    if (value == seen_) return IoStatus::kWouldBlock;
    seen_ = value;
    return IoStatus::kOk;
  }

  absl::StatusOr<int64_t> Depth() const override {
    if (!receives_) return absl::UnimplementedError("this end only notifies");
    return static_cast<int64_t>(in_.load(std::memory_order_relaxed) - seen_);
  }

 private:
  Cells& cells() const { return *std::launder(reinterpret_cast<Cells*>(region_.data())); }

  const Region region_;
  std::atomic<uint64_t>& in_;
  std::atomic<uint64_t>& out_;
  const bool receives_;
  // Without an end it looks at no clock.
  const Clock clock_ = Clock::System();
  Spin spin_{clock_};
  uint64_t written_ = 0;
  uint64_t seen_ = 0;
};

}  // namespace

std::unique_ptr<Channel> MakeCells(Region region, const ChannelSpec& spec, bool host) {
  return std::make_unique<CellChannel>(std::move(region), spec, host);
}

void DescribeCells(Probe& probe) {
  probe.limits.push_back(
      MakeLimit("memory of one link, a page; bytes", static_cast<int64_t>(kCellsBytes), ""));
}

}  // namespace ipclab
