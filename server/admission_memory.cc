#include "server/admission_memory.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/pages.h"
#include "server/errors.h"
#include "server/program/program_plan.h"
#include "server/program/program_spawn.h"

namespace ipclab {
namespace {

// Measured: of its own a parked worker has 92 KiB, one at work 288 KiB, and the kernel keeps 92 KiB
// for it (stack, page tables, descriptors). Rounded up.
constexpr int64_t kWorkerBytes = 512 << 10;

// What the workers of an exploration remember of their runs, together; see worker/program/runner.h.
constexpr int64_t kRememberedBytes = 24 << 20;

// Rounded up, so that nobody is told to make room for less than is needed.
std::string Mebibytes(int64_t bytes) {
  constexpr int64_t kMebibyte = 1 << 20;
  return absl::StrCat(bytes / kMebibyte + (bytes % kMebibyte != 0 ? 1 : 0), " MiB");
}

}  // namespace

int64_t MemoryNeeded(const ExperimentPlan& plan) {
  const auto workers = static_cast<int64_t>(plan.shape.roles.size());
  const int64_t fixed =
      static_cast<int64_t>(PagesBytes(static_cast<int>(workers))) + workers * kWorkerBytes;
  if (plan.program) {
    return fixed + ExtraBytesOf(plan) + (plan.runs ? kRememberedBytes : 0);
  }
  int64_t ends = 0;
  for (const LinkShape& link : plan.shape.links) {
    ends += static_cast<int64_t>(link.senders.size());
    // Who is both has its messages once.
    if (link.receivers != link.senders) ends += static_cast<int64_t>(link.receivers.size());
  }
  return fixed + ends * 2 * plan.spec.measure().message_bytes();
}

absl::Status CheckMemory(int64_t needed, int64_t in_use, int64_t limit) {
  if (needed <= limit - in_use) return absl::OkStatus();
  const std::string demand = absl::StrCat("the experiment may need ", Mebibytes(needed));
  if (needed > limit) {
    return QuotaExceeded("memory",
                         absl::StrCat(demand, ", and this server has ", limit >> 20,
                                      " MiB for all experiments; use smaller messages"),
                         absl::Seconds(1));
  }
  return QuotaExceeded(
      "memory",
      absl::StrCat(demand, ", and those that live may need ", Mebibytes(in_use), " of the ",
                   limit >> 20,
                   " MiB that this server has for them; wait for some to end, cancel "
                   "some, or use smaller messages"),
      absl::Seconds(1));
}

}  // namespace ipclab
