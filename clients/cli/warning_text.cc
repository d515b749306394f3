#include "clients/cli/warning_text.h"

#include <algorithm>
#include <array>

#include "clients/cli/parse.h"

namespace ipclab::cli {
namespace {

struct WarningWords {
  v1::Result::Warning warning;
  const char* meaning;
  const char* advice;
};

constexpr std::array kWords = {
    WarningWords{v1::Result::SAME_CPU,
                 "workers shared a CPU, so each hand-over between them is a context switch", ""},
    WarningWords{v1::Result::SPIN_ON_ONE_CPU,
                 "workers spun on a CPU that they shared: while one tries, the other cannot run, "
                 "until the one yields",
                 "use --wait block, or a placement on two CPUs"},
    WarningWords{v1::Result::BEHIND_SCHEDULE,
                 "behind schedule: less than 99% of what was due could be sent in time, so latency "
                 "is that of a queue which grows",
                 "use a lower --rate; --knee finds the highest that holds"},
    WarningWords{v1::Result::SMT_SIBLING,
                 "the workers ran on two hardware threads of one core and slowed each other", ""},
    WarningWords{v1::Result::MIGRATED,
                 "a worker was moved to another CPU than the one it was pinned to",
                 "see who changes affinities, and run again"},
    WarningWords{v1::Result::CLOCK_COARSE,
                 "the median is less than five times the cost of reading the clock", ""},
    WarningWords{v1::Result::SHARED_CPUS, "another experiment was allowed on the same CPUs",
                 "run them one after the other"},
    WarningWords{v1::Result::CPU_SCALING,
                 "the frequency of the CPUs may change while they work, and figures with it",
                 "set the governor \"performance\" and switch boost off"},
    WarningWords{v1::Result::STEAL,
                 "the hypervisor gave a worker's CPU to others for more than 1% of the time",
                 "run again when the host is quieter"},
    WarningWords{v1::Result::NOISY,
                 "others ran on a worker's CPU, or kept it waiting, for more than 2% of the time",
                 "stop them, or choose other CPUs with --placement"},
    WarningWords{v1::Result::TOO_FEW_TRIALS,
                 "too few trials: no outcome of so few could show a difference",
                 "use --trials 10 or more"},
    WarningWords{v1::Result::PLATFORM_SHIFTED,
                 "the platform changed during a trial: its control after differs by more than 25% "
                 "from the one before, and its figures are of neither state",
                 "run again; on a virtual machine its CPUs may be moved at any time"},
    WarningWords{v1::Result::STALLED,
                 "the whole host stood still for 5 ms or more: the greatest latencies may be its "
                 "fault and not the mechanism's",
                 "mistrust max and p99.9, or run again"},
    WarningWords{v1::Result::DRIFTING,
                 "the median moved by more than 5% from the beginning of a run to its end, so its "
                 "figures are of no steady state",
                 "use a longer --duration or --warm-up"},
    WarningWords{v1::Result::MEMORY_NOT_LOCKED,
                 "memory could not be locked, so it may have been paged in under the clock",
                 "raise the limit of locked memory (ulimit -l)"},
    WarningWords{v1::Result::TOO_FEW_SAMPLES, "a trial had too few values for p99",
                 "use a longer --duration or more --messages"},
};

const WarningWords* FindWords(v1::Result::Warning warning) {
  const auto found = std::find_if(kWords.begin(), kWords.end(), [&](const WarningWords& words) {
    return words.warning == warning;
  });
  return found == kWords.end() ? nullptr : &*found;
}

}  // namespace

std::string WarningText(v1::Result::Warning warning) {
  const WarningWords* const words = FindWords(warning);
  return words != nullptr ? words->meaning : LowerName(v1::Result::Warning_Name(warning));
}

std::string WarningAdvice(v1::Result::Warning warning) {
  const WarningWords* const words = FindWords(warning);
  return words != nullptr ? words->advice : "";
}

}  // namespace ipclab::cli
