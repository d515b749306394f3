#include "tests/bench/bare_program.h"

#include <unistd.h>

#include <cstring>
#include <string_view>

#include "absl/strings/str_cat.h"

namespace ipclab::bench {

absl::StatusOr<BareProgram> BareProgram::Start(Kind kind) {
  auto ends = MessageSocket::Pair();
  if (!ends.ok()) return ends.status();
  absl::StatusOr<ChildProgram> program =
      ChildProgram::Start({kind == kSmall ? IPCLAB_BENCH_SMALL : IPCLAB_BENCH_LINKED},
                          ends->second.fd(), STDERR_FILENO);
  if (!program.ok()) return program.status();
  return BareProgram(*std::move(program), std::move(ends->first));
}

absl::StatusOr<BareAnswer> BareProgram::Do(const BareRequest& request) {
  const std::string_view bytes(reinterpret_cast<const char*>(&request), sizeof request);
  if (absl::Status status = socket_.Send(bytes); !status.ok()) return status;
  const auto received = socket_.ReceiveBlocking();
  if (!received.ok()) return received.status();
  BareAnswer answer;
  if (received->bytes.size() != sizeof answer) {
    return absl::DataLossError("a bare program's answer has another size");
  }
  std::memcpy(&answer, received->bytes.data(), sizeof answer);
  if (answer.error == 0) return answer;
  return absl::UnavailableError(
      absl::StrCat("a bare program: ", strerrordesc_np(answer.error), " in act ", request.act));
}

}  // namespace ipclab::bench
