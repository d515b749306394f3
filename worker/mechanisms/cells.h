// The cells of lab programs as events: two numbers in shared memory, one for each way, which their
// writer counts up and their reader looks at. Made by the mechanisms of the family MEMORY, each
// with its own way to share the memory.
//
// A cell holds its newest value only: what the reader did not see in time is merged into the next.
// It tells nobody that it was written, so that Receive looks again and again.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "common/pages.h"
#include "worker/channel.h"
#include "worker/mechanism.h"
#include "worker/ring/region.h"

namespace ipclab {

// Zero bytes are a valid start. On lines of their own, or the writer of one would slow the reader
// of the other down.
struct Cells {
  alignas(2 * kCacheLine) std::atomic<uint64_t> from_host;
  alignas(2 * kCacheLine) std::atomic<uint64_t> to_host;
};
static_assert(std::atomic<uint64_t>::is_always_lock_free);

// What they take: a page.
inline constexpr size_t kCellsBytes = RoundToPages(sizeof(Cells));

// The end that spec asks for.
std::unique_ptr<Channel> MakeCells(Region region, const ChannelSpec& spec, bool host);

// The limits that all cells have.
void DescribeCells(Probe& probe);

// What all of them have in their records.
inline constexpr std::array kCellPatterns = {v1::Pattern::HAND_OFF, v1::Pattern::NOTIFY};
inline constexpr std::string_view kCellsOrder = "the newest value only";
inline constexpr std::string_view kCellsWakeNobody =
    "A cell cannot wake anybody: its reader looks again and again, and burns a CPU for it even "
    "under BLOCK, which only offers the CPU to others by sched_yield after a while.";
inline constexpr std::string_view kCellsKeepOne =
    "It holds the newest value only: what was written over before anybody looked has never been.";
inline constexpr std::string_view kCellsAreWords =
    "Only an aligned word is read whole, and only an atomic one in order with what lies around it; "
    "a struct may be seen half written.";
inline constexpr std::string_view kCellsTellNoDeath =
    "Nothing tells a process that the one on the other side was killed: it looks for ever.";

}  // namespace ipclab
