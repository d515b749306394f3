// ExploreProgram on worker processes: what a schedule takes, counted one by one; whole counts over
// distinct states; and how soon the first failing schedule of each program of the catalogue that
// has one is found. The round trip of a cache line between two threads on the first two CPUs is the
// control: two workers cannot hand over faster.

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/topology.h"
#include "ipclab/v1/program_service.grpc.pb.h"
#include "tests/bench/lab.h"
#include "tests/bench/report.h"
#include "tests/bench/samples.h"

namespace ipclab::bench {
namespace {

using Request = v1::ExploreProgramRequest;
using SteadyClock = std::chrono::steady_clock;

constexpr int kTimes = 5;

// Six steps of each of two workers, which never wait for each other: 924 schedules.
constexpr char kMutexes[] = R"(
mutex m[2]
process P[2] { repeat 3 { lock(m[self]); unlock(m[self]) } }
)";
constexpr char kSemaphore[] = R"(
semaphore s = 6
process P[2] { repeat 3 { wait(s); post(s) } }
)";
constexpr char kPipe[] = R"(
channel c[12]
process P { repeat 6 { send(c, 1) } }
process Q { repeat 6 { send(c, 2) } }
)";

void Pin(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<size_t>(cpu), &set);
  ::pthread_setaffinity_np(::pthread_self(), sizeof set, &set);
}

// The median round trip; 0 where there is only one CPU.
double RoundTripOfACacheLine() {
  constexpr int kRounds = 2000;
  constexpr int kBatches = 51;
  const std::vector<int> cpus = AllowedCpus();
  if (cpus.size() < 2) return 0;
  alignas(64) static std::atomic<int> ball = 0;
  ball = 0;
  std::thread other([&] {
    Pin(cpus[1]);
    for (int i = 0; i < kRounds * kBatches; ++i) {
      while (ball.load(std::memory_order_acquire) != 2 * i + 1) {
      }
      ball.store(2 * i + 2, std::memory_order_release);
    }
  });
  Samples samples;
  std::thread one([&] {
    Pin(cpus[0]);
    for (int batch = 0, i = 0; batch < kBatches; ++batch) {
      const auto begin = SteadyClock::now();
      for (int round = 0; round < kRounds; ++round, ++i) {
        ball.store(2 * i + 1, std::memory_order_release);
        while (ball.load(std::memory_order_acquire) != 2 * i + 2) {
        }
      }
      samples.Add(std::chrono::duration<double, std::nano>(SteadyClock::now() - begin).count() /
                  kRounds);
    }
  });
  one.join();
  other.join();
  return samples.Median();
}

struct Found {
  v1::Exploration whole;
  double nanos_to_finding = 0;
};

absl::StatusOr<Found> Explore(v1::ProgramService::Stub& programs, const Request& request) {
  const auto context = NewCall();
  const auto begin = SteadyClock::now();
  const auto reader = programs.ExploreProgram(context.get(), request);
  Found found;
  v1::ExploreEvent event;
  while (reader->Read(&event)) {
    if (event.has_finding()) {
      found.nanos_to_finding =
          std::chrono::duration<double, std::nano>(SteadyClock::now() - begin).count();
    }
    if (event.has_exploration()) found.whole = event.exploration();
  }
  if (absl::Status status = ToStatus(reader->Finish(), "ExploreProgram"); !status.ok()) {
    return status;
  }
  return found;
}

v1::ProgramSpec LostUpdate(int64_t workers, int64_t rounds) {
  v1::ProgramSpec program;
  program.set_program("lost_update");
  (*program.mutable_parameters())["workers"] = workers;
  (*program.mutable_parameters())["rounds"] = rounds;
  return program;
}

v1::ProgramSpec Text(const char* source) {
  v1::ProgramSpec program;
  program.set_source(source);
  return program;
}

// The median time of one schedule, all of them made one by one.
absl::StatusOr<double> NanosOfASchedule(v1::ProgramService::Stub& programs,
                                        const v1::ProgramSpec& program) {
  Request request;
  *request.mutable_program() = program;
  request.set_mode(Request::COUNT);
  request.set_reduction(Request::NONE);
  Samples samples;
  for (int time = 0; time < kTimes; ++time) {
    const auto found = Explore(programs, request);
    if (!found.ok()) return found.status();
    if (!found->whole.complete()) return absl::InternalError("it is not complete");
    samples.Add(1e9 / found->whole.schedules_per_second());
  }
  return samples.Median();
}

absl::Status MeasureSchedules(v1::ProgramService::Stub& programs, Report& report) {
  struct Subject {
    std::string what;
    v1::ProgramSpec program;
    double at_most;
    bool against_the_line = false;
  };
  const std::vector<Subject> subjects = {
      {"2 x 4 lost update, 16 steps", LostUpdate(2, 4), 2000, true},
      {"3 x 2 lost update, 12 steps", LostUpdate(3, 2), 20'000},
      {"two mutexes, 12 steps", Text(kMutexes), 1e9 / 300'000},
      {"a semaphore, 12 steps", Text(kSemaphore), 1e9 / 300'000},
      {"a pipe, 12 steps", Text(kPipe), 20'000},
  };
  for (const Subject& subject : subjects) {
    const double line = RoundTripOfACacheLine();
    const auto nanos = NanosOfASchedule(programs, subject.program);
    if (!nanos.ok()) return nanos.status();
    Row row = {.what = subject.what, .figure = Nanos(*nanos), .at_most = Nanos(subject.at_most)};
    if (line > 0) row.control = Nanos(line);
    if (subject.against_the_line) row.at_most = Nanos(std::max(subject.at_most, 15 * line));
    report.Add(row);
  }
  return absl::OkStatus();
}

absl::Status MeasureCounts(v1::ProgramService::Stub& programs, Report& report) {
  struct Subject {
    int64_t workers, rounds;
    double at_most;
  };
  for (const Subject& subject : {Subject{2, 6, 0.2e9}, Subject{3, 4, 10e9}}) {
    Request request;
    *request.mutable_program() = LostUpdate(subject.workers, subject.rounds);
    request.set_mode(Request::COUNT);
    const auto found = Explore(programs, request);
    if (!found.ok()) return found.status();
    report.Add({.what = absl::StrCat("count of ", subject.workers, " x ", subject.rounds, ", ",
                                     found->whole.schedules(), " schedules"),
                .figure = Nanos(found->whole.seconds() * 1e9),
                .at_most = Nanos(subject.at_most),
                .remark = absl::StrCat(found->whole.runs(), " runs")});
  }
  return absl::OkStatus();
}

absl::Status MeasureFindings(v1::ProgramService::Stub& programs, Report& report) {
  v1::ListProgramsResponse all;
  const absl::Status listed =
      ToStatus(programs.ListPrograms(NewCall().get(), v1::ListProgramsRequest(), &all), "list");
  if (!listed.ok()) return listed;
  double longest = 0;
  std::string slowest;
  int findings = 0;
  for (const v1::Program& program : all.programs()) {
    for (const std::string& variant : program.variants()) {
      Request request;
      request.mutable_program()->set_program(program.name());
      request.mutable_program()->set_variant(variant);
      const auto found = Explore(programs, request);
      if (!found.ok()) return found.status();
      findings += found->whole.has_finding();
      if (found->nanos_to_finding <= longest) continue;
      longest = found->nanos_to_finding;
      slowest = absl::StrCat(program.name(), " ", variant);
    }
  }
  report.Add({.what = absl::StrCat("first finding, the slowest of ", findings),
              .figure = Nanos(longest),
              .at_most = Nanos(200e6),
              .remark = slowest});
  return absl::OkStatus();
}

absl::Status Measure(Report& report) {
  auto lab = Lab::Start({"--programs=" IPCLAB_PROGRAMS});
  if (!lab.ok()) return lab.status();
  const auto programs = v1::ProgramService::NewStub((*lab)->channel());
  absl::Status status = MeasureSchedules(*programs, report);
  if (status.ok()) status = MeasureCounts(*programs, report);
  if (status.ok()) status = MeasureFindings(*programs, report);
  return status;
}

}  // namespace
}  // namespace ipclab::bench

int main() {
  return ipclab::bench::Run("explore_real: schedules made by worker processes",
                            ipclab::bench::Measure, "lab", "cache line");
}
