#include "worker/census/census.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>

namespace ipclab {
namespace {

// Cut to what the page holds.
void Say(std::string_view reason, std::array<char, 128>& in_page) {
  const size_t size = std::min(reason.size(), in_page.size() - 1);
  reason.copy(in_page.data(), size);
  in_page[size] = '\0';
}

// Of a call that does next to nothing and that the C library remembers nothing of.
void CallTheKernel(int64_t times) {
  for (int64_t i = 0; i < times; ++i) ::syscall(SYS_getppid);
}

}  // namespace

void Census::Begin() {
  hardware_.Begin();
  if (hardware_.absent().empty()) FindCostOfCounting();
  system_calls_.Begin();
  begin_ = hardware_.Read();
}

void Census::FindCostOfCounting() {
  constexpr int64_t kCalls = 2000;
  CallTheKernel(kCalls);  // for the caches
  const HardwareCount::Counts before = hardware_.Read();
  CallTheKernel(kCalls);
  const HardwareCount::Counts between = hardware_.Read();
  SystemCallCount count;
  count.Begin();
  const HardwareCount::Counts counting = hardware_.Read();
  CallTheKernel(kCalls);
  const HardwareCount::Counts counted = hardware_.Read();
  cost_of_read_ = hardware_.Read() - counted;
  count.End();
  const HardwareCount::Counts more = (counted - counting) - (between - before);
  cost_of_call_ = {more.instructions / kCalls, more.cycles / kCalls};
}

void Census::End(WorkerPage& page) {
  constexpr auto kRelaxed = std::memory_order_relaxed;
  const HardwareCount::Counts end = hardware_.Read();
  system_calls_.End();
  const bool calls_counted = system_calls_.absent().empty();
  const int64_t calls = calls_counted ? system_calls_.made() - 2 * hardware_.calls_per_read() : -1;
  page.system_calls.store(calls, kRelaxed);
  Say(system_calls_.absent(), page.system_calls_absent);

  const HardwareCount::Counts all = end - begin_;
  const std::string_view absent = !hardware_.absent().empty() ? std::string_view(hardware_.absent())
                                  : all.instructions > 0      ? std::string_view()
                                                              : "perf: others use all counters";
  const auto store = [&](std::atomic<int64_t>& in_page, int64_t count, int64_t of_read,
                         int64_t of_call) {
    const int64_t counting = of_read + std::max<int64_t>(calls, 0) * of_call;
    in_page.store(absent.empty() ? std::max<int64_t>(count - counting, 0) : -1, kRelaxed);
  };
  store(page.instructions, all.instructions, cost_of_read_.instructions,
        cost_of_call_.instructions);
  store(page.cycles, all.cycles, cost_of_read_.cycles, cost_of_call_.cycles);
  Say(absent, page.hardware_absent);
}

}  // namespace ipclab
