#include "worker/census/dispatch.h"

#if defined(__x86_64__) && !defined(IPCLAB_SANITIZE)

#include <linux/audit.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>

// System calls from here are never dispatch_state: the kernel looks where the instruction lies.
asm(R"(
  .pushsection .text.ipclab_census, "ax", @progbits
  .hidden ipclab_census_begin, ipclab_census_call, ipclab_census_return, ipclab_census_own
  .hidden ipclab_census_end
  .globl ipclab_census_begin, ipclab_census_call, ipclab_census_return, ipclab_census_own
  .globl ipclab_census_end
ipclab_census_begin:
ipclab_census_call:  # with the registers of the call; where to go on lies behind 128 bytes
  syscall
  ret $128
ipclab_census_return:  # from a handler, the stack being as that left it
  mov $15, %eax
  syscall
ipclab_census_own:  # long(number, first, second, third, fourth)
  mov %rdi, %rax
  mov %rsi, %rdi
  mov %rdx, %rsi
  mov %rcx, %rdx
  mov %r8, %r10
  syscall
  ret
ipclab_census_end:
  .popsection
)");

extern "C" {
[[gnu::visibility("hidden")]] extern const char ipclab_census_begin[];
[[gnu::visibility("hidden")]] extern const char ipclab_census_call[];
[[gnu::visibility("hidden")]] extern const char ipclab_census_return[];
[[gnu::visibility("hidden")]] extern const char ipclab_census_end[];
[[gnu::visibility("hidden")]] long ipclab_census_own(long number, long first, long second,
                                                     long third, long fourth);
}

namespace ipclab {
namespace {

using Registers = gregset_t;

// As the kernel has it; the C library's has another restorer, whose return would be dispatch_state.
struct KernelAction {
  void (*handler)(int, siginfo_t*, void*);
  unsigned long flags;
  const char* restorer;
  uint64_t mask;
};
constexpr unsigned long kHasRestorer = 0x04000000;  // SA_RESTORER
constexpr int kUserDispatch = 2;                    // SYS_USER_DISPATCH
constexpr long kMaskBytes = sizeof(uint64_t);
constexpr uint64_t kSigsysInMask = uint64_t{1} << (SIGSYS - 1);

// What the handler works on. A handler knows no object; one thread is dispatch_state at a time.
struct DispatchState {
  volatile char selector = SYSCALL_DISPATCH_FILTER_ALLOW;  // the kernel reads it at every call
  volatile int64_t calls = 0;
  volatile int left_alone = -1;
  KernelAction action_before = {};
  stack_t stack_before = {};
};
DispatchState dispatch_state;

// The handler's own: the words below the stack of the call are for its way back.
alignas(64) std::array<std::byte, 64 << 10> handler_stack;

bool HasSigsys(greg_t mask) {
  return mask != 0 && (*reinterpret_cast<const uint64_t*>(mask) & kSigsysInMask) != 0;
}

// True of what must not be made from another place on the stack, or would have the kernel end this
// process at its next call.
bool MustBeLeftAlone(int number, const Registers& registers) {
  switch (number) {
    case SYS_clone:
    case SYS_clone3:
    case SYS_fork:
    case SYS_vfork:
      return true;
    case SYS_sigaltstack:
      return registers[REG_RDI] != 0;
    case SYS_prctl:
      return registers[REG_RDI] == PR_SET_SYSCALL_USER_DISPATCH;
    case SYS_rt_sigaction: {
      const auto* const action = reinterpret_cast<const KernelAction*>(registers[REG_RSI]);
      return action != nullptr &&
             (registers[REG_RDI] == SIGSYS || (action->mask & kSigsysInMask) != 0);
    }
    case SYS_rt_sigprocmask:
      return HasSigsys(registers[REG_RSI]);
    case SYS_rt_sigsuspend:
      return HasSigsys(registers[REG_RDI]);
    case SYS_ppoll:
      return HasSigsys(registers[REG_R10]);
    case SYS_pselect6: {  // a pointer to the mask and its size
      const auto* const argument = reinterpret_cast<const greg_t*>(registers[REG_R9]);
      return argument != nullptr && HasSigsys(*argument);
    }
    case SYS_io_uring_enter:
    case SYS_epoll_pwait:
    case SYS_epoll_pwait2:
      return HasSigsys(registers[REG_R8]);
    default:
      return false;
  }
}

// A SIGSYS that is none of ours ends the process, as it does without all this.
void DieOf(int signal) {
  KernelAction by_default = {};
  ipclab_census_own(SYS_rt_sigaction, signal, reinterpret_cast<long>(&by_default), 0, kMaskBytes);
  const long process = ipclab_census_own(SYS_getpid, 0, 0, 0, 0);
  ipclab_census_own(SYS_kill, process, signal, 0, 0);  // comes when this handler returns
}

// All signals are blocked in here.
void OnSystemCall(int signal, siginfo_t* info, void* context) {
  if (info->si_code != kUserDispatch) return DieOf(signal);
  Registers& registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
  const int number = info->si_syscall;
  if (info->si_arch != AUDIT_ARCH_X86_64 || MustBeLeftAlone(number, registers)) {
    constexpr greg_t kInstructionBytes = 2;
    dispatch_state.left_alone = number;
    dispatch_state.selector = SYSCALL_DISPATCH_FILTER_ALLOW;
    registers[REG_RIP] -= kInstructionBytes;  // it is made again, by itself
    return;
  }
  dispatch_state.calls = dispatch_state.calls + 1;
  if (number == SYS_rt_sigreturn) {  // another handler's end: its stack is all that it has
    registers[REG_RIP] = reinterpret_cast<greg_t>(ipclab_census_return);
    return;
  }
  constexpr greg_t kRedZone = 128;  // below the stack pointer, and in use
  registers[REG_RSP] -= kRedZone + static_cast<greg_t>(sizeof(greg_t));
  *reinterpret_cast<greg_t*>(registers[REG_RSP]) = registers[REG_RIP];
  registers[REG_RIP] = reinterpret_cast<greg_t>(ipclab_census_call);
}

void SetAction(const KernelAction& action, KernelAction* before) {
  ::syscall(SYS_rt_sigaction, SIGSYS, &action, before, kMaskBytes);
}

void PutBack() {
  SetAction(dispatch_state.action_before, nullptr);
  ::sigaltstack(&dispatch_state.stack_before, nullptr);
}

}  // namespace

bool BeginDispatch() {
  dispatch_state.calls = 0;
  dispatch_state.left_alone = -1;
  const stack_t stack = {
      .ss_sp = handler_stack.data(), .ss_flags = 0, .ss_size = handler_stack.size()};
  ::sigaltstack(&stack, &dispatch_state.stack_before);
  SetAction(
      {OnSystemCall, SA_SIGINFO | SA_ONSTACK | kHasRestorer, ipclab_census_return, ~uint64_t{0}},
      &dispatch_state.action_before);
  const long bytes = ipclab_census_end - ipclab_census_begin;
  if (::prctl(PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_ON, ipclab_census_begin, bytes,
              &dispatch_state.selector) != 0) {
    const int error = errno;
    PutBack();
    errno = error;
    return false;
  }
  dispatch_state.selector = SYSCALL_DISPATCH_FILTER_BLOCK;
  return true;
}

Dispatched EndDispatch() {
  dispatch_state.selector = SYSCALL_DISPATCH_FILTER_ALLOW;
  const Dispatched dispatched = {dispatch_state.calls, dispatch_state.left_alone};
  ::prctl(PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_OFF, 0L, 0L, 0L);
  PutBack();
  return dispatched;
}

}  // namespace ipclab

#endif
