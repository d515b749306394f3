// The token by which a server on TCP knows its clients.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "clients/cli/server_address.h"

namespace ipclab::cli {

// The token for this address: from token_file, or from the state folders where ipclabd keeps it
// ($XDG_STATE_HOME/ipclab, else ~/.local/state/ipclab, then /var/lib/ipclab). Empty for a Unix
// socket, when no default file is readable, and, unless a file was named, for another host, which
// must not learn this host's token. INVALID_ARGUMENT when the named file holds none.
absl::StatusOr<std::string> TokenFor(const ServerAddress& address, const std::string& token_file);

}  // namespace ipclab::cli
