#include "clients/cli/connection.h"

#include <grpc/support/log.h>
#include <grpcpp/create_channel_posix.h>
#include <netdb.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "clients/cli/certificates.h"
#include "clients/cli/failure.h"
#include "clients/cli/server_address.h"
#include "clients/cli/token.h"
#include "common/ipc_name.h"

namespace ipclab::cli {
namespace {

constexpr char kHowToStartThere[] =
    "is ipclabd there? `ipclabd --listen ADDRESS` or `./lab up --listen ADDRESS` starts it on that "
    "host; --server names another; one that speaks TLS needs --tls-ca FILE, or write "
    "tls:HOST:PORT";

constexpr char kHowToStart[] =
    "is ipclabd running? Start it with `./lab up` or `ipclabd`; without --server, ipclab starts a "
    "private one";

// The file's text; empty when there is no such option.
absl::StatusOr<std::string> ReadFile(const char* flag, const std::string& path) {
  if (path.empty()) return "";
  std::ifstream stream(path);
  std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  if (stream && text.find("-----BEGIN ") != std::string::npos) return text;
  return absl::InvalidArgumentError(
      absl::StrCat(flag, " ", path, ": nothing in PEM form can be read there"));
}

// What the channel is to speak: TLS when an authority was given or the address asks for it.
absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> CredentialsFor(
    const ServerAddress& address, const TlsOptions& tls) {
  if (address.is_unix() || (!address.tls && !tls.any())) {
    return grpc::InsecureChannelCredentials();
  }
  if (tls.certificate.empty() != tls.key.empty()) {
    return absl::InvalidArgumentError("--tls-cert and --tls-key go together");
  }
  const auto authority = ReadFile("--tls-ca", tls.authority);
  if (!authority.ok()) return authority.status();
  const auto certificate = ReadFile("--tls-cert", tls.certificate);
  if (!certificate.ok()) return certificate.status();
  const auto key = ReadFile("--tls-key", tls.key);
  if (!key.ok()) return key.status();
  if (!tls.certificate.empty()) {
    const absl::Status status = CheckPair({*certificate, *key}, absl::Now());
    if (!status.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("--tls-cert ", tls.certificate, ", --tls-key ",
                                                     tls.key, ": ", std::string(status.message())));
    }
  }
  return grpc::SslCredentials(
      {.pem_root_certs = *authority, .pem_private_key = *key, .pem_cert_chain = *certificate});
}

// Why TLS does not come about, which the state of a channel does not tell.
absl::Status TlsFailed(const std::string& server, const TlsOptions& tls,
                       const grpc::Status& status) {
  return absl::UnavailableError(absl::StrCat(
      "no TLS connection to ", server, " (", status.error_message(),
      ").\n  Is ipclabd there, with --tls-cert? Is its certificate signed by the authority in "
      "--tls-ca, made for the name that you call it by, and not expired?\n  ",
      tls.certificate.empty()
          ? "If it was started with --tls-client-ca, it wants a certificate of yours: --tls-cert "
            "and --tls-key."
          : "If it was started with --tls-client-ca, the certificate in --tls-cert must be signed "
            "by that authority."));
}

// gRPC writes to standard error what a command tells in its own words.
void SilenceGrpc() {
  if (std::getenv("GRPC_VERBOSITY") != nullptr) return;
  gpr_set_log_function([](gpr_log_func_args*) {});
}

grpc::ChannelArguments Arguments() {
  grpc::ChannelArguments arguments;
  // A laboratory is local: a proxy for the web would only get in between, and see the token.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  // Streams have no deadline; a server that is gone without a word is found by pings.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 20'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  return arguments;
}

// True once the channel is connected; false as soon as the first attempt fails.
bool Connects(grpc::Channel& channel, absl::Time deadline) {
  for (;;) {
    const grpc_connectivity_state state = channel.GetState(/*try_to_connect=*/true);
    if (state == GRPC_CHANNEL_READY) return true;
    if (state == GRPC_CHANNEL_TRANSIENT_FAILURE || state == GRPC_CHANNEL_SHUTDOWN) return false;
    if (!channel.WaitForStateChange(state, absl::ToChronoTime(deadline))) return false;
  }
}

// True when nobody is called so. Asked only once gRPC has failed, whose resolver then knows too.
bool HasNoAddress(const ServerAddress& address) {
  if (address.is_unix()) return false;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(address.host.c_str(), nullptr, nullptr, &found);
  if (error == 0) ::freeaddrinfo(found);
  return error == EAI_NONAME;
}

// The local server's address, if one answers there. RuntimeFolder checks that the folder is ours,
// so that nobody else's server is taken for it; but it would also create it, so not without need.
std::optional<std::string> LocalServer() {
  // Looking must not make the folder, and a folder that others may enter is nobody's to trust.
  if (::access(RuntimeFolderPath().c_str(), F_OK) != 0) return std::nullopt;
  const absl::StatusOr<std::string> folder = RuntimeFolder();
  if (!folder.ok()) return std::nullopt;
  const std::string path = absl::StrCat(*folder, "/ipclabd.sock");
  if (!ProbeUnixSocket(path).ok()) return std::nullopt;
  return absl::StrCat("unix:", path);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const ConnectionOptions& options) {
  SilenceGrpc();
  const std::optional<std::string> server =
      options.server.empty() ? LocalServer() : std::make_optional(options.server);
  if (!server) return OpenPrivate(options);
  const absl::StatusOr<ServerAddress> address = ParseServerAddress(*server);
  if (!address.ok()) return address.status();
  absl::StatusOr<std::string> token = TokenFor(*address, options.token_file);
  if (!token.ok()) return token.status();
  if (address->is_unix()) {
    if (const absl::Status probe = ProbeUnixSocket(address->path); !probe.ok()) {
      return absl::UnavailableError(absl::StrCat("no server answers at ", *server, " (",
                                                 std::string(probe.message()), "): ", kHowToStart));
    }
  }
  const bool tls = !address->is_unix() && (address->tls || options.tls.any());
  if (!tls && !address->is_local() && !token->empty()) {
    return absl::InvalidArgumentError(
        "the token must not cross a network in the clear: give --tls-ca FILE, or write "
        "tls:HOST:PORT");
  }
  const auto credentials = CredentialsFor(*address, options.tls);
  if (!credentials.ok()) return credentials.status();
  const auto channel = grpc::CreateCustomChannel(address->Target(), *credentials, Arguments());
  if (!tls && !Connects(*channel, absl::Now() + options.timeout)) {
    return absl::UnavailableError(absl::StrCat(
        "no server answers at ", *server, HasNoAddress(*address) ? " (no such host)" : "", ": ",
        address->is_unix() ? kHowToStart : kHowToStartThere));
  }
  // Not make_unique: the constructor is private.
  std::unique_ptr<Connection> connection(
      new Connection(std::nullopt, *std::move(token), options.timeout));
  connection->Use(channel);
  if (!tls) return connection;
  // A server that does not like our certificate says so only after the handshake: the first call is
  // the proof.
  const auto context = connection->NewCall();
  v1::ServerInfo info;
  const grpc::Status status = connection->system().GetServerInfo(context.get(), {}, &info);
  if (status.error_code() != grpc::StatusCode::UNAVAILABLE) return connection;
  return TlsFailed(*server, options.tls, status);
}

absl::StatusOr<std::unique_ptr<Connection>> Connection::OpenPrivate(
    const ConnectionOptions& options) {
  const absl::StatusOr<std::string> program = FindServerProgram();
  absl::StatusOr<PrivateServer> server =
      program.ok() ? PrivateServer::Start(*program) : program.status();
  if (!server.ok()) {
    return absl::UnavailableError(
        absl::StrCat("no server is running, and a private one cannot "
                     "be started: ",
                     std::string(server.status().message())));
  }
  std::unique_ptr<Connection> connection(
      new Connection(*std::move(server), /*token=*/"", options.timeout));
  const int socket = connection->private_server_->TakeSocket().Release();  // gRPC closes it
  connection->Use(grpc::CreateCustomInsecureChannelFromFd("ipclabd", socket, Arguments()));
  // The first call is the proof that it is up.
  const auto context = connection->NewCall();
  v1::ServerInfo info;
  const grpc::Status status = connection->system().GetServerInfo(context.get(), {}, &info);
  if (status.ok()) return connection;
  connection->private_server_->Stop();
  return absl::UnavailableError(
      absl::StrCat("no server is running, and a private one did not come "
                   "up: ",
                   FailureText(FailureOf(status)), "\n", connection->private_server_->Output()));
}

Connection::Connection(std::optional<PrivateServer> private_server, std::string token,
                       absl::Duration timeout)
    : private_server_(std::move(private_server)), token_(std::move(token)), timeout_(timeout) {}

Connection::~Connection() = default;

void Connection::Use(std::shared_ptr<grpc::Channel> channel) {
  experiments_ = v1::ExperimentService::NewStub(channel);
  mechanisms_ = v1::MechanismService::NewStub(channel);
  programs_ = v1::ProgramService::NewStub(channel);
  system_ = v1::SystemService::NewStub(channel);
}

std::unique_ptr<grpc::ClientContext> Connection::NewCall() const {
  auto context = NewStream();
  context->set_deadline(absl::ToChronoTime(absl::Now() + timeout_));
  return context;
}

std::unique_ptr<grpc::ClientContext> Connection::NewStream() const {
  auto context = std::make_unique<grpc::ClientContext>();
  if (!token_.empty()) context->AddMetadata("authorization", absl::StrCat("Bearer ", token_));
  return context;
}

}  // namespace ipclab::cli
