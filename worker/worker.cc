#include "worker/worker.h"

#include <poll.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <deque>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "common/errno_status.h"
#include "common/mapping.h"
#include "common/may_lose.h"
#include "common/pages.h"
#include "worker/birth.h"
#include "worker/census/census.h"
#include "worker/control_line.h"
#include "worker/figures.h"
#include "worker/last_words.h"
#include "worker/links.h"
#include "worker/memory_lock.h"
#include "worker/patterns/pattern.h"
#include "worker/program/executor.h"
#include "worker/rehearsal.h"
#include "worker/resource_use.h"

namespace ipclab {
namespace {

// Of all lanes, since they were made.
int64_t Retries(const std::vector<Lane>& lanes) {
  int64_t sum = 0;
  for (const Lane& lane : lanes) sum += lane.channel.Retries();
  return sum;
}

// True of a leg that is worth locking memory for, which takes a tenth of a millisecond: with fewer
// messages there is not even a p99. So a single step stays quick, and parked workers are not held
// in memory.
bool IsLong(const internal::Leg& leg) {
  constexpr int64_t kMessages = 299;
  return leg.messages() == 0 || leg.warm_up() + leg.messages() >= kMessages;
}

// Sleeps as long as the workers of a leg may be apart.
void Nap() {
  constexpr useconds_t kMicros = 50;
  ::usleep(kMicros);
}

class Worker {
 public:
  Worker(const internal::WorkerSetup& setup, void* pages, MessageSocket& control,
         const Mechanism& mechanism, const Pattern& pattern, const Part& part, const Clock& clock)
      : setup_(setup),
        control_(control),
        mechanism_(mechanism),
        pattern_(pattern),
        part_(part),
        clock_(clock),
        links_(setup, mechanism, clock),
        control_page_(ControlPageOf(pages)),
        figures_(WorkerPageOf(pages, setup.index()), clock, setup.cpu(), &resources_),
        control_line_(control_page_.ball, clock) {}

  // Hosts what is to be hosted and says so.
  void BeReady();

  // Obeys the server until it is told to quit or the server is gone.
  void Serve();

 private:
  void Join(const internal::Join& join, std::vector<UniqueFd> descriptors);
  void RunLeg(const internal::Leg& leg);
  // Makes the leg's memory ready: cleared, touched so that no fault falls into a figure, locked and
  // marked.
  void Prepare(const internal::Leg& leg);
  // The leg's own work, between the controls.
  LegOutcome Run(const internal::Leg& leg);
  LegOutcome RunLanes(const internal::Leg& leg);
  // What work returns; a census of it where that is what the leg is for.
  LegOutcome Counted(const internal::Leg& leg, absl::FunctionRef<LegOutcome()> work);
  void LockAllMemory();
  // One set of the control before or after a leg; its median is kept where this worker measures it.
  void PlayControl(int rounds, std::atomic<int64_t>& median);
  // Of more than two workers: while two of them play the control the others must sleep.
  void AwaitOpening();
  void AwaitOthers();
  // In words, what an errno of the channel means for this measurement.
  std::string Reason(int error) const;
  // Others than the two that play the control are there.
  bool IsCrowd() const { return setup_.crew() > 2; }
  const internal::WorkerSetup& setup_;
  MessageSocket& control_;
  const Mechanism& mechanism_;
  const Pattern& pattern_;
  const Part& part_;
  const Clock& clock_;
  Links links_;
  ControlPage& control_page_;
  ResourceMeter resources_;
  Figures figures_;
  ControlLine control_line_;
  // One per link; none before the first leg: parked workers stay small.
  std::deque<Traffic> traffic_;
  bool touched_ = false;
  bool locked_ = false;
};

void Worker::BeReady() {
  std::vector<UniqueFd> descriptors;  // gone when this returns, or nobody ever sees the end
  auto offers = links_.Host(descriptors);
  if (!offers.ok()) Fail(control_, offers.status());
  internal::FromWorker message;
  message.mutable_ready()->mutable_offers()->Add(offers->begin(), offers->end());
  std::vector<int> fds;
  for (const UniqueFd& descriptor : descriptors) fds.push_back(descriptor.get());
  Tell(control_, message, fds);
}

void Worker::Serve() {
  while (true) {
    auto received = control_.ReceiveBlocking();
    if (absl::IsUnavailable(received.status())) return;
    if (!received.ok()) Fail(control_, received.status());
    internal::ToWorker message;
    if (auto status = received->Parse(message); !status.ok()) Fail(control_, status);
    switch (message.command_case()) {
      case internal::ToWorker::kJoin:
        Join(message.join(), std::move(received->descriptors));
        break;
      case internal::ToWorker::kLeg:
        RunLeg(message.leg());
        break;
      case internal::ToWorker::kQuit:
        return;
      case internal::ToWorker::kSetup:
      case internal::ToWorker::COMMAND_NOT_SET:
        Fail(control_, absl::InvalidArgumentError("a command that is none"));
    }
  }
}

void Worker::Join(const internal::Join& join, std::vector<UniqueFd> descriptors) {
  if (auto status = links_.Join(join, std::move(descriptors)); !status.ok()) {
    Fail(control_, status);
  }
  internal::FromWorker message;
  message.mutable_joined()->set_link(join.link());
  Tell(control_, message);
}

void Worker::RunLeg(const internal::Leg& leg) {
  if (absl::Status status = links_.Connect(); !status.ok()) Fail(control_, status);
  Prepare(leg);
  figures_.Progress();
  PlayControl(leg.control_rounds(), control_page_.control_before_nanos);
  if (IsCrowd()) AwaitOpening();
  figures_.Progress();

  const ResourceUse before = resources_.Read();
  const LegOutcome outcome = Run(leg);
  // What warms up is in no figure; of a single message nothing would be left.
  const bool warmed = figures_.page().messages > 1;
  (resources_.Read() - (warmed ? figures_.use_at_first().value_or(before) : before))
      .StoreIn(figures_.page());
  figures_.SawCpu(::sched_getcpu());  // for the clock that cannot tell
  if (!outcome.ok()) {
    const bool closed = outcome.status == IoStatus::kPeerClosed;
    Fail(control_, closed ? internal::Failed::PEER_CLOSED : internal::Failed::ERROR,
         absl::StrCat(outcome.act, " on ", std::string(mechanism_.id), ": ",
                      closed ? "the other end is closed" : Reason(outcome.error)));
  }

  figures_.Progress();
  if (IsCrowd()) AwaitOthers();
  PlayControl(leg.control_rounds(), control_page_.control_after_nanos);
  figures_.Progress();
  if (control_page_.at_work.fetch_sub(1, std::memory_order_acq_rel) > 1) return;
  internal::FromWorker done;
  done.mutable_leg_done();
  Tell(control_, done);
}

LegOutcome Worker::Run(const internal::Leg& leg) {
  if (part_.contend == nullptr) return RunLanes(leg);
  LockRun run = {links_.lock(0), clock_, figures_, leg, setup_, control_page_};
  LegOutcome outcome = Counted(leg, [&] { return part_.contend(run); });
  if (outcome.error == 0) outcome.error = run.lock.error();
  return outcome;
}

LegOutcome Worker::Counted(const internal::Leg& leg, absl::FunctionRef<LegOutcome()> work) {
  if (!leg.census()) return work();
  Census census;
  census.Begin();
  const LegOutcome outcome = work();
  census.End(figures_.page());
  return outcome;
}

LegOutcome Worker::RunLanes(const internal::Leg& leg) {
  std::vector<Lane> lanes;
  for (size_t i = 0; i < links_.size(); ++i) {
    const internal::LinkSetup& link = links_.setup(i);
    const auto number = static_cast<size_t>(link.link());
    const uint64_t first = traffic_[i].arrivals().next();
    lanes.push_back({links_.channel(i), traffic_[i], first + static_cast<uint64_t>(leg.warm_up()),
                     LegEnd(control_page_.leg_ends[number], first), link});
  }
  Lane& lane = lanes.front();
  const Facts& facts = mechanism_.facts;
  LegRun run = {lane.channel,
                clock_,
                lane.traffic,
                figures_,
                LegLimit(leg, clock_, control_page_.stop),
                lane.first_counted,
                MayLose(facts.lossy, facts.lossy_with, setup_.measure().options()),
                lane.leg_end,
                lanes,
                setup_,
                control_page_,
                leg.batch()};
  const int64_t retries = Retries(lanes);
  LegOutcome outcome = Counted(leg, [&] { return part_.run(run); });
  if (outcome.error == 0) outcome.error = lane.channel.error();
  figures_.page().retries.store(Retries(lanes) - retries, std::memory_order_relaxed);
  return outcome;
}

void Worker::Prepare(const internal::Leg& leg) {
  const bool first = traffic_.empty();
  if (first && part_.contend == nullptr) {
    const auto& measure = setup_.measure();
    for (size_t i = 0; i < links_.size(); ++i) {
      traffic_.emplace_back(
          MessageFormat(static_cast<size_t>(measure.message_bytes()), pattern_.stamps),
          measure.verify_payload(), /*two_buffers=*/part_.role == internal::INITIATOR);
    }
  }
  figures_.Clear(leg.warm_up() > 0);
  for (Histogram WorkerPage::*const histogram : part_.histograms) {
    if (!touched_) (figures_.page().*histogram).Touch();
    (figures_.page().*histogram).Clear();
  }
  touched_ = true;
  if (!locked_ && IsLong(leg)) LockAllMemory();
  figures_.page().leg.store(leg.number(), std::memory_order_release);
}

void Worker::LockAllMemory() {
  locked_ = true;
  WorkerPage& page = figures_.page();
  std::vector<std::span<const std::byte>> needed = {std::as_bytes(std::span(&page, 1))};
  for (Traffic& traffic : traffic_) {
    needed.push_back(traffic.outgoing());
    needed.push_back(traffic.incoming());
  }
  page.lock_error.store(LockMemory(needed), std::memory_order_relaxed);
}

void Worker::PlayControl(int rounds, std::atomic<int64_t>& median) {
  const bool plays = rounds > 0 && setup_.crew() > 1;
  if (setup_.index() == 0) {
    median.store(plays ? control_line_.Serve(rounds) : 0, std::memory_order_relaxed);
  } else if (plays && setup_.index() == 1) {
    control_line_.Return();
  }
}

void Worker::AwaitOpening() {
  if (setup_.index() == 0) control_page_.opened.store(1, std::memory_order_release);
  while (control_page_.opened.load(std::memory_order_acquire) == 0) Nap();
}

void Worker::AwaitOthers() {
  const auto all = static_cast<uint32_t>(setup_.crew());
  control_page_.left.fetch_add(1, std::memory_order_acq_rel);
  if (setup_.index() > 1) return;
  while (control_page_.left.load(std::memory_order_acquire) < all) Nap();
}

std::string Worker::Reason(int error) const {
  const bool spins = setup_.measure().wait() == v1::MeasureSpec::SPIN;
  if (!spins || error != EMSGSIZE) return ::strerror(error);
  return "a message of this size never fits at once, as SPIN needs: enlarge the mechanism's "
         "buffer by its options, or wait by BLOCK or SPIN_THEN_BLOCK";
}

// Up to its own page, which is all that it needs; what executes a program needs all of them, and
// what lies behind.
absl::StatusOr<Mapping> MapPages(int file, const internal::WorkerSetup& setup) {
  if (!setup.has_program()) return Mapping::Shared(file, PagesBytes(setup.index() + 1));
  struct stat found;
  if (::fstat(file, &found) != 0) return ErrnoStatus("fstat", "the pages");
  return Mapping::Shared(file, static_cast<size_t>(found.st_size));
}

// The first message; whoever is never needed waits here until its parent or server is gone.
internal::WorkerSetup AwaitSetup(MessageSocket& control, Mapping& pages) {
  auto received = control.ReceiveBlocking();
  if (absl::IsUnavailable(received.status())) ::_exit(0);
  if (!received.ok()) Fail(control, received.status());
  internal::ToWorker message;
  if (auto status = received->Parse(message); !status.ok()) Fail(control, status);
  if (!message.has_setup() || received->descriptors.size() != 1) {
    Fail(control, absl::InvalidArgumentError("the first message is no setup"));
  }
  auto mapping = MapPages(received->descriptors[0].get(), message.setup());
  if (!mapping.ok()) Fail(control, mapping.status());
  pages = *std::move(mapping);
  return std::move(*message.mutable_setup());
}

// True when the setup is there already: this is no spare worker.
bool IsAwaited(const MessageSocket& control) {
  pollfd event = {control.fd(), POLLIN, 0};
  return ::poll(&event, 1, 0) > 0;
}

}  // namespace

void RunWorker(MessageSocket control, pid_t parent, const Heritage& heritage) {
  if (auto status = LeaveParent(control.fd(), parent); !status.ok()) Fail(control, status);
  if (!IsAwaited(control)) Rehearse();
  Mapping pages;
  const internal::WorkerSetup setup = AwaitSetup(control, pages);
  NameProcess(setup.index());
  if (auto status = PinTo(setup.cpu()); !status.ok()) Fail(control, status);
  if (setup.has_program()) ExecuteProgram(setup, pages, control, heritage);
  const auto& measure = setup.measure();
  const Mechanism* const mechanism = FindMechanism(heritage.mechanisms, measure.mechanism());
  if (mechanism == nullptr) {
    Fail(control, absl::NotFoundError(absl::StrCat("no mechanism ", measure.mechanism())));
  }
  const Pattern* const pattern = FindPattern(measure.pattern());
  const Part* const part = pattern == nullptr ? nullptr : pattern->Find(setup.role());
  if (part == nullptr) {
    Fail(control, absl::NotFoundError(absl::StrCat("no role ", internal::Role_Name(setup.role()),
                                                   " in pattern ",
                                                   v1::Pattern::Kind_Name(measure.pattern()))));
  }
  Worker worker(setup, pages.data(), control, *mechanism, *pattern, *part, heritage.clock);
  worker.BeReady();
  worker.Serve();
  ::_exit(0);
}

}  // namespace ipclab
