#include "worker/mechanisms/cma_way.h"

#include <sys/uio.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"

namespace ipclab {
namespace {

using Call = decltype(&::process_vm_readv);

// Moves all of local from or to address in the process. 0 or errno.
int Move(Call call, pid_t process, std::span<std::byte> local, uint64_t address) {
  while (true) {
    const iovec here = {local.data(), local.size()};
    const iovec there = {reinterpret_cast<void*>(address), local.size()};
    const ssize_t moved = call(process, &here, 1, &there, 1, 0);
    if (moved == static_cast<ssize_t>(local.size())) [[likely]] {
      return 0;
    }
    if (moved > 0) {  // one call moves less than 2 GiB
      local = local.subspan(static_cast<size_t>(moved));
      address += static_cast<uint64_t>(moved);
    } else if (moved == 0 || errno != EINTR) {
      return moved == 0 ? EFAULT : errno;
    }
  }
}

// The other process is gone, or it has unmapped its slots, which it says before it does so.
IoStatus Lost(int error, const std::atomic<uint32_t>& closed) {
  const bool gone = error == ESRCH || (error == EFAULT && closed.load() != 0);
  return gone ? IoStatus::kPeerClosed : IoStatus::kError;
}

}  // namespace

int CmaSlots::Write(uint32_t number, std::span<const std::byte> message) const {
  const size_t offset = (number & (count - 1)) * bytes;
  if (own) {
    std::memcpy(own.data() + offset, message.data(), message.size());
    return 0;
  }
  // The call only reads what it is to write elsewhere, though its type does not say so.
  return Move(::process_vm_writev, peer, {const_cast<std::byte*>(message.data()), message.size()},
              address + offset);
}

int CmaSlots::Read(uint32_t number, std::span<std::byte> message) const {
  const size_t offset = (number & (count - 1)) * bytes;
  if (own) {
    std::memcpy(message.data(), own.data() + offset, message.size());
    return 0;
  }
  return Move(::process_vm_readv, peer, message, address + offset);
}

absl::Status CmaSlots::Try() const {
  if (own) return absl::OkStatus();
  std::byte first;
  const int error = Move(::process_vm_readv, peer, {&first, 1}, address);
  if (error == 0) return absl::OkStatus();
  return ErrnoStatus("process_vm_readv", absl::StrCat("process ", peer), error);
}

CmaSender::~CmaSender() {
  way_.sender_closed.store(1, std::memory_order_release);
  way_.for_receiver.Wake();
}

IoStatus CmaSender::Send(std::span<const std::byte> message, bool wait, int& error) {
  const auto closed = [this] { return way_.receiver_closed.load(std::memory_order_acquire) != 0; };
  const auto full = [this] {
    return sent_ - way_.received.load(std::memory_order_acquire) == slots_.count;
  };
  while (full() && !closed()) {
    if (!wait) return IoStatus::kWouldBlock;
    const uint32_t mark = way_.for_sender.Mark();
    if (full() && !closed()) way_.for_sender.Sleep(mark);
  }
  if (closed()) return IoStatus::kPeerClosed;
  if ((error = slots_.Write(sent_, message)) != 0) return Lost(error, way_.receiver_closed);
  way_.sent.store(++sent_, std::memory_order_release);
  way_.for_receiver.Wake();
  return IoStatus::kOk;
}

CmaReceiver::~CmaReceiver() {
  way_.receiver_closed.store(1, std::memory_order_release);
  way_.for_sender.Wake();
  // The other process may be writing into the slots at this moment, and must not hit what would be
  // mapped there next: they go with this process.
  if (way_.sender_closed.load(std::memory_order_acquire) == 0) slots_.own.Abandon();
}

IoStatus CmaReceiver::Receive(std::span<std::byte> message, bool wait, int& error) {
  const auto empty = [this] { return way_.sent.load(std::memory_order_acquire) == received_; };
  const auto closed = [this] { return way_.sender_closed.load(std::memory_order_acquire) != 0; };
  while (empty()) {
    // What was sent before the sender closed is seen once that it closed is.
    if (closed()) {
      if (empty()) return IoStatus::kPeerClosed;
      break;
    }
    if (!wait) return IoStatus::kWouldBlock;
    const uint32_t mark = way_.for_receiver.Mark();
    if (empty() && !closed()) way_.for_receiver.Sleep(mark);
  }
  if ((error = slots_.Read(received_, message)) != 0) return Lost(error, way_.sender_closed);
  // A sender says that it closes before it unmaps its slots: what was read may not be the message.
  if (!slots_.own && closed()) return IoStatus::kPeerClosed;
  way_.received.store(++received_, std::memory_order_release);
  way_.for_sender.Wake();
  return IoStatus::kOk;
}

}  // namespace ipclab
