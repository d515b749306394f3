// What mechanisms of a kind say alike about objects of lab programs, for their records.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "worker/mechanism.h"

namespace ipclab {

inline constexpr std::array kCarriesCells = {v1::ProgramObject::CELLS};
inline constexpr std::array kCarriesChannel = {v1::ProgramObject::CHANNEL};
inline constexpr std::array kCarriesMutex = {v1::ProgramObject::MUTEX};
inline constexpr std::array kCarriesRwLock = {v1::ProgramObject::RWLOCK};
inline constexpr std::array kCarriesLocks = {v1::ProgramObject::MUTEX, v1::ProgramObject::RWLOCK};
inline constexpr std::array kCarriesSemaphore = {v1::ProgramObject::SEMAPHORE};
inline constexpr std::array kCarriesSemaphoreAndMutex = {v1::ProgramObject::SEMAPHORE,
                                                         v1::ProgramObject::MUTEX};

// What a pthread object says of itself.
inline constexpr std::string_view kPthreadTellsNothing =
    "no call tells how it stands, and what lies in it is the library's own";

// Who sees the records of a channel that wait.
enum class SeenBy { kReceivers, kAll };

// Records that wait, counted by the kernel in bytes or in messages.
constexpr ProgramFacts ChannelFacts(
    std::string_view view, int64_t depth_per_record, SeenBy seen_by,
    v1::Mechanism::Discipline discipline = v1::Mechanism::IN_ORDER) {
  return {.carries = kCarriesChannel,
          .view = view,
          .discipline = discipline,
          .depth_per_record = depth_per_record,
          .is_seen_by_senders = seen_by == SeenBy::kAll};
}

// Records that nobody counts. hops: see ProgramFacts.
constexpr ProgramFacts UnseenChannelFacts(std::string_view why, bool hops) {
  return {.carries = kCarriesChannel,
          .view_absent = why,
          .discipline = v1::Mechanism::IN_ORDER,
          .hops = hops};
}

// A word of shared memory that the lab's own code locks by.
constexpr ProgramFacts LockWordFacts(std::string_view view) {
  return {.carries = kCarriesMutex, .view = view};
}

}  // namespace ipclab
