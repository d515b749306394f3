// The contents of a message when verify_payload is asked for: bytes that depend on the sequence
// number and on their place, so that a wrong, shifted or stale one shows. Never between two clock
// reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ipclab {

void FillPayload(std::span<std::byte> payload, uint64_t sequence);

// True when payload is what FillPayload writes for this sequence number.
bool PayloadMatches(std::span<const std::byte> payload, uint64_t sequence);

}  // namespace ipclab
