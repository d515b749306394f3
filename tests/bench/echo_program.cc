#include "tests/bench/echo_program.h"

#include <fcntl.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"

namespace ipclab::bench {

absl::StatusOr<EchoProgram> EchoProgram::Start() {
  auto folder = std::make_unique<TemporaryFolder>();
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return ErrnoStatus("pipe2");
  const UniqueFd output(ends[0]);
  UniqueFd programs_output(ends[1]);
  const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  const std::string address = absl::StrCat("unix:", folder->path(), "/socket");
  absl::StatusOr<ChildProgram> program =
      ChildProgram::Start({IPCLAB_BENCH_ECHO, address}, null.get(), programs_output.get());
  if (!program.ok()) return program.status();
  programs_output.Reset();
  EchoProgram echo(std::move(folder), *std::move(program));
  if (const auto line = AwaitLine(output.get()); !line.ok()) return line.status();
  echo.stub_ = v1::ExperimentService::NewStub(Connect(address));
  return echo;
}

}  // namespace ipclab::bench
