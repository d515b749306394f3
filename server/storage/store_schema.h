// The tables of the store and how they came to be: migrations, applied once each and in order. The
// file's user_version counts those that it has seen.
//
// A published step is never changed; a new shape is a new step at the end.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "server/storage/sqlite.h"

namespace ipclab {

// The steps from an empty file to the present shape, each some SQL.
absl::Span<const std::string_view> StoreMigrations();

// Applies the steps that the database has not seen, all or none. FAILED_PRECONDITION, with the
// database untouched, when it has seen more than there are: a newer version wrote it.
absl::Status Migrate(Database& database, absl::Span<const std::string_view> steps);

}  // namespace ipclab
