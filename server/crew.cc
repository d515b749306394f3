#include "server/crew.h"

#include <poll.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"
#include "common/pages.h"
#include "server/ends.h"

namespace ipclab {
namespace {

// A worker that finds its peer gone is heard at once; the peer's own end comes from the zygote.
constexpr absl::Duration kSuspectGrace = absl::Milliseconds(500);

bool IsDead(const UniqueFd& pidfd) {
  pollfd poll_fd{.fd = pidfd.get(), .events = POLLIN, .revents = 0};
  return poll(&poll_fd, 1, 0) == 1;
}

std::string ReasonOf(internal::Failed::Kind kind) {
  if (kind == internal::Failed::PEER_CLOSED) return "PEER_CLOSED";
  return kind == internal::Failed::MISMATCH ? "MISMATCH" : "WORKER_ERROR";
}

}  // namespace

Crew::Crew(EventLoop& loop, Zygote& zygote, internal::Spawn spawn, Listener& listener,
           Limits limits, const std::vector<std::string>& names)
    : loop_(loop), zygote_(zygote), spawn_(std::move(spawn)), listener_(listener), limits_(limits) {
  for (const internal::WorkerSetup& worker : spawn_.workers()) {
    const size_t index = members_.size();
    members_.emplace_back().name =
        index < names.size() ? names[index] : WorkerName(worker.index(), RoleName(worker.role()));
    for (const internal::LinkSetup& link : worker.links()) joins_pending_ += !link.host();
  }
}

Crew::~Crew() {
  KillAll();
  for (Member& member : members_) CloseControl(member);
  for (const Member& member : members_) loop_.Unwatch(member.pidfd_watch);
  loop_.CancelTimer(setup_timer_);
  loop_.CancelTimer(suspect_timer_);
  loop_.CancelTimer(gone_timer_);
}

void Crew::Start() {
  internal::ToZygote message;
  *message.mutable_spawn() = spawn_;
  spawn_pending_ = true;
  zygote_.Send(message);
  setup_timer_ = loop_.After(limits_.setup, [this] {
    setup_timer_ = 0;
    SetCause(MakeEnd(v1::End::TIMEOUT, "SETUP_TIMEOUT",
                     absl::StrCat("the workers were not connected within ",
                                  absl::FormatDuration(limits_.setup))));
  });
}

void Crew::HandleSpawned(const internal::Spawned& spawned, std::vector<UniqueFd> fds) {
  spawn_pending_ = false;
  const size_t count = members_.size();
  if (spawned.error() == 0 && fds.size() == 1 + 2 * count) {
    auto pages = Mapping::Shared(fds[0].get(), PagesBytes(static_cast<int>(count)) +
                                                   static_cast<size_t>(spawn_.extra_bytes()));
    for (size_t i = 0; i < count; ++i) {
      Member& member = members_[i];
      member.pidfd = std::move(fds[1 + 2 * i]);
      member.control = MessageSocket(std::move(fds[2 + 2 * i]));
      // Even of one that is killed at once: its last words are read without waiting for any.
      if (!member.control.SetNonBlocking(true).ok() || cause_ || !pages.ok()) continue;
      member.control_watch = loop_.Watch(member.control.fd(), [this, i] { OnControl(i); });
    }
    for (size_t i = 0; i < count; ++i) {
      members_[i].pidfd_watch =
          loop_.Watch(members_[i].pidfd.get(), [this, i] { OnProcessDead(i); });
    }
    if (cause_) return KillAll();
    if (!pages.ok()) {
      return SetCause(
          MakeEnd(v1::End::SPAWN_FAILED, "PAGES", std::string(pages.status().message())));
    }
    pages_ = *std::move(pages);
    listener_.OnStarted({spawned.pids().begin(), spawned.pids().end()});
    return;
  }
  const std::string why =
      spawned.error() == 0
          ? "malformed answer"
          : std::string(ErrnoStatus(spawned.what(), "", spawned.error()).message());
  const v1::End end = MakeEnd(v1::End::SPAWN_FAILED, "SPAWN_FAILED",
                              absl::StrCat("the workers could not be started: ", why));
  if (!cause_) cause_ = end;
  for (Member& member : members_) member.end = end;
  CheckGone();
}

// One message; with more of them there it is called again.
void Crew::OnControl(size_t index) { ReadControl(index); }

bool Crew::ReadControl(size_t index) {
  Member& member = members_[index];
  if (!member.control) return false;
  auto received = member.control.Receive();
  if (absl::IsUnavailable(received.status())) {
    CloseControl(member);  // closing; its end is told by the zygote
    return false;
  }
  internal::FromWorker message;
  absl::Status status = received.status();
  if (status.ok() && !received->has_value()) return false;
  if (status.ok()) status = (*received)->Parse(message);
  if (!status.ok()) {
    CannotTalkTo(member, status);
    return false;
  }
  OnMessage(index, std::move(message), std::move((*received)->descriptors));
  return true;
}

void Crew::OnMessage(size_t index, internal::FromWorker message, std::vector<UniqueFd> fds) {
  // Being killed: whatever it says is moot, unless that it had ended by itself already.
  if (cause_ && !message.has_failed()) return;
  using Message = internal::FromWorker;
  switch (message.message_case()) {
    case Message::kReady:
      return OnReady(message.ready(), std::move(fds));
    case Message::kJoined:
      --joins_pending_;
      return CheckConnected();
    case Message::kLegDone:
      if (std::exchange(in_leg_, false)) listener_.OnLegDone();
      return;
    case Message::kFailed:
      members_[index].complaint = std::move(*message.mutable_failed());
      return;  // it exits now, and that is its end
    case Message::MESSAGE_NOT_SET:
      return;
  }
}

// Relays each offer to the worker that joins the link. The server's copies of the descriptors are
// closed on return: held longer, they would keep everybody from seeing the end of the channel.
void Crew::OnReady(const internal::Ready& ready, std::vector<UniqueFd> fds) {
  size_t next_fd = 0;
  for (const internal::Offer& offer : ready.offers()) {
    std::vector<int> offered;
    for (int i = 0; i < offer.descriptors() && next_fd < fds.size(); ++i) {
      offered.push_back(fds[next_fd++].get());
    }
    internal::ToWorker message;
    message.mutable_join()->set_link(offer.link());
    message.mutable_join()->set_offer(offer.offer());
    const std::string bytes = message.SerializeAsString();
    for (const internal::WorkerSetup& worker : spawn_.workers()) {
      for (const internal::LinkSetup& link : worker.links()) {
        if (link.link() == offer.link() && !link.host()) {
          SendTo(static_cast<size_t>(worker.index()), bytes, offered);
        }
      }
    }
  }
  ++ready_;
  CheckConnected();
}

void Crew::CheckConnected() {
  if (connected_ || ready_ < size() || joins_pending_ > 0) return;
  connected_ = true;
  loop_.CancelTimer(std::exchange(setup_timer_, 0));
  listener_.OnConnected();
}

void Crew::SendTo(size_t index, const std::string& bytes, const std::vector<int>& fds) {
  Member& member = members_[index];
  if (!member.control) return;  // its end is on the way
  const absl::Status status = member.control.Send(bytes, fds);
  if (status.ok() || absl::IsUnavailable(status)) return;
  CannotTalkTo(member, status);
}

void Crew::CannotTalkTo(Member& member, const absl::Status& status) {
  CloseControl(member);
  SetCause(
      MakeEnd(v1::End::LOST, "CONTROL",
              absl::StrCat("cannot talk to ", member.name, ": ", std::string(status.message()))));
}

// A worker of this CPU may take it from this thread as soon as it is woken: those of other CPUs,
// which can set off meanwhile, are told before it.
void Crew::StartLeg(const internal::Leg& leg) {
  internal::ToWorker message;
  *message.mutable_leg() = leg;
  const std::string bytes = message.SerializeAsString();
  in_leg_ = true;
  ControlPage& page = ControlPageOf(pages_.data());
  page.BeginLeg(size());
  const int here = ::sched_getcpu();
  for (const bool of_here : {false, true}) {
    for (size_t i = 0; i < members_.size(); ++i) {
      if ((spawn_.workers(static_cast<int>(i)).cpu() == here) == of_here) SendTo(i, bytes);
    }
  }
}

void Crew::StopLeg() { ControlPageOf(pages_.data()).stop = 1; }

void Crew::Finish() {
  quitting_ = true;
  internal::ToWorker message;
  message.mutable_quit();
  const std::string bytes = message.SerializeAsString();
  for (size_t i = 0; i < members_.size(); ++i) SendTo(i, bytes);
  ExpectEnds();
}

void Crew::ExpectEnds() {
  quitting_ = true;
  if (cause_) return;
  gone_timer_ = loop_.After(limits_.gone, [this] {
    gone_timer_ = 0;
    SetCause(MakeEnd(v1::End::TIMEOUT, "QUIT_TIMEOUT", "a worker did not end when asked to"));
  });
}

void Crew::Kill(const v1::End& cause) { SetCause(cause); }

void Crew::SetCause(const v1::End& cause) {
  if (gone_ || cause_) return;
  cause_ = cause;
  loop_.CancelTimer(std::exchange(setup_timer_, 0));
  loop_.CancelTimer(std::exchange(suspect_timer_, 0));
  loop_.CancelTimer(std::exchange(gone_timer_, 0));
  KillAll();
  // Ends are told by the zygote. Should it be stopped or deaf, the pidfds still tell the truth.
  gone_timer_ = loop_.After(limits_.gone, [this] {
    gone_timer_ = 0;
    spawn_pending_ = false;
    for (size_t i = 0; i < members_.size(); ++i) {
      if (members_[i].end || (members_[i].pidfd && !IsDead(members_[i].pidfd))) continue;
      SetEnd(i, MakeEnd(v1::End::LOST, "LOST", absl::StrCat(members_[i].name, " ended unseen")));
    }
    CheckGone();
  });
}

void Crew::Suspect(const v1::End& cause) {
  if (cause_ || suspect_) return;
  suspect_ = cause;
  suspect_timer_ = loop_.After(kSuspectGrace, [this] {
    suspect_timer_ = 0;
    SetCause(*suspect_);
    CheckGone();
  });
}

void Crew::KillAll() {
  for (Member& member : members_) {
    if (member.end || !member.pidfd) continue;
    member.killed_by_lab = !IsDead(member.pidfd);
    syscall(SYS_pidfd_send_signal, member.pidfd.get(), SIGKILL, nullptr, 0);
  }
}

void Crew::HandleEnded(const internal::Ended& ended) {
  const size_t index = static_cast<size_t>(ended.index());
  if (index >= members_.size() || members_[index].end) return;
  Member& member = members_[index];
  while (ReadControl(index)) {  // its last words may still be in the socket
  }
  v1::End end = EndOfProcess(ended, member.name);
  if (member.killed_by_lab && ended.signal() == SIGKILL) {
    end = MakeEnd(v1::End::KILLED_BY_LAB, "KILLED",
                  absl::StrCat(member.name, " was ended by the lab"));
  } else if (quitting_ && ended.signal() == 0 && ended.exit_code() == 0) {
    end = MakeEnd(v1::End::OK, "", "");
  } else if (member.complaint && ended.signal() == 0) {
    end.set_reason(ReasonOf(member.complaint->kind()));
    end.set_message(absl::StrCat(member.name, ": ", member.complaint->message()));
  }
  SetEnd(index, end);
  if (end.class_() != v1::End::OK && end.class_() != v1::End::KILLED_BY_LAB) {
    if (end.reason() == "PEER_CLOSED") {
      Suspect(end);
    } else {
      SetCause(end);
    }
  }
  CheckGone();
}

void Crew::HandleStopped(const internal::Stopped& stopped) {
  const size_t index = static_cast<size_t>(stopped.index());
  if (index >= members_.size() || members_[index].end || cause_) return;
  const std::string signal = SignalName(stopped.signal());
  v1::End end = MakeEnd(v1::End::SIGNAL, signal,
                        absl::StrCat(members_[index].name, " was stopped by ", signal));
  end.set_signal(stopped.signal());
  SetCause(end);
}

void Crew::HandleZygoteLost() {
  spawn_pending_ = false;
  zygote_lost_ = true;
  SetCause(MakeEnd(v1::End::LOST, "ZYGOTE_LOST",
                   "the process that starts and reaps workers died, and the workers with it"));
  for (size_t i = 0; i < members_.size(); ++i) {
    const bool dead = !members_[i].pidfd || IsDead(members_[i].pidfd);
    if (members_[i].end || !dead) continue;  // OnProcessDead follows
    SetEnd(i, MakeEnd(v1::End::LOST, "LOST", absl::StrCat(members_[i].name, " ended unseen")));
  }
  CheckGone();
}

// The process is gone; how it ended is the zygote's to say, unless that died too.
void Crew::OnProcessDead(size_t index) {
  Member& member = members_[index];
  loop_.Unwatch(std::exchange(member.pidfd_watch, 0));
  if (member.end || !zygote_lost_) return;
  SetEnd(index, MakeEnd(v1::End::LOST, "LOST", absl::StrCat(member.name, " ended unseen")));
  CheckGone();
}

void Crew::SetEnd(size_t index, v1::End end) {
  Member& member = members_[index];
  member.end = std::move(end);
  CloseControl(member);
  listener_.OnWorkerEnd(static_cast<int>(index), *member.end);
}

void Crew::CheckGone() {
  if (gone_ || spawn_pending_ || alive() > 0) return;
  gone_ = true;
  loop_.CancelTimer(std::exchange(setup_timer_, 0));
  loop_.CancelTimer(std::exchange(suspect_timer_, 0));
  loop_.CancelTimer(std::exchange(gone_timer_, 0));
  if (!cause_) cause_ = suspect_ ? *suspect_ : MakeEnd(v1::End::OK, "", "");
  // Posted: the caller may be deep in this object, and the listener may destroy it.
  loop_.Post([&listener = listener_, cause = *cause_] { listener.OnGone(cause); });
}

void Crew::CloseControl(Member& member) {
  loop_.Unwatch(std::exchange(member.control_watch, 0));
  member.control.Close();
}

int Crew::alive() const {
  return static_cast<int>(std::count_if(members_.begin(), members_.end(),
                                        [](const Member& each) { return !each.end; }));
}

uint64_t Crew::Progress() const {
  uint64_t sum = 0;
  if (!pages_) return 0;
  for (int i = 0; i < size(); ++i) {
    sum += WorkerPageOf(pages_.data(), i).progress.load(std::memory_order_relaxed);
  }
  return sum;
}

}  // namespace ipclab
