// The server's side of the zygote, the one process that starts and reaps workers.
//
// LaunchZygote is the first act of the server, before any thread exists; the Zygote object then
// listens to it on the event loop, and launches a new one should it die. Strand only.
#pragma once

#include <sys/types.h>

#include <deque>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/message_socket.h"
#include "common/unique_fd.h"
#include "ipclab/internal/control.pb.h"
#include "server/event_loop.h"

namespace ipclab {

struct ZygoteProcess {
  pid_t pid = 0;
  UniqueFd pidfd;
  MessageSocket control;  // non-blocking
};

// Starts `binary --zygote` with its control socket as descriptor 3. Usable from any thread: it
// spawns, never forks this process's memory.
absl::StatusOr<ZygoteProcess> LaunchZygote(const std::string& binary);

// Waits for the zygote's first message; blocking, only while the server starts.
// DEADLINE_EXCEEDED, or UNAVAILABLE when it died instead.
absl::StatusOr<internal::Hello> AwaitHello(ZygoteProcess& process, absl::Duration limit);

class Zygote {
 public:
  class Listener {
   public:
    virtual void OnSpawned(const internal::Spawned& spawned, std::vector<UniqueFd> fds) = 0;
    virtual void OnEnded(const internal::Ended& ended) = 0;
    virtual void OnStopped(const internal::Stopped& stopped) = 0;
    virtual void OnReclaimed(const internal::Reclaimed& reclaimed) = 0;
    // The zygote died, and its workers with it. What was sent to it is lost; a new one is coming.
    virtual void OnZygoteLost() = 0;

   protected:
    ~Listener() = default;
  };

  // One that leaves a request unanswered for so long, and says nothing else, is as good as dead.
  static constexpr absl::Duration kDeafLimit = absl::Seconds(5);

  // Nothing is heard before Listen.
  Zygote(EventLoop& loop, std::string binary, ZygoteProcess process, Listener& listener,
         absl::Duration deaf_limit = kDeafLimit);
  // After loop.Stop(). Closes the control socket, upon which the zygote kills what is left and
  // exits, and waits for that, a second at most.
  ~Zygote();

  void Listen();

  // Never blocks: what the socket does not take now is sent as soon as it does. A zygote that does
  // not answer is killed, and replaced as a dead one is.
  void Send(const internal::ToZygote& message);

  // 0 while there is none.
  pid_t pid() const { return process_.pid; }

 private:
  void OnReadable();
  void Dispatch(internal::FromZygote message, std::vector<UniqueFd> fds);
  void Flush();
  void CheckHearing();
  void OnLost();
  void Relaunch();

  EventLoop& loop_;
  const std::string binary_;
  ZygoteProcess process_;
  Listener& listener_;
  const absl::Duration deaf_limit_;
  EventLoop::WatchId watch_ = 0;
  int unanswered_ = 0;
  absl::Time last_heard_;  // or first waited for
  EventLoop::TimerId hearing_timer_ = 0;
  std::deque<std::string> unsent_;
  EventLoop::TimerId flush_timer_ = 0;
  EventLoop::TimerId relaunch_timer_ = 0;
};

}  // namespace ipclab
