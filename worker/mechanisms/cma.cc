// cma: cross memory attach. One process has the kernel write into, or read from, the memory of
// another. Each message lies in a slot of one end's private memory; a page that both map holds the
// counters, and the futexes that they sleep on.

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <optional>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"
#include "common/mapping.h"
#include "worker/mechanism.h"
#include "worker/mechanisms/cma_way.h"
#include "worker/mechanisms/data_patterns.h"
#include "worker/mechanisms/kernel_limit.h"
#include "worker/mechanisms/program_facts.h"
#include "worker/option.h"

namespace ipclab {
namespace {

constexpr int kMostSlots = 256;

// In the page of both ends; zero bytes are a valid start.
struct ControlPage {
  CmaWay from_host;
  CmaWay to_host;
  std::atomic<pid_t> host;
  std::atomic<pid_t> joiner;
  std::atomic<uint32_t> host_permits;  // the joiner's access to it
  SharedFutex for_joiner;
};

// Yama lets a process into another one's memory if that is its descendant, or has named it. Only
// one may be named: of several peers it is the parent of all, which stands for its descendants.
absl::Status Permit(pid_t peer) {
  static pid_t named = 0;
  if (named != 0 && named != peer) peer = ::getppid();
  named = peer;
  // Who changed its user, or runs a file that it may not read, keeps even its own user out.
  if (::prctl(PR_GET_DUMPABLE) != 1 && ::prctl(PR_SET_DUMPABLE, 1) != 0) {
    return ErrnoStatus("prctl", "PR_SET_DUMPABLE");
  }
  // EINVAL: there is no Yama.
  if (::prctl(PR_SET_PTRACER, peer, 0, 0, 0) != 0 && errno != EINVAL) {
    return ErrnoStatus("prctl", "PR_SET_PTRACER");
  }
  return absl::OkStatus();
}

class CmaChannel final : public Channel {
 public:
  CmaChannel(Mapping mapping, bool is_host)
      : mapping_(std::move(mapping)),
        is_host_(is_host),
        page_(*static_cast<ControlPage*>(mapping_.data())) {
    (is_host ? page_.host : page_.joiner).store(::getpid());
  }

  const ControlPage& page() const { return page_; }

  // Makes the slots that this end has.
  absl::Status Open(const ChannelSpec& spec);
  absl::Status Connect() override;

  IoStatus Send(std::span<const std::byte> message) override {
    return Told(sender_->Send(message, /*wait=*/true, code_));
  }
  IoStatus Receive(std::span<std::byte> message) override {
    return Told(receiver_->Receive(message, /*wait=*/true, code_));
  }
  IoStatus TrySend(std::span<const std::byte> message) override {
    return Told(sender_->Send(message, /*wait=*/false, code_));
  }
  IoStatus TryReceive(std::span<std::byte> message) override {
    return Told(receiver_->Receive(message, /*wait=*/false, code_));
  }

  absl::StatusOr<int64_t> Depth() const override {
    if (!receiver_.has_value()) return absl::UnimplementedError("cma: this end only sends");
    return receiver_->Depth();
  }

 private:
  IoStatus Told(IoStatus status) { return status == IoStatus::kError ? Fail(code_) : status; }

  Mapping mapping_;
  const bool is_host_;
  ControlPage& page_;
  std::optional<CmaSender> sender_;
  std::optional<CmaReceiver> receiver_;
  int code_ = 0;
};

constexpr size_t kMostSlotBytes = size_t{1} << 30;

absl::StatusOr<CmaSlots> MakeSlots(const ChannelSpec& spec, bool own, CmaWay& way) {
  CmaSlots slots;
  slots.bytes = static_cast<size_t>(spec.message_bytes);
  slots.count = std::bit_ceil(
      static_cast<uint32_t>(std::max<int64_t>(spec.IntegerOption("slots"), spec.records)));
  if (!own) return slots;
  if (slots.count > kMostSlotBytes / slots.bytes) {
    return absl::ResourceExhaustedError(absl::StrCat("cma: ", slots.count, " slots of ",
                                                     slots.bytes, " bytes are more than ",
                                                     kMostSlotBytes, " bytes; choose fewer slots"));
  }
  auto pages = OwnPages::Make(slots.count * slots.bytes);
  if (!pages.ok()) return pages.status();
  slots.own = *std::move(pages);
  way.slots.store(reinterpret_cast<uint64_t>(slots.own.data()), std::memory_order_release);
  return slots;
}

absl::Status CmaChannel::Open(const ChannelSpec& spec) {
  const bool receiver_has_slots = spec.Option("call") == "writev";
  if (spec.duplex || spec.sends) {
    CmaWay& way = is_host_ ? page_.from_host : page_.to_host;
    auto slots = MakeSlots(spec, !receiver_has_slots, way);
    if (!slots.ok()) return slots.status();
    sender_.emplace(way, *std::move(slots));
  }
  if (spec.duplex || !spec.sends) {
    CmaWay& way = is_host_ ? page_.to_host : page_.from_host;
    auto slots = MakeSlots(spec, receiver_has_slots, way);
    if (!slots.ok()) return slots.status();
    receiver_.emplace(way, *std::move(slots));
  }
  return absl::OkStatus();
}

// The joiner has permitted the host when it joined. The host learns only here who joined.
absl::Status CmaChannel::Connect() {
  const pid_t peer = (is_host_ ? page_.joiner : page_.host).load();
  if (is_host_) {
    if (absl::Status permitted = Permit(peer); !permitted.ok()) return permitted;
    page_.host_permits.store(1);
    page_.for_joiner.Wake();
  }
  while (!is_host_ && page_.host_permits.load() == 0) {
    const uint32_t mark = page_.for_joiner.Mark();
    if (page_.host_permits.load() == 0) page_.for_joiner.Sleep(mark);
  }
  const auto reach = [peer](CmaSlots& slots, const CmaWay& way) {
    slots.peer = peer;
    slots.address = way.slots.load(std::memory_order_acquire);
    return slots.Try();
  };
  absl::Status status;
  if (sender_.has_value()) {
    status.Update(reach(sender_->slots(), is_host_ ? page_.from_host : page_.to_host));
  }
  if (receiver_.has_value()) {
    status.Update(reach(receiver_->slots(), is_host_ ? page_.to_host : page_.from_host));
  }
  return status;
}

// Whether this process has CAP_SYS_PTRACE.
bool MayPtrace() {
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {};
  if (::syscall(SYS_capget, &header, sets) != 0) return false;
  return (sets[CAP_TO_INDEX(CAP_SYS_PTRACE)].effective & CAP_TO_MASK(CAP_SYS_PTRACE)) != 0;
}

// Why access to another process fails on this host; empty where it need not.
std::string Hindrance() {
  std::byte from{1};
  std::byte to{0};
  const iovec here = {&to, 1};
  const iovec there = {&from, 1};
  if (::process_vm_readv(::getpid(), &here, 1, &there, 1, 0) != 1) {
    return absl::StrCat(std::string(ErrnoStatus("process_vm_readv", "of itself").message()),
                        "; a kernel with CONFIG_CROSS_MEMORY_ATTACH and a sandbox or container "
                        "that allows it are needed (for one: --cap-add SYS_PTRACE)");
  }
  // What else there is depends on the peer, and shows when the two connect.
  const int64_t scope = ReadSysctl("kernel/yama/ptrace_scope").value_or(0);
  if (scope >= 3) {
    return "kernel.yama.ptrace_scope is 3: no process gets at another's memory, and only a boot "
           "with a lower one changes that";
  }
  if (scope == 2 && !MayPtrace()) {
    return "kernel.yama.ptrace_scope is 2 and this user has not CAP_SYS_PTRACE; sysctl -w "
           "kernel.yama.ptrace_scope=1";
  }
  return "";
}

Probe ProbeCma() {
  Probe probe;
  probe.unavailable_reason = Hindrance();
  if (const auto scope = ReadSysctl("kernel/yama/ptrace_scope")) {
    probe.limits.push_back(MakeLimit(
        "who may get at a process: 0 its user, 1 its parents and whom it names, 2 the privileged, "
        "3 nobody",
        *scope, "/proc/sys/kernel/yama/ptrace_scope"));
  }
  probe.options.push_back(ChoiceOption(
      "call", {"writev", "readv"},
      "Who moves a message: the sender, into the receiver's memory (process_vm_writev), or the "
      "receiver, out of the sender's (process_vm_readv)"));

  probe.options.push_back(IntegerOption(
      "slots", 8, 1, kMostSlots, "Messages on their way at once; rounded up to a power of two"));
  return probe;
}

absl::StatusOr<std::unique_ptr<CmaChannel>> MakeChannel(const ChannelSpec& spec, int page,
                                                        bool is_host) {
  auto mapping = Mapping::Shared(page, sizeof(ControlPage));
  if (!mapping.ok()) return mapping.status();
  auto channel = std::make_unique<CmaChannel>(*std::move(mapping), is_host);
  if (absl::Status opened = channel->Open(spec); !opened.ok()) return opened;
  return channel;
}

absl::StatusOr<Hosted> HostCma(const ChannelSpec& spec) {
  auto page = CreateMemoryFile("ipclab-cma", sizeof(ControlPage));
  if (!page.ok()) return page.status();
  // Taken now: a page that is not there when it is touched is SIGBUS.
  if (const int error = ::posix_fallocate(page->get(), 0, sizeof(ControlPage)); error != 0) {
    return ErrnoStatus("posix_fallocate", "cma", error);
  }
  auto channel = MakeChannel(spec, page->get(), /*is_host=*/true);
  if (!channel.ok()) return channel.status();
  Hosted hosted{*std::move(channel), {}};
  hosted.offer.descriptors.push_back(*std::move(page));
  return hosted;
}

absl::StatusOr<std::unique_ptr<Channel>> JoinCma(const ChannelSpec& spec, ChannelOffer offer) {
  if (offer.descriptors.size() != 1) {
    return absl::InvalidArgumentError("cma: the offer has no page");
  }
  auto channel = MakeChannel(spec, offer.descriptors.front().get(), /*is_host=*/false);
  if (!channel.ok()) return channel.status();
  if (absl::Status permitted = Permit((*channel)->page().host.load()); !permitted.ok()) {
    return permitted;
  }
  return *std::move(channel);
}

constexpr std::array<std::string_view, 2> kViews = {
    "strace -e trace=process_vm_readv,process_vm_writev -p PID: nothing else shows it",
    "sysctl kernel.yama.ptrace_scope: who may"};
constexpr std::array<std::string_view, 7> kHazards = {
    "Who may write into a process may do anything to it: the right is the one to debug it, same "
    "user and more.",
    "Yama (kernel.yama.ptrace_scope 1) wants the other one to be a child, or to have named its "
    "peer by PR_SET_PTRACER; containers often forbid the calls by seccomp.",
    "The call only moves bytes: when they may be moved must be agreed on elsewhere, here by "
    "futexes in a shared page.",
    "Memory must stay as it is until the other one is done: here each message is copied into or "
    "out of a slot, a second copy that a program with buffers of its own would spare.",
    "With readv, what was not read yet is lost with its sender.",
    "A transfer may be partial where pages are missing, and nothing keeps a writer of the same "
    "bytes out meanwhile.",
    kNoFanIn};

}  // namespace

extern constinit const Mechanism kCma = {
    .id = "cma",
    .family = v1::Mechanism::MESSAGE,
    .summary =
        "Cross memory attach: process_vm_writev or process_vm_readv straight into or out of "
        "the other process",
    .facts = {.model = v1::Mechanism::MESSAGE_PASSING,
              .interface = v1::Mechanism::LINUX,
              .direction = v1::Mechanism::TWO_WAYS,
              .scope = v1::Mechanism::SAME_HOST,
              .persistence = v1::Mechanism::PROCESS,
              .peer_loss = v1::Mechanism::NOTICED_ON_CLOSE,
              .keeps_borders = true,
              .needs_synchronisation = true,
              .access = "whoever may debug the other process: same user, and let in by Yama"},
    .patterns = kDataPatternsButFanIn,
    .hazards = kHazards,
    .kernel_views = kViews,
    .name_kinds = {},
    .loopback = false,
    .probe = ProbeCma,
    .host = HostCma,
    .join = JoinCma,
    .program = ChannelFacts("sent and not received", 1, SeenBy::kReceivers),
};

}  // namespace ipclab
