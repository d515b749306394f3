#include "worker/shared_object.h"

#include "absl/strings/str_cat.h"
#include "worker/ring/reserved_memory.h"

namespace ipclab {
namespace {

// Mapped with every page there: the first use is no page fault.
absl::StatusOr<Region> MapWhole(int file, size_t bytes) {
  auto region = Region::Map(file, bytes);
  if (!region.ok()) return region;
  if (absl::Status status = region->Populate(); !status.ok()) return status;
  return region;
}

}  // namespace

absl::StatusOr<HostedRegion> HostRegion(const char* label, size_t bytes) {
  auto file = ReserveMemory(label, bytes);
  if (!file.ok()) return file.status();
  auto region = MapWhole(file->get(), bytes);
  if (!region.ok()) return region.status();
  HostedRegion hosted{*std::move(region), {}};
  hosted.offer.descriptors.push_back(*std::move(file));
  return hosted;
}

absl::StatusOr<Region> JoinRegion(const char* label, size_t bytes, const ChannelOffer& offer) {
  if (offer.descriptors.size() != 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        label, ": the offer has ", offer.descriptors.size(), " descriptors instead of 1"));
  }
  return MapWhole(offer.descriptors.front().get(), bytes);
}

}  // namespace ipclab
