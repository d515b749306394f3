// What two children of one parent pass messages over: each wire made of the bare calls that the
// lab's mechanism of the same name uses, and nothing else. Made by the parent before it forks; each
// child then says which end it is.
#pragma once

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/msg.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <span>
#include <vector>

#include "common/unique_fd.h"

namespace ipclab::bench {

// By read and write on a descriptor for each way.
class DescriptorWire {
 public:
  void BeFirst() { Be(0); }
  void BeSecond() { Be(1); }
  bool Send(std::span<const std::byte> message) {
    return ::write(out_, message.data(), message.size()) == static_cast<ssize_t>(message.size());
  }
  bool Receive(std::span<std::byte> message) {
    return ::read(in_, message.data(), message.size()) == static_cast<ssize_t>(message.size());
  }

 protected:
  struct End {
    UniqueFd in;
    UniqueFd out;  // none: in is for both ways
  };
  std::array<End, 2> ends_;

 private:
  // Nobody holds the other one's end, or its death would go unnoticed.
  void Be(size_t end) {
    ends_[1 - end] = End();
    in_ = ends_[end].in.get();
    out_ = ends_[end].out ? ends_[end].out.get() : in_;
  }

  int in_ = -1;
  int out_ = -1;
};

class PipeWire : public DescriptorWire {
 public:
  bool Make(size_t bytes);
};

class FifoWire : public DescriptorWire {
 public:
  bool Make(size_t bytes);
};

template <int kType>
class UnixWire : public DescriptorWire {
 public:
  bool Make(size_t) {
    int fds[2];
    if (::socketpair(AF_UNIX, kType | SOCK_CLOEXEC, 0, fds) != 0) return false;
    ends_[0].in.Reset(fds[0]);
    ends_[1].in.Reset(fds[1]);
    return true;
  }
};

// Over the loopback interface, without delay.
class TcpWire : public DescriptorWire {
 public:
  bool Make(size_t bytes);
};

// Two queues, gone by name as soon as they are open.
class PosixMqWire {
 public:
  bool Make(size_t bytes);
  void BeFirst() { Be(0); }
  void BeSecond() { Be(1); }
  bool Send(std::span<const std::byte> message);
  bool Receive(std::span<std::byte> message);

 private:
  void Be(size_t end) { in_ = queues_[1 - end].get(), out_ = queues_[end].get(); }

  std::array<UniqueFd, 2> queues_;
  int in_ = -1;
  int out_ = -1;
};

// Two queues, removed by the parent at the end.
class SysvMqWire {
 public:
  SysvMqWire() = default;
  SysvMqWire(const SysvMqWire&) = delete;
  SysvMqWire& operator=(const SysvMqWire&) = delete;
  ~SysvMqWire() {
    for (const int queue : queues_) {
      if (queue >= 0) ::msgctl(queue, IPC_RMID, nullptr);
    }
  }

  bool Make(size_t bytes);
  void BeFirst() { Be(0); }
  void BeSecond() { Be(1); }
  bool Send(std::span<const std::byte> message) {
    std::memcpy(Text(), message.data(), message.size());
    return ::msgsnd(out_, buffer_.data(), message.size(), 0) == 0;
  }
  bool Receive(std::span<std::byte> message) {
    if (::msgrcv(in_, buffer_.data(), message.size(), 0, 0) !=
        static_cast<ssize_t>(message.size())) {
      return false;
    }
    std::memcpy(message.data(), Text(), message.size());
    return true;
  }

 private:
  void Be(size_t end) { in_ = queues_[1 - end], out_ = queues_[end]; }
  long* Text() { return buffer_.data() + 1; }

  std::array<int, 2> queues_ = {-1, -1};
  std::vector<long> buffer_;  // the type, then the text
  int in_ = -1;
  int out_ = -1;
};

}  // namespace ipclab::bench
