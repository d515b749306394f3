// 10 000 experiments, created, run to their end and deleted one after the other: what the server
// holds then beside what it held after the first thousand, when pools and caches had come to life.
// An argument is another number of cycles.

#include <cstdlib>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "tests/bench/lab.h"
#include "tests/bench/process_memory.h"
#include "tests/bench/report.h"

namespace ipclab::bench {
namespace {

constexpr double kMostGrowth = 1.05;  // of memory: allocators breathe

absl::Status Cycle(Lab& lab, int number) {
  v1::ExperimentSpec spec =
      RoundTrips(number % 2 == 0 ? "pipe" : "null", v1::Placement::POLICY_UNSPECIFIED, 10);
  spec.mutable_measure()->set_warm_up_messages(0);
  const auto experiment = lab.Measure(spec);
  if (!experiment.ok()) return experiment.status();
  return lab.Remove(experiment->name());
}

absl::Status Run(Lab& lab, int cycles) {
  for (int i = 0; i < cycles; ++i) {
    if (absl::Status status = Cycle(lab, i); !status.ok()) return status;
  }
  return absl::OkStatus();
}

// What the server and the host hold at one moment.
struct Holdings {
  int descriptors = 0;
  int threads = 0;
  double resident_bytes = 0;
  double database_bytes = 0;
  int shared_objects = 0;  // in /dev/shm
};

absl::StatusOr<Holdings> Look(const Lab& lab) {
  Holdings holdings;
  const auto descriptors = DescriptorsOf(lab.pid());
  if (!descriptors.ok()) return descriptors.status();
  holdings.descriptors = *descriptors;
  const auto memory = MemoryOf(lab.pid());
  if (!memory.ok()) return memory.status();
  holdings.resident_bytes = memory->resident_bytes;
  using std::filesystem::directory_iterator;
  for (const auto& entry : directory_iterator(absl::StrCat("/proc/", lab.pid(), "/task"))) {
    holdings.threads += entry.exists();
  }
  for (const auto& entry : directory_iterator(lab.state_folder())) {
    if (entry.is_regular_file()) holdings.database_bytes += static_cast<double>(entry.file_size());
  }
  for (const auto& entry : directory_iterator("/dev/shm")) {
    holdings.shared_objects += entry.path().filename().string().starts_with("ipclab");
  }
  return holdings;
}

absl::Status Measure(Report& report, int cycles) {
  auto lab = Lab::Start({"--creates-per-second", "1000000", "--create-burst", "1000000"});
  if (!lab.ok()) return lab.status();
  if (absl::Status status = Run(**lab, cycles / 10); !status.ok()) return status;
  const auto before = Look(**lab);
  if (!before.ok()) return before.status();
  if (absl::Status status = Run(**lab, cycles - cycles / 10); !status.ok()) return status;
  const auto after = Look(**lab);
  if (!after.ok()) return after.status();

  report.Note(absl::StrCat(cycles, " cycles; the control is after the first tenth"));
  const auto add = [&report](const char* what, Quantity now, Quantity then, double at_most) {
    report.Add({.what = what, .figure = now, .control = then, .ratio_at_most = at_most});
  };
  add("descriptors", Count(after->descriptors), Count(before->descriptors), 1);
  add("threads", Count(after->threads), Count(before->threads), 1.5);
  add("resident", Bytes(after->resident_bytes), Bytes(before->resident_bytes), kMostGrowth);
  add("state folder", Bytes(after->database_bytes), Bytes(before->database_bytes), kMostGrowth);
  report.Add({.what = "objects of the lab in /dev/shm",
              .figure = Count(after->shared_objects),
              .at_most = Count(before->shared_objects)});
  return absl::OkStatus();
}

}  // namespace
}  // namespace ipclab::bench

int main(int argc, char** argv) {
  const int cycles = argc > 1 ? std::atoi(argv[1]) : 10'000;
  return ipclab::bench::Run(
      "cycles: experiments that came and went",
      [cycles](ipclab::bench::Report& report) { return ipclab::bench::Measure(report, cycles); },
      "at the end", "at first");
}
