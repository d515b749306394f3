// How far a semaphore of a lab program counts over a mechanism: post answers EOVERFLOW beyond. Used
// by the workers, who bind it, and by the server, who checks what a program asks for.
#pragma once

#include <climits>
#include <cstdint>
#include <string_view>

namespace ipclab {

// SEMVMX of every Linux for System V; SEM_VALUE_MAX for POSIX, and as much for the others.
constexpr int32_t SemaphoreMaximum(std::string_view mechanism) {
  return mechanism == "sysv_sem" ? 32767 : INT_MAX;
}

}  // namespace ipclab
