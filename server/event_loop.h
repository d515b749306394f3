// The engine's ears: one epoll thread that turns readable descriptors and due timers into closures
// on the strand. Everything but Post and Stop is called on the strand only.
//
// Usage:
//   EventLoop loop;
//   loop.Post([&] { id = loop.Watch(fd, [&] { ReadAll(fd); }); });
#pragma once

#include <sys/epoll.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <thread>
#include <unordered_map>

#include "absl/time/time.h"
#include "common/unique_fd.h"
#include "server/strand.h"

namespace ipclab {

class EventLoop {
 public:
  using WatchId = uint64_t;
  using TimerId = uint64_t;

  EventLoop();
  ~EventLoop();  // as Stop

  // Runs the closure on the strand, perhaps at once on this thread. Thread safe.
  void Post(Strand::Closure closure) { strand_.Post(std::move(closure)); }

  // Ends the thread: no watch or timer fires afterwards. Not from the strand.
  void Stop();

  // Calls on_ready each time that fd is ready for events, until Unwatch. on_ready must read until
  // there is nothing, or be content to be called again.
  WatchId Watch(int fd, std::function<void()> on_ready, uint32_t events = EPOLLIN);

  // Before the descriptor is closed; 0 and unknown ids are ignored.
  void Unwatch(WatchId id);

  // Calls closure once, after delay.
  TimerId After(absl::Duration delay, Strand::Closure closure);

  // 0, fired and unknown ids are ignored.
  void CancelTimer(TimerId id);

  // Lends this thread to the loop until done, for at most so long: what it waits for then comes to
  // it at once, where the loop's own thread would have to be woken first. Returns at once when
  // another thread helps already. Any thread but those on the strand; done is set on the strand.
  void Help(absl::Duration limit, const std::atomic<bool>& done);

 private:
  struct WatchEntry {
    int fd;
    uint32_t events;
    std::function<void()> on_ready;
  };

  void Run();
  // False when one of them says that the loop stops.
  bool Dispatch(std::span<const epoll_event> events);
  void OnReady(WatchId id);
  void OnTimer();
  void ArmTimer();

  Strand strand_;
  UniqueFd epoll_;
  UniqueFd timer_;
  UniqueFd wake_;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> helped_ = false;

  // Strand only.
  std::unordered_map<WatchId, WatchEntry> watches_;
  std::map<std::pair<absl::Time, TimerId>, Strand::Closure> timers_;
  std::unordered_map<TimerId, absl::Time> timer_times_;
  uint64_t next_id_ = 16;  // the first few are the loop's own

  std::thread thread_;
};

}  // namespace ipclab
