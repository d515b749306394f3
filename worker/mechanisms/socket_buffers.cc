#include "worker/mechanisms/socket_buffers.h"

#include <sys/socket.h>

#include <algorithm>
#include <climits>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"
#include "worker/mechanisms/kernel_limit.h"
#include "worker/option.h"

namespace ipclab {
namespace {

// What a small message takes of a send buffer at most, with the kernel's own structures; four times
// that, as a socket is only writable while a quarter of it is used.
constexpr int64_t kRecordCost = 4 * 1280;

constexpr int64_t kFactor = 2;  // socket(7): the kernel doubles what it is asked for

struct Buffer {
  int option;
  const char* name;    // of our option
  const char* sysctl;  // bounds it
  const char* file;    // the same in /proc/sys
};

constexpr Buffer kSend = {SO_SNDBUF, "send_buffer", "net.core.wmem_max", "net/core/wmem_max"};
constexpr Buffer kReceive = {SO_RCVBUF, "receive_buffer", "net.core.rmem_max", "net/core/rmem_max"};

// A network namespace of its own may hide the sysctl, but not what it does.
int64_t MostOf(const Buffer& buffer) {
  if (const auto most = ReadSysctl(buffer.file)) return *most;
  const UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const int plenty = INT_MAX / kFactor;
  ::setsockopt(socket.get(), SOL_SOCKET, buffer.option, &plenty, sizeof plenty);
  return std::max(BufferOf(socket.get(), buffer.option) / kFactor, int64_t{0});
}

void AddOption(Probe& probe, const Buffer& buffer, std::string_view what) {
  const int64_t most = MostOf(buffer);
  probe.limits.push_back(
      MakeLimit(absl::StrCat("largest ", buffer.name, ", bytes"), most, buffer.sysctl));
  probe.options.push_back(
      IntegerOption(buffer.name, 0, 0, most,
                    absl::StrCat(std::string(what), ", at most ", buffer.sysctl,
                                 "; 0: the kernel's default. The kernel doubles it for its own "
                                 "structures, and has a least")));
}

absl::Status Set(int fd, std::string_view id, const Buffer& buffer, int64_t asked) {
  const int value = static_cast<int>(std::min<int64_t>(asked, INT_MAX));
  if (::setsockopt(fd, SOL_SOCKET, buffer.option, &value, sizeof value) != 0) {
    return ErrnoStatus(absl::StrCat("setsockopt ", buffer.name), std::string(id));
  }
  const int64_t got = BufferOf(fd, buffer.option) / kFactor;  // more where less than the least
  if (got >= asked) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat(std::string(id), ": ", buffer.name, " ", asked,
                                                   " asked, ", got, " got; ", buffer.sysctl,
                                                   " is the most, raise it"));
}

}  // namespace

int64_t MostSendBuffer() { return MostOf(kSend); }
int64_t MostReceiveBuffer() { return MostOf(kReceive); }

void AddBufferOptions(Probe& probe, std::string_view receive_buffer) {
  AddOption(probe, kSend, "Bytes that wait at the sender or on their way (SO_SNDBUF)");
  AddOption(probe, kReceive, receive_buffer);
}

absl::Status SetBuffers(int fd, std::string_view id, const ChannelSpec& spec) {
  for (const Buffer* const buffer : {&kSend, &kReceive}) {
    const int64_t asked = spec.IntegerOption(buffer->name);
    if (asked == 0) continue;
    if (absl::Status status = Set(fd, id, *buffer, asked); !status.ok()) return status;
  }
  return spec.records > 0 ? MakeRoomForRecords(fd, id, spec.records) : absl::OkStatus();
}

absl::Status MakeRoomForRecords(int fd, std::string_view id, int records) {
  const int64_t needed = records * kRecordCost;
  if (BufferOf(fd, kSend.option) >= needed) return absl::OkStatus();
  absl::Status status = Set(fd, id, kSend, needed / kFactor);
  if (!absl::IsResourceExhausted(status)) return status;
  return absl::ResourceExhaustedError(
      absl::StrCat(status.message(), ", for ", records, " records; let the channel hold fewer"));
}

int64_t BufferOf(int fd, int option) {
  int value = 0;
  socklen_t size = sizeof value;
  return ::getsockopt(fd, SOL_SOCKET, option, &value, &size) == 0 ? value : -1;
}

absl::Status MakeRoomForRecord(int fd, std::string_view id, const ChannelSpec& spec,
                               int64_t kernel_bytes) {
  const int64_t needed = spec.message_bytes + kernel_bytes;
  const int64_t has = BufferOf(fd, SO_SNDBUF);
  if (has >= needed) return absl::OkStatus();
  if (spec.IntegerOption(kSend.name) == 0) {
    return Set(fd, id, kSend, (needed + kFactor - 1) / kFactor);
  }
  return absl::InvalidArgumentError(
      absl::StrCat(std::string(id), ": a record of ", spec.message_bytes,
                   " bytes needs a send_buffer of ", (needed + kFactor - 1) / kFactor,
                   " at least, ", spec.IntegerOption(kSend.name), " was asked"));
}

}  // namespace ipclab
