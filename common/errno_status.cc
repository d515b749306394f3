#include "common/errno_status.h"

#include <cstring>
#include <string>

namespace ipclab {

absl::Status ErrnoStatus(std::string_view act, std::string_view subject, int error) {
  std::string text(act);
  if (!subject.empty()) text.append(" ").append(subject);
  char buffer[128];
  text.append(": ").append(::strerror_r(error, buffer, sizeof(buffer)));
  // A caller that found errno unset has failed all the same.
  const absl::StatusCode code =
      error == 0 ? absl::StatusCode::kUnknown : absl::ErrnoToStatusCode(error);
  return absl::Status(code, text);
}

}  // namespace ipclab
