#include "worker/census/system_call_count.h"

#if defined(__x86_64__) && !defined(IPCLAB_SANITIZE)

#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "worker/census/dispatch.h"
#include "worker/census/threads.h"
#include "worker/children.h"

namespace ipclab {
namespace {

// A signal that comes while this is blocked ends the process, whatever handler it has.
std::string_view WhoBlocksTheSignal() {
  sigset_t blocked;
  ::sigprocmask(SIG_BLOCK, nullptr, &blocked);
  if (::sigismember(&blocked, SIGSYS) == 1) return "it blocks SIGSYS, by which they are counted";
  for (int signal = 1; signal < _NSIG; ++signal) {
    struct sigaction action = {};
    if (::sigaction(signal, nullptr, &action) != 0) continue;
    if (action.sa_handler == SIG_DFL || action.sa_handler == SIG_IGN) continue;
    if (::sigismember(&action.sa_mask, SIGSYS) == 1) {
      return "a handler of its blocks SIGSYS, by which they are counted";
    }
  }
  return "";
}

std::string_view WhyNot() {
  const auto threads = ThreadsOfThisProcess();
  if (threads.empty()) return "/proc does not tell how many threads it has";
  if (std::ranges::count(threads, false, &ThreadOfProcess::of_kernel) != 1) {
    return "its library has threads of its own, whose system calls nobody sees";
  }
  if (!Children().empty()) return "a process that it has started makes others, which nobody sees";
  return WhoBlocksTheSignal();
}

}  // namespace

void SystemCallCount::Begin() {
  absent_ = WhyNot();
  if (!absent_.empty()) return;
  if (!BeginDispatch()) {
    absent_ = errno == EINVAL ? "syscall user dispatch needs Linux 5.11 or newer"
                              : "syscall user dispatch (prctl) is forbidden here";
    return;
  }
  counting_ = true;
}

void SystemCallCount::End() {
  if (!counting_) return;
  counting_ = false;
  const Dispatched dispatched = EndDispatch();
  made_ = dispatched.calls;
  if (dispatched.left_alone >= 0) {
    absent_ = "it makes threads or blocks SIGSYS meanwhile, by which they are counted";
  }
}

}  // namespace ipclab

#else

namespace ipclab {

void SystemCallCount::Begin() {
#if defined(IPCLAB_SANITIZE)
  absent_ = "not counted in a build with sanitizers";
#else
  absent_ = "syscall user dispatch is for x86-64";
#endif
}

void SystemCallCount::End() { counting_ = false; }

}  // namespace ipclab

#endif
