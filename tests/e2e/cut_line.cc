#include "tests/e2e/cut_line.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace ipclab {
namespace {

sockaddr_un AddressOf(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  EXPECT_LT(path.size(), sizeof(address.sun_path));
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  return address;
}

UniqueFd Socket() { return UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

}  // namespace

CutLine::CutLine(std::string path, std::string target)
    : path_(std::move(path)),
      target_(std::move(target)),
      listener_(Socket()),
      stop_(::eventfd(0, EFD_CLOEXEC)) {
  const sockaddr_un address = AddressOf(path_);
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  EXPECT_EQ(::bind(listener_.get(), generic, sizeof(address)), 0) << errno;
  EXPECT_EQ(::listen(listener_.get(), 16), 0) << errno;
  thread_ = std::thread([this] { Run(); });
}

CutLine::~CutLine() {
  ::eventfd_write(stop_.get(), 1);
  thread_.join();
  ::unlink(path_.c_str());
}

void CutLine::Cut() {
  const std::lock_guard lock(mutex_);
  cut_ = true;
  for (const auto& [end, other] : others_) ::shutdown(end, SHUT_RDWR);
}

void CutLine::Mend() {
  const std::lock_guard lock(mutex_);
  cut_ = false;
}

void CutLine::Run() {
  while (true) {
    std::vector<pollfd> events = {{stop_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}};
    {
      const std::lock_guard lock(mutex_);
      for (const auto& [end, other] : others_) events.push_back({end, POLLIN, 0});
    }
    if (::poll(events.data(), events.size(), -1) < 0) continue;
    if (events[0].revents != 0) return;
    if (events[1].revents != 0) Accept();
    for (size_t i = 2; i < events.size(); ++i) {
      if (events[i].revents != 0) Carry(events[i].fd);
    }
  }
}

void CutLine::Accept() {
  UniqueFd near(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  UniqueFd far = Socket();
  const sockaddr_un address = AddressOf(target_);
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  const std::lock_guard lock(mutex_);
  if (cut_ || ::connect(far.get(), generic, sizeof(address)) != 0) return;
  const int near_end = near.get();
  const int far_end = far.get();
  others_[near_end] = {std::move(near), far_end};
  others_[far_end] = {std::move(far), near_end};
}

// The end of one direction is the end of both.
void CutLine::Carry(int from) {
  const std::lock_guard lock(mutex_);
  const auto end = others_.find(from);
  if (end == others_.end()) return;  // its other has just ended
  const int to = end->second.second;
  std::array<char, 65536> buffer;
  const ssize_t got = ::recv(from, buffer.data(), buffer.size(), 0);
  if (got > 0 && ::send(to, buffer.data(), static_cast<size_t>(got), MSG_NOSIGNAL) == got) return;
  others_.erase(to);
  others_.erase(from);
}

}  // namespace ipclab
