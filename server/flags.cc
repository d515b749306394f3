#include "server/flags.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <climits>

namespace ipclab {
namespace {

constexpr char kFooter[] = R"(Examples:
  ipclabd                                   the default Unix socket
  ipclabd --listen 127.0.0.1:7777           loopback TCP, with the token in the state folder
  ipclabd --listen 127.0.0.1:0 --state-dir ~/lab-state
                                            a port that the kernel chooses, a state of its own
  ipclab certs --host lab.example           certificates for development, into ./certs
  ipclabd --listen 0.0.0.0:7777 --tls-cert certs/server.pem --tls-key certs/server.key
                                            every interface, over TLS, with the token

It prints "listening on ADDRESS" once per address when it serves, and stops at SIGTERM or SIGINT.)";

std::string OwnFolder() {
  std::array<char, PATH_MAX> path;
  const ssize_t length = readlink("/proc/self/exe", path.data(), path.size());
  if (length <= 0) return ".";
  const std::string own(path.data(), static_cast<size_t>(length));
  return own.substr(0, own.rfind('/'));
}

void AddSecurityFlags(CLI::App& app, Flags& flags) {
  app.add_option("--tokens", flags.tokens,
                 "Tokens beside the server's own: lines of ROLE NAME TOKEN, with ROLE viewer, "
                 "operator or admin. Read again when it changes")
      ->type_name("FILE");
  app.add_option("--tls-cert", flags.tls.certificate,
                 "Speak TLS by TCP, with this certificate chain (PEM). Read again when it changes")
      ->type_name("FILE");
  app.add_option("--tls-key", flags.tls.key, "The certificate's private key (PEM)")
      ->type_name("FILE");
  app.add_option("--tls-client-ca", flags.tls.client_ca,
                 "By TCP, let in only clients with a certificate of this authority (PEM)")
      ->type_name("FILE");
  app.add_flag("--insecure-remote", flags.insecure_remote,
               "Listen beyond loopback without TLS: whoever is on the way can read the token");
  app.add_option("--creates-per-second", flags.limits.creates_per_second,
                 "How many experiments one client may create a second, on average")
      ->check(CLI::Range(0.001, 1e6))
      ->capture_default_str();
  app.add_option("--create-burst", flags.limits.create_burst,
                 "How many it may create at once after a quiet time")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
}

}  // namespace

std::optional<Flags> ParseFlags(int argc, char** argv, int& exit_code) {
  Flags flags;
  double stall_seconds = absl::ToDoubleSeconds(flags.stall_limit);
  double grace_seconds = absl::ToDoubleSeconds(flags.grace);
  CLI::App app("ipclabd: the server of ipclab, a laboratory for inter-process communication.",
               "ipclabd");
  app.set_version_flag("--version", IPCLAB_VERSION);
  app.footer(kFooter);
  app.add_option("--listen", flags.listen,
                 "Where to listen: unix:/path or HOST:PORT, beyond loopback with TLS; may be given "
                 "again")
      ->type_name("ADDRESS");
  app.add_option("--state-dir", flags.state_dir, "The folder for results and the token")
      ->type_name("FOLDER");
  app.add_option("--log-level", flags.log_level, "What to log to standard error")
      ->check(CLI::IsMember({"debug", "info", "warning", "error", "off"}))
      ->capture_default_str();
  app.add_option("--worker-binary", flags.worker_binary, "The worker program to start")
      ->type_name("FILE");
  app.add_option("--programs", flags.programs, "The folder of lab programs (*.lab)")
      ->type_name("FOLDER");
  app.add_option("--stall-limit", stall_seconds,
                 "Fail an experiment whose workers make no progress for so many seconds")
      ->check(CLI::Range(0.01, 86400.0))
      ->capture_default_str();
  app.add_option("--grace", grace_seconds, "How many seconds a stop may take")
      ->check(CLI::Range(0.1, 3600.0))
      ->capture_default_str();
  app.add_option("--private-fd", flags.private_fd,
                 "Serve only the connection on this descriptor, keep nothing, end with it")
      ->check(CLI::NonNegativeNumber)
      ->type_name("FD");
  AddSecurityFlags(app, flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error) == 0 ? 0 : 2;
    return std::nullopt;
  }
  flags.stall_limit = absl::Seconds(stall_seconds);
  flags.grace = absl::Seconds(grace_seconds);
  return flags;
}

std::string FindWorkerBinary(const Flags& flags) {
  if (!flags.worker_binary.empty()) return flags.worker_binary;
  const std::string folder = OwnFolder();
  const std::string installed = folder + "/../libexec/ipclab/ipclab-worker";
  const std::string beside = folder + "/ipclab-worker";
  return access(beside.c_str(), X_OK) == 0 ? beside : installed;
}

std::string FindProgramFolder(const Flags& flags) {
  return flags.programs.empty() ? OwnFolder() + "/../share/ipclab/programs" : flags.programs;
}

}  // namespace ipclab
