#include "worker/ring/ring_request.h"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <fstream>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"
#include "worker/mechanisms/kernel_limit.h"
#include "worker/option.h"

namespace ipclab {
namespace {

// Without `slots` a ring of small messages is as large as a first-level cache holds beside other
// things: a line in the other CPU's second-level cache costs twice as much to fetch. One of larger
// messages is as large as a second-level cache holds.
constexpr size_t kUsualSlots = 256;
constexpr size_t kRoom = 256 * 1024;
constexpr size_t kLeastSlots = 4;
constexpr int64_t kMostSlots = 1 << 20;
constexpr int64_t kMostBatch = 4096;

size_t UsualSlots(const RingPlan& plan) {
  // Both ways there is one message under way: the fewer slots, the warmer their lines.
  const size_t most = plan.duplex ? kLeastSlots : kUsualSlots;
  const size_t slots = std::bit_floor(std::clamp(kRoom / plan.layout.stride(), kLeastSlots, most));
  return std::max<size_t>(slots, plan.batch);
}

// The number beside a word of /proc/meminfo.
std::optional<size_t> ReadMemoryInfo(const std::string& word) {
  std::ifstream file("/proc/meminfo");
  std::string line;
  while (std::getline(file, line)) {
    if (line.starts_with(word + ":")) return std::stoull(line.substr(word.size() + 1));
  }
  return std::nullopt;
}

}  // namespace

void AddRingOptions(Probe& probe) {
  probe.options.push_back(
      IntegerOption("slots", 0, 0, kMostSlots,
                    "Messages that the ring holds, rounded up to a power of two; 0: 4 in a "
                    "round trip, else what 256 KiB hold, but "
                    "at least 4 and at most 256"));
  probe.options.push_back(IntegerOption("batch", 1, 1, kMostBatch,
                                        "Messages that are written before they are published "
                                        "together; the rest when the sender waits or ends"));
  probe.options.push_back(BooleanOption(
      "in_place", false,
      "Of a message that is neither verified nor passed on the receiver reads the header alone, "
      "where it lies, and the rest never crosses to its CPU; without it every message is copied "
      "out whole, as from the kernel"));
}

absl::StatusOr<RingPlan> PlanRing(const ChannelSpec& spec) {
  RingPlan plan;
  plan.layout.message_bytes = static_cast<size_t>(spec.message_bytes);
  plan.duplex = spec.duplex;
  plan.batch = static_cast<uint64_t>(spec.IntegerOption("batch"));
  plan.layout.flagged = plan.batch == 1;
  plan.layout.slots = static_cast<size_t>(spec.IntegerOption("slots"));
  if (plan.layout.slots == 0) plan.layout.slots = UsualSlots(plan);
  plan.layout.slots = std::max(plan.layout.slots, static_cast<size_t>(spec.records));
  plan.layout.slots = std::bit_ceil(plan.layout.slots);
  if (spec.BooleanOption("in_place")) plan.taken_out = static_cast<size_t>(spec.bytes_looked_at);
  if (plan.batch > plan.layout.slots) {
    return absl::InvalidArgumentError(absl::StrCat("batch ", plan.batch, " is more than the ",
                                                   plan.layout.slots, " slots of the ring"));
  }
  return plan;
}

absl::StatusOr<RingPlan> PlanHostedRing(const ChannelSpec& spec) {
  auto plan = PlanRing(spec);
  if (!plan.ok()) return plan;
  const auto available = ReadMemoryInfo("MemAvailable");
  if (available && plan->bytes() / 1024 > *available) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "a ring of ", plan->layout.slots, " slots takes ", plan->bytes(), " bytes, the host has ",
        *available * 1024, " available; ask for fewer slots or smaller messages"));
  }
  return plan;
}

absl::Status Reserve(int fd, size_t bytes, std::string_view where, std::string_view remedy) {
  const std::string place(where);
  struct statvfs room;
  if (::fstatvfs(fd, &room) != 0) return ErrnoStatus("fstatvfs", place);
  const size_t free = room.f_bavail * room.f_frsize;
  const auto refusal = [&] {
    return absl::ResourceExhaustedError(absl::StrCat(bytes, " bytes are wanted, ", place, " has ",
                                                     free, " of ", room.f_blocks * room.f_frsize,
                                                     " free; ", std::string(remedy)));
  };
  if (room.f_blocks != 0 && free < bytes) return refusal();  // no blocks: a tmpfs without limit
  int error;
  do {
    error = ::posix_fallocate(fd, 0, static_cast<off_t>(bytes));
  } while (error == EINTR);
  if (error == ENOSPC) return refusal();  // somebody else was faster
  if (error != 0) {
    return ErrnoStatus("posix_fallocate", absl::StrCat(bytes, " bytes in ", place), error);
  }
  return absl::OkStatus();
}

absl::StatusOr<size_t> InHugePages(size_t bytes) {
  const size_t page = ReadMemoryInfo("Hugepagesize").value_or(0) * 1024;
  if (page == 0) return absl::ResourceExhaustedError("this kernel has no huge pages");
  const size_t pages = (bytes + page - 1) / page;
  const size_t free =
      ReadMemoryInfo("HugePages_Free").value_or(0) - ReadMemoryInfo("HugePages_Rsvd").value_or(0);
  if (free < pages) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the ring takes ", pages, " huge pages of ", page, " bytes, ", free,
                     " are free; raise vm.nr_hugepages, or do without huge_pages"));
  }
  return pages * page;
}

void AddHugePageLimits(Probe& probe) {
  if (const auto pages = ReadSysctl("vm/nr_hugepages")) {
    probe.limits.push_back(MakeLimit("huge pages in the pool", *pages, "vm.nr_hugepages"));
  }
}

}  // namespace ipclab
