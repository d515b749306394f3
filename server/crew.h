// The worker processes of one experiment, from their spawn to the last one's end: connecting them,
// starting legs, and finding the first cause when something goes wrong.
//
// Strand only. Owned by its experiment. A crew that was started must be gone (OnGone) before it is
// destroyed; a destructor that comes earlier kills what is left.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/mapping.h"
#include "common/message_socket.h"
#include "common/unique_fd.h"
#include "ipclab/internal/control.pb.h"
#include "ipclab/v1/experiment.pb.h"
#include "server/event_loop.h"
#include "server/zygote.h"

namespace ipclab {

class Crew {
 public:
  class Listener {
   public:
    virtual void OnStarted(const std::vector<int>& pids) = 0;
    // Every link is joined: legs may start.
    virtual void OnConnected() = 0;
    // All workers have ended the leg; the pages hold its figures.
    virtual void OnLegDone() = 0;
    virtual void OnWorkerEnd(int index, const v1::End& end) = 0;
    // No process is left. OK after Finish, else the first cause. The last call; the listener may
    // destroy the crew from it.
    virtual void OnGone(const v1::End& cause) = 0;

   protected:
    ~Listener() = default;
  };

  struct Limits {
    // How long workers may take to start and connect.
    absl::Duration setup = absl::Seconds(10);
    // How long processes may take to end once asked or killed.
    absl::Duration gone = absl::Seconds(5);
  };

  // names: how errors call the workers; empty: by index and role.
  Crew(EventLoop& loop, Zygote& zygote, internal::Spawn spawn, Listener& listener, Limits limits,
       const std::vector<std::string>& names = {});
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  // Asks the zygote for the workers.
  void Start();

  // After OnConnected, and after OnLegDone of the leg before.
  void StartLeg(const internal::Leg& leg);
  // The workers end the leg after the message that is on its way. OnLegDone follows.
  void StopLeg();

  // The workers are told by other means to do something, at the end of which one says LegDone.
  void ExpectLegDone() { in_leg_ = true; }

  // Between legs: lets every worker exit by itself.
  void Finish();
  // They were told so by other means.
  void ExpectEnds();

  // Ends every worker at once. cause is the experiment's unless one was found before. Leads to
  // OnGone, never from within Kill.
  void Kill(const v1::End& cause);

  // What the zygote says of this crew.
  void HandleSpawned(const internal::Spawned& spawned, std::vector<UniqueFd> fds);
  void HandleEnded(const internal::Ended& ended);
  void HandleStopped(const internal::Stopped& stopped);
  void HandleZygoteLost();

  // The shared pages; null before OnStarted.
  void* pages() const { return pages_.data(); }
  int size() const { return spawn_.workers_size(); }
  // Workers whose end is not known yet.
  int alive() const;
  // Grows as long as any worker gets on.
  uint64_t Progress() const;

 private:
  struct Member {
    std::string name;  // "worker 0 (initiator)"
    UniqueFd pidfd;
    MessageSocket control;
    EventLoop::WatchId control_watch = 0;
    EventLoop::WatchId pidfd_watch = 0;
    bool killed_by_lab = false;
    std::optional<internal::Failed> complaint;
    std::optional<v1::End> end;
  };

  void OnControl(size_t index);
  // Reads one message. False when there is none, and when it was the last.
  bool ReadControl(size_t index);
  void OnMessage(size_t index, internal::FromWorker message, std::vector<UniqueFd> fds);
  void OnReady(const internal::Ready& ready, std::vector<UniqueFd> fds);
  void OnProcessDead(size_t index);
  // bytes: a ToWorker, which often goes to several.
  void SendTo(size_t index, const std::string& bytes, const std::vector<int>& fds = {});
  void CannotTalkTo(Member& member, const absl::Status& status);
  void CheckConnected();
  void SetEnd(size_t index, v1::End end);
  void SetCause(const v1::End& cause);
  void Suspect(const v1::End& cause);
  void KillAll();
  void CheckGone();
  void CloseControl(Member& member);

  EventLoop& loop_;
  Zygote& zygote_;
  const internal::Spawn spawn_;
  Listener& listener_;
  const Limits limits_;

  std::vector<Member> members_;
  Mapping pages_;
  bool spawn_pending_ = false;
  bool quitting_ = false;
  bool zygote_lost_ = false;
  int ready_ = 0;
  int joins_pending_ = 0;
  bool connected_ = false;
  bool in_leg_ = false;
  std::optional<v1::End> cause_;
  std::optional<v1::End> suspect_;  // the cause unless another turns up in time
  EventLoop::TimerId setup_timer_ = 0;
  EventLoop::TimerId suspect_timer_ = 0;
  EventLoop::TimerId gone_timer_ = 0;
  bool gone_ = false;
};

}  // namespace ipclab
