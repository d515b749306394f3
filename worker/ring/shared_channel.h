// A channel over shared memory that any number of processes may use: one ring, or one for each way,
// in one memory file. What lies there, and how it is used, the layout says; see MpmcLayout,
// SeqlockLayout, BroadcastLayout.
//
//   struct Layout {
//     using Writer = ...;  // TrySend(message), Notify(), futex(), Close()
//     using Reader = ...;  // TryReceive(message), Notify(), futex(), Close(), Depth()
//     static constexpr bool kMayWaitInVain;  // Receive gives up after kLossyPatience
//     size_t bytes() const;             // of one ring, whole pages
//     void Format(void* zeroed) const;  // once, by the host
//     Writer MakeWriter(void* ring) const;
//     Reader MakeReader(void* ring) const;
//   };
//
// futex() is where that side sleeps. Notify() wakes the other side after a transfer. Close() says
// that this end is gone and wakes the other side.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "worker/mechanism.h"
#include "worker/ring/region.h"
#include "worker/ring/reserved_memory.h"
#include "worker/ring/shared_futex.h"

namespace ipclab {

// Repeats attempt until it says something other than kWouldBlock, or patience runs out: asleep in
// between, where those are woken for whom it may have changed.
template <typename Attempt>
IoStatus Await(SharedFutex& futex, Attempt attempt, const timespec* patience = nullptr) {
  while (true) {
    IoStatus status = attempt();
    if (status != IoStatus::kWouldBlock) return status;
    const uint32_t mark = futex.Mark();
    status = attempt();
    if (status != IoStatus::kWouldBlock) return status;
    if (!futex.Sleep(mark, patience)) return attempt();
  }
}

template <typename Layout>
class SharedChannel final : public Channel {
 public:
  using Writer = typename Layout::Writer;
  using Reader = typename Layout::Reader;

  // writer and reader lie in the region: none when this end only receives, or only sends.
  SharedChannel(Region region, std::optional<Writer> writer, std::optional<Reader> reader)
      : region_(std::move(region)), writer_(std::move(writer)), reader_(std::move(reader)) {}

  ~SharedChannel() override {
    if (writer_) writer_->Close();
    if (reader_) reader_->Close();
  }

  absl::Status Connect() override { return region_.Populate(); }

  IoStatus Send(std::span<const std::byte> message) override {
    return Await(writer_->futex(), [&] { return TrySend(message); });
  }

  IoStatus Receive(std::span<std::byte> message) override {
    static constexpr timespec kPatience = {0, std::chrono::nanoseconds(kLossyPatience).count()};
    return Await(
        reader_->futex(), [&] { return TryReceive(message); },
        Layout::kMayWaitInVain ? &kPatience : nullptr);
  }

  IoStatus TrySend(std::span<const std::byte> message) override {
    const IoStatus status = writer_->TrySend(message);
    if (status == IoStatus::kOk) writer_->Notify();
    return status;
  }

  IoStatus TryReceive(std::span<std::byte> message) override {
    const IoStatus status = reader_->TryReceive(message);
    if (status == IoStatus::kOk) reader_->Notify();
    return status;
  }

  absl::StatusOr<int64_t> Depth() const override {
    if (!reader_) return absl::UnimplementedError("this end only sends");
    return reader_->Depth();
  }

  int64_t Retries() const override {
    if constexpr (requires { reader_->torn(); }) {
      return reader_ ? static_cast<int64_t>(reader_->torn()) : 0;
    }
    return 0;
  }

 private:
  Region region_;
  std::optional<Writer> writer_;
  std::optional<Reader> reader_;
};

// One end: the host writes into the first ring, who joins writes into the second.
template <typename Layout>
std::unique_ptr<Channel> MakeSharedEnd(const ChannelSpec& spec, const Layout& layout, Region region,
                                       bool host) {
  std::byte* const first = region.data();
  std::byte* const second = spec.duplex ? first + layout.bytes() : first;
  std::optional<typename Layout::Writer> writer;
  std::optional<typename Layout::Reader> reader;
  if (spec.duplex || spec.sends) writer.emplace(layout.MakeWriter(host ? first : second));
  if (spec.duplex || !spec.sends) reader.emplace(layout.MakeReader(host ? second : first));
  return std::make_unique<SharedChannel<Layout>>(std::move(region), std::move(writer),
                                                 std::move(reader));
}

template <typename Layout>
size_t SharedBytes(const ChannelSpec& spec, const Layout& layout) {
  return (spec.duplex ? 2 : 1) * layout.bytes();
}

// id: of the mechanism, for errors and as the file's label.
template <typename Layout>
absl::StatusOr<Hosted> HostShared(const char* id, const ChannelSpec& spec, const Layout& layout) {
  auto file = ReserveMemory(id, SharedBytes(spec, layout));
  if (!file.ok()) return file.status();
  auto region = Region::Map(file->get(), SharedBytes(spec, layout));
  if (!region.ok()) return region.status();
  layout.Format(region->data());
  if (spec.duplex) layout.Format(region->data() + layout.bytes());
  Hosted hosted;
  hosted.channel = MakeSharedEnd(spec, layout, *std::move(region), /*host=*/true);
  hosted.offer.descriptors.push_back(*std::move(file));
  return hosted;
}

template <typename Layout>
absl::StatusOr<std::unique_ptr<Channel>> JoinShared(const char* id, const ChannelSpec& spec,
                                                    const Layout& layout, ChannelOffer offer) {
  if (offer.descriptors.size() != 1) {
    return absl::InvalidArgumentError(absl::StrCat(id, ": the offer has ", offer.descriptors.size(),
                                                   " descriptors instead of 1"));
  }
  auto region = Region::Map(offer.descriptors.front().get(), SharedBytes(spec, layout));
  if (!region.ok()) return region.status();
  return MakeSharedEnd(spec, layout, *std::move(region), /*host=*/false);
}

}  // namespace ipclab
