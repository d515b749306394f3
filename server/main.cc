// ipclabd: the server of ipclab.

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <string>

#include "absl/synchronization/mutex.h"
#include "server/flags.h"
#include "server/server.h"
#include "spdlog/sinks/stdout_color_sinks.h"
#include "spdlog/spdlog.h"

namespace {

using ipclab::UniqueFd;

// Blocks the signals that stop the server, for every thread to come, and returns where they are
// read.
UniqueFd BlockSignals() {
  signal(SIGPIPE, SIG_IGN);
  sigset_t signals;
  sigemptyset(&signals);
  for (const int each : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, each);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return UniqueFd(signalfd(-1, &signals, SFD_CLOEXEC));
}

// Waits for a signal or the end of a private server's connection.
std::string AwaitEnd(int signals, int lifeline) {
  std::array<pollfd, 2> fds = {{{.fd = signals, .events = POLLIN, .revents = 0},
                                {.fd = lifeline, .events = POLLRDHUP, .revents = 0}}};
  while (poll(fds.data(), fds.size(), -1) < 0) {
  }
  if (fds[0].revents == 0) return "the connection ended";
  signalfd_siginfo info;
  if (read(signals, &info, sizeof info) != sizeof info) return "a signal";
  return std::string("SIG") + sigabbrev_np(static_cast<int>(info.ssi_signo));
}

// A second signal while the server stops ends it at once: the zygote sees to what is left.
void EndAtNextSignal() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int each : {SIGINT, SIGTERM, SIGHUP}) {
    signal(each, SIG_DFL);
    sigaddset(&signals, each);
  }
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

}  // namespace

int main(int argc, char** argv) {
  int exit_code = 0;
  const auto flags = ipclab::ParseFlags(argc, argv, exit_code);
  if (!flags) return exit_code;
  const UniqueFd signals = BlockSignals();
  // Debian's Abseil looks for deadlocks at every lock that gRPC takes; that is for its developers.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  spdlog::set_default_logger(spdlog::stderr_color_mt("ipclabd"));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e %^%l%$ %v");
  spdlog::set_level(spdlog::level::from_str(flags->log_level));

  auto server = ipclab::Server::Start(*flags);
  if (!server.ok()) {
    fprintf(stderr, "ipclabd: %s\n", std::string(server.status().message()).c_str());
    return 1;
  }
  for (const std::string& address : (*server)->addresses()) {
    printf("listening on %s\n", address.c_str());
  }
  fflush(stdout);
  const std::string why = AwaitEnd(signals.get(), (*server)->lifeline());
  spdlog::info("stopping: {}", why);
  EndAtNextSignal();
  (*server)->Stop();
  return 0;
}
