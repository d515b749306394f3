#include "tests/bench/hand_off.h"

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <utility>

#include "ipclab/internal/control.pb.h"

namespace ipclab::bench {
namespace {

[[noreturn]] void BeWorker(MessageSocket socket, int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  ::sched_setaffinity(0, sizeof set, &set);
  while (true) {
    const auto received = socket.ReceiveBlocking();
    internal::ToWorker command;
    if (!received.ok() || !received->Parse(command).ok()) ::_exit(0);
    internal::FromWorker done;
    done.mutable_leg_done();
    if (!socket.Send(done).ok()) ::_exit(0);
  }
}

}  // namespace

HandOff::HandOff(int cpu) {
  auto ends = MessageSocket::Pair();
  if (!ends.ok()) return;
  child_ = ::fork();
  if (child_ == 0) {
    ends->first.Close();
    BeWorker(std::move(ends->second), cpu);
  }
  socket_ = std::move(ends->first);
}

HandOff::~HandOff() {
  socket_.Close();
  if (child_ > 0) ::waitpid(child_, nullptr, 0);
}

absl::Status HandOff::Do() {
  if (child_ <= 0) return absl::UnavailableError("fork: there is nobody to hand off to");
  internal::ToWorker command;
  command.mutable_leg()->set_messages(1);
  if (absl::Status status = socket_.Send(command); !status.ok()) return status;
  const auto received = socket_.ReceiveBlocking();
  if (!received.ok()) return received.status();
  internal::FromWorker done;
  return received->Parse(done);
}

}  // namespace ipclab::bench
