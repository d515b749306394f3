// dbus: method calls or signals by sd-bus, through a dbus-daemon of the link's own or without one.

#include <array>

#include "absl/strings/str_cat.h"
#include "worker/mechanism.h"
#include "worker/mechanisms/data_patterns.h"
#include "worker/mechanisms/program_facts.h"
#include "worker/option.h"

#ifdef IPCLAB_HAS_DBUS
#include <sys/socket.h>
#include <unistd.h>

#include "common/errno_status.h"
#include "common/run_file.h"
#include "worker/libraries/shared_library.h"
#include "worker/mechanisms/dbus_channel.h"
#include "worker/mechanisms/dbus_daemon.h"
#include "worker/mechanisms/kernel_limit.h"
#else
#include "worker/libraries/absent.h"
#endif

namespace ipclab {
namespace {

constexpr int64_t kMostArrayBytes = 64 << 20;

#ifdef IPCLAB_HAS_DBUS

DbusChannel::Manner MannerOf(const ChannelSpec& spec, bool hosts) {
  return {.hosts = hosts,
          .duplex = spec.duplex,
          .sends = spec.sends,
          .signals = spec.Option("kind") == "signal"};
}

bool HasDaemon(const ChannelSpec& spec) { return spec.Option("broker") == "daemon"; }

absl::StatusOr<Hosted> HostDbus(const ChannelSpec& spec) {
  if (auto status = LoadSdBus(); !status.ok()) return status;
  auto channel = std::make_unique<DbusChannel>(MannerOf(spec, /*hosts=*/true));
  Hosted hosted;
  if (HasDaemon(spec)) {
    const std::string& socket = spec.names.at(0).name();
    if (auto status = MakeFolderOf(socket); !status.ok()) return status;
    auto daemon = DbusDaemon::Start(socket, spec.names.at(1).name());
    if (!daemon.ok()) return daemon.status();
    hosted.offer.bytes = DbusDaemon::AddressOf(socket);
    if (auto status = channel->OpenThroughDaemon(hosted.offer.bytes, *std::move(daemon));
        !status.ok()) {
      return status;
    }
  } else {
    int fds[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) != 0) {
      return ErrnoStatus("socketpair");
    }
    UniqueFd ours(fds[0]);
    hosted.offer.descriptors.emplace_back(fds[1]);
    if (auto status = channel->OpenDirectly(std::move(ours)); !status.ok()) return status;
  }
  hosted.channel = std::move(channel);
  return hosted;
}

absl::StatusOr<std::unique_ptr<Channel>> JoinDbus(const ChannelSpec& spec, ChannelOffer offer) {
  if (auto status = LoadSdBus(); !status.ok()) return status;
  auto channel = std::make_unique<DbusChannel>(MannerOf(spec, /*hosts=*/false));
  absl::Status status;
  if (HasDaemon(spec)) {
    status = channel->OpenThroughDaemon(offer.bytes, DbusDaemon());
  } else if (offer.descriptors.size() == 1) {
    status = channel->OpenDirectly(std::move(offer.descriptors.front()));
  } else {
    status = absl::InvalidArgumentError("dbus: the offer is not of one descriptor");
  }
  if (!status.ok()) return status;
  return channel;
}

// Empty where there is no need for any.
std::string WhyNoDaemon() {
  return DbusDaemon::Find().empty() ? "there is no dbus-daemon; install dbus-daemon" : "";
}

void LookAtHost(Probe& probe) {
  if (const absl::Status status = TryInChild(LoadSdBus); !status.ok()) {
    probe.unavailable_reason = absl::StrCat(std::string(status.message()), "; install libsystemd0");
  }
  probe.limits.push_back(
      MakeLimit("bytes of one sender's messages that the daemon holds before it "
                "stops to read from it (max_incoming_bytes)",
                kDaemonWindowBytes, ""));
}

#else

constexpr auto HostDbus = HostAbsent;
constexpr auto JoinDbus = JoinAbsent;
std::string WhyNoDaemon() { return ""; }
void LookAtHost(Probe& probe) {
  probe.unavailable_reason = "built without sd-bus; install libsystemd-dev and build again";
}

#endif

Probe ProbeDbus() {
  Probe probe;
  LookAtHost(probe);
  probe.max_message_bytes = kMostArrayBytes;  // the format's own: nothing changes it

  const std::string no_daemon = WhyNoDaemon();
  v1::Option& broker = probe.options.emplace_back(ChoiceOption(
      "broker", {"daemon", "none"},
      "daemon: through a private dbus-daemon, on the host worker's CPU; none: from peer to peer "
      "over a socket pair"));
  if (!no_daemon.empty()) {
    broker.set_default_value("none");
    broker.set_description(absl::StrCat(broker.description(), ". Not here: ", no_daemon));
  }
  probe.options.push_back(
      ChoiceOption("kind", {"call", "signal"},
                   "call: method calls, the echo of a round trip is what the call returns, "
                   "those of a stream ask for no reply; signal: signals, broadcast to who "
                   "subscribed"));
  return probe;
}

constexpr std::array kNames = {internal::IpcName::FILE, internal::IpcName::FILE};
constexpr std::array<std::string_view, 2> kViews = {"ss -xp: the connections to the daemon",
                                                    "pgrep -a dbus-daemon"};
constexpr std::array<std::string_view, 6> kHazards = {
    "Every message through the daemon is copied and checked there, and wakes one process more: a "
    "bus is for control, not for data.",
    "The daemon drops what a slow receiver does not take once max_outgoing_bytes is full; the "
    "private one holds back the sender before that.",
    "The daemon's own processor time is not in the workers' figures.",
    "An array is at most 64 MiB and a message 128 MiB; larger data goes by descriptor.",
    "A call without a timeout of its own fails after 25 seconds of silence.",
    "A signal reaches who subscribed by then and nobody else, and its sender never learns whether "
    "anybody did."};

}  // namespace

extern constinit const Mechanism kDbus = {
    .id = "dbus",
    .family = v1::Mechanism::MESSAGE,
    .summary = "D-Bus by sd-bus: method calls or signals, through a dbus-daemon or peer to peer",
    .facts = {.model = v1::Mechanism::MESSAGE_PASSING,
              .interface = v1::Mechanism::LIBRARY,
              .direction = v1::Mechanism::TWO_WAYS,
              .scope = v1::Mechanism::SAME_HOST,
              .persistence = v1::Mechanism::PROCESS,
              .peer_loss = v1::Mechanism::NOTICED,
              .keeps_borders = true,
              .access = "the same user, as the daemon's policy says"},
    .patterns = kDataPatterns,
    .hazards = kHazards,
    .kernel_views = kViews,
    .name_kinds = kNames,
    .loopback = false,
    .probe = ProbeDbus,
    .host = HostDbus,
    .join = JoinDbus,
    .program =
        UnseenChannelFacts("messages wait in the daemon, in the sockets and in sd-bus, uncounted",
                           /*hops=*/true),
};

}  // namespace ipclab
