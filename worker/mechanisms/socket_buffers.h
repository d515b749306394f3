// The options send_buffer and receive_buffer that all sockets have, and the kernel's limits on
// them. Used by the socket mechanisms, in probe, host and join.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "worker/mechanism.h"

namespace ipclab {

// The most that SO_SNDBUF and SO_RCVBUF take from an unprivileged user: the sysctl, or, where it
// cannot be read, what the kernel makes of more.
int64_t MostSendBuffer();
int64_t MostReceiveBuffer();

// Adds both options, and the limits that bound them. receive_buffer: what it does, in words.
void AddBufferOptions(Probe& probe, std::string_view receive_buffer);

// Gives a socket the buffers that were asked; 0 leaves the kernel's own. What was asked and not got
// is RESOURCE_EXHAUSTED, with both numbers and the sysctl. id: the mechanism's.
absl::Status SetBuffers(int fd, std::string_view id, const ChannelSpec& spec);

// Sees to it that so many records of a program's channel can wait, of which the sender pays for
// each. RESOURCE_EXHAUSTED, with the numbers, where the kernel gives less. SetBuffers does it too.
absl::Status MakeRoomForRecords(int fd, std::string_view id, int records);

// The size of the buffer, SO_SNDBUF or SO_RCVBUF, as the kernel counts it: twice what was asked,
// for its own structures count, too. -1 with errno when fd is no socket.
int64_t BufferOf(int fd, int option);

// Sees to it that a record of so many bytes, and the kernel's own room beside it, can be sent. With
// a send_buffer of 0 it is made larger where it must be; INVALID_ARGUMENT where one was asked that
// is too small.
absl::Status MakeRoomForRecord(int fd, std::string_view id, const ChannelSpec& spec,
                               int64_t kernel_bytes);

}  // namespace ipclab
