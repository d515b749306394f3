#include "clients/cli/certs_command.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "clients/cli/certificate_facts.h"
#include "clients/cli/certificates.h"
#include "clients/cli/command_flags.h"
#include "clients/cli/failure.h"
#include "common/errno_status.h"
#include "common/unique_fd.h"

namespace ipclab::cli {
namespace {

constexpr char kAuthority[] = "ca";
constexpr char kServer[] = "server";
constexpr char kClient[] = "client";  // unless another is named

// Of the authority, which is to outlive what it signs and is trusted by copies on other hosts.
constexpr int kMostDays = 3650;

// Clocks of hosts differ a little.
constexpr absl::Duration kClockSkew = absl::Minutes(5);

std::string PathOf(const CertsFlags& flags, const std::string& name, const char* suffix) {
  return absl::StrCat(flags.folder, "/", name, suffix);
}

bool Exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

bool PairExists(const CertsFlags& flags, const std::string& name) {
  return Exists(PathOf(flags, name, ".pem")) && Exists(PathOf(flags, name, ".key"));
}

// Half an authority is not to be overwritten: the other half may be in use.
bool AnyOfAuthorityExists(const CertsFlags& flags) {
  return Exists(PathOf(flags, kAuthority, ".pem")) || Exists(PathOf(flags, kAuthority, ".key"));
}

std::string ClientOf(const CertsFlags& flags) { return flags.client.value_or(kClient); }

bool NamesServer(const CertsFlags& flags) { return !flags.hosts.empty(); }
bool NamesClient(const CertsFlags& flags) {
  return flags.client.has_value() || !flags.role.empty();
}

bool MakesServer(const CertsFlags& flags) {
  const bool renews = flags.force && (NamesServer(flags) || !NamesClient(flags));
  return renews || !PairExists(flags, kServer);
}

bool MakesClient(const CertsFlags& flags) {
  const bool renews = flags.force && (NamesClient(flags) || !NamesServer(flags));
  return renews || !PairExists(flags, ClientOf(flags));
}

// Whoever sees the file, as a server that is running may, sees all of it.
absl::Status WriteFile(const std::string& path, const std::string& text, mode_t mode) {
  const std::string made = path + ".new";
  if (::unlink(made.c_str()) != 0 && errno != ENOENT) return ErrnoStatus("unlink", made);
  const UniqueFd file(
      ::open(made.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
  if (!file) return ErrnoStatus("open", made);
  const ssize_t written = ::write(file.get(), text.data(), text.size());
  absl::Status status;
  if (written < 0) {
    status = ErrnoStatus("write", made);
  } else if (static_cast<size_t>(written) != text.size()) {
    status = ErrnoStatus("write", made, ENOSPC);
  } else if (::rename(made.c_str(), path.c_str()) != 0) {
    status = ErrnoStatus("rename", made);
  }
  if (!status.ok()) ::unlink(made.c_str());
  return status;
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream stream(path);
  std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  if (!stream || text.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat(path,
                     " cannot be read; if the authority is lost, remove what is left of it "
                     "for a new one"));
  }
  return text;
}

absl::Status WritePair(const CertsFlags& flags, const std::string& name,
                       const absl::StatusOr<KeyPair>& pair, std::vector<std::string>& written) {
  if (!pair.ok()) return pair.status();
  for (const auto& [suffix, text, mode] :
       {std::tuple{".key", &pair->key, 0600}, std::tuple{".pem", &pair->certificate, 0644}}) {
    if (absl::Status status =
            WriteFile(PathOf(flags, name, suffix), *text, static_cast<mode_t>(mode));
        !status.ok()) {
      return status;
    }
    written.push_back(absl::StrCat(name, suffix));
  }
  return absl::OkStatus();
}

// Whether the authority can sign what is to be valid so long.
absl::Status CheckAuthority(const CertsFlags& flags, const KeyPair& pair, const Validity& validity,
                            absl::Time now) {
  const std::string certificate = PathOf(flags, kAuthority, ".pem");
  const auto facts = ReadCertificateFacts(pair.certificate);
  if (!facts.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat(certificate, " is no certificate in PEM form"));
  }
  if (!IsKey(pair.key)) {
    return absl::FailedPreconditionError(absl::StrCat(
        PathOf(flags, kAuthority, ".key"), " is no private key in PEM form without a passphrase"));
  }
  // Certificates count in seconds.
  if (absl::ToUnixSeconds(facts->until) < absl::ToUnixSeconds(validity.until)) {
    return absl::FailedPreconditionError(
        absl::StrCat("the authority in ", flags.folder, " expires on ",
                     absl::FormatTime("%Y-%m-%d", facts->until, absl::UTCTimeZone()),
                     ": remove ca.pem and ca.key for a new one, or give fewer --days"));
  }
  const absl::Status status = CheckPair(pair, now);
  if (status.ok()) return status;
  return absl::FailedPreconditionError(absl::StrCat(certificate, ": ",
                                                    std::string(status.message()),
                                                    "; remove ca.pem and ca.key for a new one"));
}

// The folder's authority; a new one when there is none.
absl::StatusOr<KeyPair> LoadOrMakeAuthority(const CertsFlags& flags, const Validity& validity,
                                            absl::Time now, std::vector<std::string>& written) {
  if (!AnyOfAuthorityExists(flags)) {
    auto made = MakeAuthority("ipclab development authority",
                              {validity.from, now + absl::Hours(24) * kMostDays});
    if (absl::Status status = WritePair(flags, kAuthority, made, written); !status.ok()) {
      return status;
    }
    return made;
  }
  auto certificate = ReadFile(PathOf(flags, kAuthority, ".pem"));
  if (!certificate.ok()) return certificate.status();
  auto key = ReadFile(PathOf(flags, kAuthority, ".key"));
  if (!key.ok()) return key.status();
  KeyPair pair{*std::move(certificate), *std::move(key)};
  if (absl::Status status = CheckAuthority(flags, pair, validity, now); !status.ok()) return status;
  return pair;
}

// Of the certificate that is about to be replaced; nothing when there is none.
CertificateFacts FactsBefore(const CertsFlags& flags, const std::string& name) {
  const auto text = ReadFile(PathOf(flags, name, ".pem"));
  if (!text.ok()) return {};
  return ReadCertificateFacts(*text).value_or(CertificateFacts{});
}

// Each once: this host's, those that the certificate before was good for, and more.
std::vector<std::string> ServerHosts(const std::vector<std::string>& before,
                                     const std::vector<std::string>& more) {
  std::vector<std::string> hosts = {"localhost", "127.0.0.1", "::1"};
  std::array<char, 256> own = {};
  if (::gethostname(own.data(), own.size() - 1) == 0) hosts.emplace_back(own.data());
  hosts.insert(hosts.end(), before.begin(), before.end());
  hosts.insert(hosts.end(), more.begin(), more.end());
  std::set<std::string> seen;
  std::erase_if(
      hosts, [&](const std::string& host) { return !IsHost(host) || !seen.insert(host).second; });
  return hosts;
}

bool IsClientName(const std::string& name) {
  constexpr size_t kMost = 63;
  return !name.empty() && name.size() <= kMost && name.front() != '.' && name != kAuthority &&
         name != kServer && std::all_of(name.begin(), name.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' ||
                  c == '.';
         });
}

absl::Status CheckFlags(const CertsFlags& flags) {
  for (const std::string& host : flags.hosts) {
    if (IsHost(host)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("--host: \"", host, "\" is neither a host's name nor its address"));
  }
  if (!IsClientName(ClientOf(flags))) {
    return absl::InvalidArgumentError(
        "--client: a name has 1 to 63 characters of a-z, A-Z, 0-9, \"-\", \"_\" and \".\", and is "
        "not \"ca\" or \"server\", which are the names of other files");
  }
  if (flags.force || !PairExists(flags, kServer)) return absl::OkStatus();
  if (!flags.hosts.empty()) {
    return absl::AlreadyExistsError(
        absl::StrCat(PathOf(flags, kServer, ".pem"),
                     " exists already, so --host would change nothing; --force makes it anew"));
  }
  if (PairExists(flags, ClientOf(flags))) {
    return absl::AlreadyExistsError(absl::StrCat(
        PathOf(flags, ClientOf(flags), ".pem"),
        " exists already; --client NAME makes one for another client, --force makes it anew"));
  }
  return absl::OkStatus();
}

std::string HowToUse(const CertsFlags& flags) {
  const std::string& folder = flags.folder;
  const std::string server = absl::StrCat(folder, "/server");
  const std::string client = absl::StrCat(folder, "/", ClientOf(flags));
  return absl::StrCat(
      "\nThe server, which takes up new certificates without a restart; the last flag lets in "
      "only\n"
      "clients with a certificate:\n"
      "  ipclabd --listen 0.0.0.0:7777 --tls-cert ",
      server, ".pem --tls-key ", server, ".key \\\n    --tls-client-ca ", folder,
      "/ca.pem\n"
      "A client; the token is the one in the server's state folder, or one of its --tokens:\n"
      "  ipclab info --server localhost:7777 --token-file TOKEN --tls-ca ",
      folder, "/ca.pem \\\n    --tls-cert ", client, ".pem --tls-key ", client,
      ".key\n"
      "Give others ca.pem and their own pair, never ca.key.\n");
}

}  // namespace

CLI::App& AddCertsCommand(CLI::App& app, CertsFlags& flags) {
  CLI::App& command = *app.add_subcommand(
      "certs", "Make certificates for development: an authority, a server's, clients'");
  command.add_option("--dir", flags.folder, Described("Where to: made if it is not there"))
      ->type_name("DIR")
      ->capture_default_str();
  command
      .add_option("--host", flags.hosts,
                  Described("A further name or address of the server, beside localhost and this "
                            "host's name; may be given again"))
      ->type_name("HOST");
  command.add_option("--client", flags.client, Described("The client's name, and its files'"))
      ->type_name("CLIENT")
      ->default_str(kClient);
  command
      .add_option("--role", flags.role,
                  Described("What the client may do at most, whatever its token permits: viewer, "
                            "operator or admin. Default: the token decides"))
      ->check(CLI::IsMember({"viewer", "operator", "admin"}).description(""))
      ->type_name("viewer|operator|admin");
  command.add_option("--days", flags.days, Described("How long they are valid"))
      ->check(CLI::Range(1, kMostDays))
      ->type_name("N")
      ->capture_default_str();
  command.add_flag("--force", flags.force,
                   Described("Make anew what is there: the server's if --host is given, the "
                             "client's if --client or --role is, both without these. Names, "
                             "addresses and role stay. The authority stays: remove ca.pem and "
                             "ca.key for a new one"));
  command.footer(
      "Examples:\n"
      "  ipclab certs\n"
      "  ipclab certs --host lab.example --host 10.0.0.7\n"
      "  ipclab certs --client grafana --role viewer      one more client of the same authority\n"
      "  ipclab certs --client grafana --force            renews that of this client alone");
  return command;
}

int RunCerts(const CertsFlags& flags) {
  const auto written = WriteCertificates(flags, absl::Now());
  if (!written.ok()) {
    Failure failure = FailureOf(written.status());
    // No server had a part in it: words that make no sense here, or a folder that does not do.
    const bool usage =
        absl::IsInvalidArgument(written.status()) || absl::IsAlreadyExists(written.status());
    failure.exit_code = usage ? ExitCode::kUsage : ExitCode::kCheckFailed;
    return Report(failure, /*json=*/false);
  }
  std::string text = "Made:\n";
  for (const std::string& file : *written) {
    absl::StrAppend(&text, "  ", flags.folder, "/", file, "\n");
  }
  absl::StrAppend(&text, HowToUse(flags));
  std::fputs(text.c_str(), stdout);
  return static_cast<int>(ExitCode::kDone);
}

absl::StatusOr<std::vector<std::string>> WriteCertificates(const CertsFlags& flags,
                                                           absl::Time now) {
  if (absl::Status status = CheckFlags(flags); !status.ok()) return status;
  if (::mkdir(flags.folder.c_str(), 0755) != 0 && errno != EEXIST) {
    return ErrnoStatus("mkdir", flags.folder);
  }
  const Validity validity = {now - kClockSkew, now + absl::Hours(24) * flags.days};
  std::vector<std::string> written;
  const auto authority = LoadOrMakeAuthority(flags, validity, now, written);
  if (!authority.ok()) return authority.status();
  if (MakesServer(flags)) {
    const auto hosts = ServerHosts(FactsBefore(flags, kServer).hosts, flags.hosts);
    const auto server = MakeServerPair(*authority, hosts, validity);
    if (absl::Status status = WritePair(flags, kServer, server, written); !status.ok()) {
      return status;
    }
  }
  if (MakesClient(flags)) {
    const std::string name = ClientOf(flags);
    const std::string role = flags.role.empty() ? FactsBefore(flags, name).role : flags.role;
    const auto client = MakeClientPair(*authority, name, role, validity);
    if (absl::Status status = WritePair(flags, name, client, written); !status.ok()) {
      return status;
    }
  }
  return written;
}

}  // namespace ipclab::cli
