// Output that cannot be written, and streams that are closed, as a shell hands them to ipclab.

#include "clients/cli/standard_streams.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"

namespace ipclab::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Ran {
  int exit_code = -1;
  std::string complaints;
};

// ipclab with these words, its standard output being what the redirection makes of it.
Ran Ipclab(const std::string& words, const std::string& redirection) {
  const std::string command = absl::StrCat("2>&1 ", IPCLAB_CLI, " ", words, " ", redirection);
  FILE* const pipe = ::popen(command.c_str(), "r");
  Ran ran;
  for (int c; pipe && (c = std::fgetc(pipe)) != EOF;) ran.complaints += static_cast<char>(c);
  const int status = pipe ? ::pclose(pipe) : -1;
  if (WIFEXITED(status)) ran.exit_code = WEXITSTATUS(status);
  return ran;
}

// True in a child whose closed streams were filled.
bool FillsAll() {
  for (const int stream : {0, 1, 2}) ::close(stream);
  FillStandardStreams();
  char byte = 0;
  return ::read(0, &byte, 1) == 0 && ::write(1, "x", 1) < 0 && ::write(2, "x", 1) < 0 &&
         ::open("/dev/null", O_RDONLY) > 2;
}

TEST(StandardStreams, OutputThatCannotBeWrittenIsAFailure) {
  for (const char* words :
       {"completion bash", "--version", "--help", "info --help", "__complete meas"}) {
    const Ran ran = Ipclab(words, ">/dev/full");
    EXPECT_EQ(ran.exit_code, 1) << words;
    EXPECT_THAT(ran.complaints, HasSubstr("ipclab: cannot write to standard output")) << words;
  }
  const Ran good = Ipclab("completion bash", ">/dev/null");
  EXPECT_EQ(good.exit_code, 0);
  EXPECT_THAT(good.complaints, IsEmpty());
}

TEST(StandardStreams, AFailureKeepsItsOwnCode) {
  EXPECT_EQ(Ipclab("frob", ">/dev/full").exit_code, 2);
}

TEST(StandardStreams, AnUnknownCommandIsNamed) {
  const Ran ran = Ipclab("frob", ">/dev/null");
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.complaints, HasSubstr("there is no command \"frob\"; ipclab --help lists them"));
}

TEST(StandardStreams, ClosedOutputIsAFailureToo) {
  const Ran ran = Ipclab("completion bash", ">&-");
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.complaints, HasSubstr("or it is closed"));
}

TEST(StandardStreams, ClosedOnesAreFilledSoThatNoSocketGetsTheirNumbers) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) ::_exit(FillsAll() ? 0 : 1);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

}  // namespace
}  // namespace ipclab::cli
