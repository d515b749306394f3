#include "server/security/access.h"

#include <utility>

#include "absl/time/clock.h"
#include "spdlog/spdlog.h"

namespace ipclab {
namespace {

std::string Text(const absl::Status& status) { return std::string(status.message()); }

}  // namespace

Access::Access(const Settings& settings)
    : tokens_(settings.own_token), gate_(tokens_, settings.limits) {}

absl::StatusOr<std::unique_ptr<Access>> Access::Open(const Settings& settings) {
  std::unique_ptr<Access> self(new Access(settings));
  if (absl::Status status = self->OpenTokens(settings.tokens); !status.ok()) return status;
  if (absl::Status status = self->OpenTls(settings.tls); !status.ok()) return status;
  return self;
}

absl::Status Access::OpenTokens(const std::string& path) {
  if (path.empty()) return absl::OkStatus();
  // First the watch: a change between the two is seen then.
  tokens_watch_.emplace(std::vector<std::string>{path}, [this, path] {
    auto entries = ReadTokenList(path);
    if (!entries.ok()) {
      spdlog::error("the tokens stay as they were: {}", Text(entries.status()));
      return;
    }
    spdlog::info("{} tokens are in {} now", entries->size(), path);
    tokens_.Set(*std::move(entries));
  });
  auto entries = ReadTokenList(path);
  if (!entries.ok()) return entries.status();
  tokens_.Set(*std::move(entries));
  return absl::OkStatus();
}

absl::Status Access::OpenTls(const TlsFiles& files) {
  if (!files.any()) return absl::OkStatus();
  auto warnings = CheckTlsFiles(files, absl::Now());
  if (!warnings.ok()) return warnings.status();
  warnings_ = *std::move(warnings);
  by_network_ = MakeTlsCredentials(files);
  std::vector<std::string> paths = {files.certificate, files.key};
  if (!files.client_ca.empty()) paths.push_back(files.client_ca);
  // gRPC reloads; this says what came of it.
  tls_watch_.emplace(std::move(paths), [files] {
    const auto found = CheckTlsFiles(files, absl::Now());
    if (!found.ok()) {
      spdlog::error(
          "new connections by TLS fail, or get the certificate from before, until it is "
          "mended: {}",
          Text(found.status()));
      return;
    }
    for (const std::string& warning : *found) spdlog::warn("{}", warning);
    spdlog::info("new connections get the certificate that is in {} now", files.certificate);
  });
  return absl::OkStatus();
}

}  // namespace ipclab
