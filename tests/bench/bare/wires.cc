#include "tests/bench/bare/wires.h"

#include <fcntl.h>
#include <mqueue.h>
#include <sys/stat.h>

#include <string>

namespace ipclab::bench {

bool PipeWire::Make(size_t) {
  for (size_t way = 0; way < 2; ++way) {
    int fds[2];
    if (::pipe2(fds, O_CLOEXEC) != 0) return false;
    ends_[1 - way].in.Reset(fds[0]);
    ends_[way].out.Reset(fds[1]);
  }
  return true;
}

bool FifoWire::Make(size_t) {
  char folder[] = "/tmp/ipclab-bench-XXXXXX";
  if (::mkdtemp(folder) == nullptr) return false;
  bool made = true;
  for (size_t way = 0; way < 2; ++way) {
    const std::string path = std::string(folder) + "/" + std::to_string(way);
    made = made && ::mkfifo(path.c_str(), 0600) == 0;
    UniqueFd& in = ends_[1 - way].in;
    UniqueFd& out = ends_[way].out;
    // A reader that does not wait comes first, or each open would wait for the other one.
    if (made) in.Reset(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    if (in) out.Reset(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    ::unlink(path.c_str());
    made = in && out && ::fcntl(in.get(), F_SETFL, 0) == 0;
  }
  ::rmdir(folder);
  return made;
}

bool TcpWire::Make(size_t) {
  const UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  ends_[0].in.Reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::bind(listener.get(), any, size) != 0 || ::listen(listener.get(), 1) != 0 ||
      ::getsockname(listener.get(), any, &size) != 0 ||
      ::connect(ends_[0].in.get(), any, size) != 0) {
    return false;
  }
  ends_[1].in.Reset(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  const int on = 1;
  for (const End& end : ends_) {
    if (::setsockopt(end.in.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) return false;
  }
  return true;
}

bool PosixMqWire::Make(size_t bytes) {
  mq_attr attributes = {};
  attributes.mq_maxmsg = 10;
  attributes.mq_msgsize = static_cast<long>(bytes);
  for (UniqueFd& queue : queues_) {
    const std::string name = "/ipclab-bench-" + std::to_string(::getpid());
    queue.Reset(::mq_open(name.c_str(), O_CREAT | O_EXCL | O_RDWR, 0600, &attributes));
    if (!queue || ::mq_unlink(name.c_str()) != 0) return false;
  }
  return true;
}

bool PosixMqWire::Send(std::span<const std::byte> message) {
  return ::mq_send(out_, reinterpret_cast<const char*>(message.data()), message.size(), 0) == 0;
}

bool PosixMqWire::Receive(std::span<std::byte> message) {
  return ::mq_receive(in_, reinterpret_cast<char*>(message.data()), message.size(), nullptr) ==
         static_cast<ssize_t>(message.size());
}

bool SysvMqWire::Make(size_t bytes) {
  buffer_.assign(1 + (bytes + sizeof(long) - 1) / sizeof(long), 1);
  for (int& queue : queues_) {
    queue = ::msgget(IPC_PRIVATE, IPC_CREAT | 0600);
    if (queue < 0) return false;
  }
  return true;
}

}  // namespace ipclab::bench
