// What the ring itself costs, driven directly by two pinned processes: no lab, no patterns. The
// control is the bare cache line between the same two CPUs, before and after each run. Beside each
// stands the same over the least that a ring can be, which says what this host allows.

#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <vector>

#include "common/clock.h"
#include "common/histogram.h"
#include "common/mapping.h"
#include "common/topology.h"
#include "tests/bench/bare_ring.h"
#include "tests/bench/report.h"
#include "worker/control_line.h"
#include "worker/ring/ring_channel.h"
#include "worker/waiting_channel.h"

namespace ipclab::bench {
namespace {

constexpr int kRuns = 5;
constexpr int kControlRounds = 20'000;

// What is asked of the ring and what it may cost, as a multiple of the control.
struct Exercise {
  const char* what;
  size_t message_bytes;
  uint64_t batch;
  bool duplex;
  v1::MeasureSpec::Wait wait;
  bool in_place;  // who receives looks at the sequence number alone
  int messages;
  double at_most;  // 0: only told
};
// 4 KiB: 40 GB/s while the control takes 110 ns.
constexpr std::array kExercises = {
    Exercise{"round trip, 64 B, spin", 64, 1, true, v1::MeasureSpec::SPIN, false, 200'000, 1.15},
    Exercise{"round trip, 64 B, spin then block", 64, 1, true, v1::MeasureSpec::SPIN_THEN_BLOCK,
             false, 200'000, 1.38},
    Exercise{"one way, 64 B, each published", 64, 1, false, v1::MeasureSpec::SPIN, false, 5'000'000,
             0.1},
    Exercise{"one way, 64 B, each published, spin then block", 64, 1, false,
             v1::MeasureSpec::SPIN_THEN_BLOCK, false, 5'000'000, 0.12},
    Exercise{"one way, 64 B, in batches of 32", 64, 32, false, v1::MeasureSpec::SPIN, false,
             10'000'000, 0.05},
    Exercise{"one way, 4 KiB, each published", 4096, 1, false, v1::MeasureSpec::SPIN, true, 500'000,
             4096 / 40.0 / 110},
    Exercise{"one way, 4 KiB, each published, copied out", 4096, 1, false, v1::MeasureSpec::SPIN,
             false, 500'000, 0},
};

struct Shared {
  alignas(kCacheLine) std::atomic<uint64_t> ball;
  alignas(kCacheLine) std::atomic<int64_t> figure;  // nanoseconds per message, times 1000
  std::atomic<bool> wrong;
  Histogram round_trip;
};

void PinTo(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  if (::sched_setaffinity(0, sizeof set, &set) != 0) ::_exit(1);
}

// As the mechanisms choose.
size_t SlotsFor(const Exercise& exercise) {
  return exercise.duplex ? 4 : std::clamp<size_t>(256 * 1024 / exercise.message_bytes, 4, 256);
}

// Over what the channel really is, as the patterns run over it.
template <typename ChannelKind>
class Player {
 public:
  Player(const Exercise& exercise, const Clock& clock, Shared& shared, ChannelKind& channel)
      : exercise_(exercise),
        clock_(clock),
        shared_(shared),
        channel_(channel),
        message_(exercise.message_bytes) {}

  void Host() {
    if (!exercise_.duplex) return Send();
    for (int i = 0; i < exercise_.messages; ++i) {
      Write(static_cast<uint64_t>(i));
      const uint64_t before = clock_.Now();
      channel_.Send(message_);
      channel_.Receive(message_);
      shared_.round_trip.Record(clock_.Nanos(before, clock_.Now()));
      Check(static_cast<uint64_t>(i));
    }
    shared_.figure = shared_.round_trip.Snapshot().ValueAtPercentile(50) * 1000;
  }

  void Join() {
    if (!exercise_.duplex) return Receive();
    for (int i = 0; i < exercise_.messages; ++i) {
      channel_.Receive(message_);
      channel_.Send(message_);
    }
  }

 private:
  void Send() {
    for (int i = 0; i < exercise_.messages; ++i) {
      Write(static_cast<uint64_t>(i));
      channel_.Send(message_);
    }
    channel_.Flush();
  }

  void Receive() {
    const int warm_up = exercise_.messages / 10;
    uint64_t begin = 0;
    for (int i = 0; i < exercise_.messages; ++i) {
      if (i == warm_up) begin = clock_.Now();
      channel_.Receive(message_);
      Check(static_cast<uint64_t>(i));
    }
    shared_.figure = clock_.Nanos(begin, clock_.Now()) * 1000 / (exercise_.messages - warm_up);
  }

  void Write(uint64_t sequence) { std::memcpy(message_.data(), &sequence, sizeof sequence); }
  void Check(uint64_t due) {
    uint64_t sequence;
    std::memcpy(&sequence, message_.data(), sizeof sequence);
    if (sequence != due) shared_.wrong = true;
  }

  const Exercise& exercise_;
  const Clock& clock_;
  Shared& shared_;
  ChannelKind& channel_;
  std::vector<std::byte> message_;
};

struct Outcome {
  double figure;
  double control;
};

size_t TakenOut(const Exercise& exercise) {
  return exercise.in_place ? 2 * sizeof(uint64_t) : exercise.message_bytes;
}

// The lab's ring in a memory file.
class LabRing {
 public:
  LabRing(const Exercise& exercise, const Clock& clock) : exercise_(exercise), clock_(clock) {}

  size_t bytes() const { return plan_.bytes(); }

  auto Make(int file, bool host) const {
    auto region = Region::Map(file, plan_.bytes());
    auto channel = MakeWaiting(MakeRingChannel(*std::move(region), plan_, {host, host}),
                               exercise_.wait, /*lossy=*/false, clock_);
    using SpunRing = WaitingChannel<RingChannel>;
    std::unique_ptr<SpunRing> spun(static_cast<SpunRing*>(channel.release()));
    return spun;
  }
  // Both ends are there.
  static bool Connect(WaitingChannel<RingChannel>& channel) { return channel.Connect().ok(); }

 private:
  const Exercise& exercise_;
  const Clock& clock_;
  const RingPlan plan_{{exercise_.message_bytes, SlotsFor(exercise_), exercise_.batch == 1},
                       exercise_.duplex,
                       exercise_.batch,
                       TakenOut(exercise_)};
};

// The bare one. Its mapping is never undone: the processes end.
class PlainRing {
 public:
  PlainRing(const Exercise& exercise, const Clock&) : exercise_(exercise) {}

  size_t bytes() const { return 2 * layout_.bytes(); }

  auto Make(int file, bool host) const {
    auto* const mapped = new auto(*Mapping::Shared(file, bytes()));
    return std::make_unique<BareChannel>(static_cast<std::byte*>(mapped->data()), layout_,
                                         exercise_.duplex, host);
  }
  static bool Connect(BareChannel&) { return true; }

 private:
  const Exercise& exercise_;
  const BareRingLayout layout_{exercise_.message_bytes, SlotsFor(exercise_), exercise_.batch,
                               TakenOut(exercise_)};
};

template <typename Ring>
absl::StatusOr<Outcome> Play(const Exercise& exercise, const Clock& clock, int cpu, int other_cpu) {
  const Ring ring(exercise, clock);
  auto ring_file = CreateMemoryFile("ring", ring.bytes());
  auto shared_file = CreateMemoryFile("shared", sizeof(Shared));
  if (!ring_file.ok()) return ring_file.status();
  if (!shared_file.ok()) return shared_file.status();
  auto shared_memory = Mapping::Shared(shared_file->get(), sizeof(Shared));
  if (!shared_memory.ok()) return shared_memory.status();
  Shared& shared = *static_cast<Shared*>(shared_memory->data());

  ControlLine control(shared.ball, clock);
  const pid_t child = ::fork();
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // or it would spin for ever
    PinTo(other_cpu);
    auto channel = ring.Make(ring_file->get(), false);
    control.Return();
    if (!ring.Connect(*channel)) ::_exit(1);
    Player(exercise, clock, shared, *channel).Join();
    control.Return();
    ::_exit(0);
  }
  PinTo(cpu);
  auto channel = ring.Make(ring_file->get(), true);
  const int64_t before = control.Serve(kControlRounds);
  if (!ring.Connect(*channel)) return absl::InternalError("the ring cannot be connected");
  Player(exercise, clock, shared, *channel).Host();
  const int64_t after = control.Serve(kControlRounds);
  ::waitpid(child, nullptr, 0);
  if (shared.wrong) return absl::DataLossError("a message came out of order");
  return Outcome{static_cast<double>(shared.figure) / 1000,
                 static_cast<double>(before + after) / 2};
}

// The run whose ratio is the median: a figure goes with its own control.
template <typename Ring>
absl::StatusOr<Outcome> PlayRuns(const Exercise& exercise, const Clock& clock,
                                 const std::vector<int>& cpus) {
  std::vector<Outcome> outcomes;
  for (int run = 0; run < kRuns; ++run) {
    auto outcome = Play<Ring>(exercise, clock, cpus.front(), cpus.back());
    if (!outcome.ok()) return outcome.status();
    outcomes.push_back(*outcome);
  }
  std::ranges::sort(outcomes, {}, [](const Outcome& o) { return o.figure / o.control; });
  return outcomes[outcomes.size() / 2];
}

absl::Status Measure(Report& report) {
  const std::vector<int> cpus = AllowedCpus();  // before this process is pinned to one
  if (cpus.size() < 2) return absl::FailedPreconditionError("it takes two CPUs");
  const Clock clock = Clock::Calibrate();
  report.Note("control: round trip of a bare cache line between the same two CPUs");
  for (const Exercise& exercise : kExercises) {
    const auto lab = PlayRuns<LabRing>(exercise, clock, cpus);
    if (!lab.ok()) return lab.status();
    report.Add(
        {.what = exercise.what,
         .figure = Nanos(lab->figure),
         .control = Nanos(lab->control),
         .ratio_at_most = exercise.at_most > 0 ? std::optional(exercise.at_most) : std::nullopt});
    if (exercise.wait != v1::MeasureSpec::SPIN) continue;
    const auto bare = PlayRuns<PlainRing>(exercise, clock, cpus);
    if (!bare.ok()) return bare.status();
    report.Add(
        {.what = "  a bare ring", .figure = Nanos(bare->figure), .control = Nanos(bare->control)});
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace ipclab::bench

int main() {
  return ipclab::bench::Run("ring_floor", ipclab::bench::Measure, "per message", "control");
}
