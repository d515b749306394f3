#include <stdio.h>
#include <sys/wait.h>

#include <string>

#include "gtest/gtest.h"

namespace ipclab {
namespace {

struct Outcome {
  int exit_code;
  std::string output;
};

Outcome RunWorkerBinary(const std::string& arguments) {
  FILE* const pipe = ::popen((IPCLAB_WORKER " " + arguments + " 2>&1").c_str(), "re");
  if (pipe == nullptr) return {-1, ""};
  std::string output;
  for (int c; (c = std::fgetc(pipe)) != EOF;) output += static_cast<char>(c);
  const int status = ::pclose(pipe);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, output};
}

TEST(CommandLineTest, SaysWhatItIsWhenStartedByHand) {
  const Outcome run = RunWorkerBinary("");
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_NE(run.output.find("ipclabd"), std::string::npos) << run.output;
}

TEST(CommandLineTest, TellsItsVersion) {
  const Outcome run = RunWorkerBinary("--version");
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_EQ(run.output, "ipclab-worker " IPCLAB_VERSION "\n");
}

TEST(CommandLineTest, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(RunWorkerBinary("--zygote --else").exit_code, 2);
  EXPECT_EQ(RunWorkerBinary("zygote").exit_code, 2);
}

TEST(CommandLineTest, ZygoteWithoutAControlSocketSaysSoAndFails) {
  const Outcome run = RunWorkerBinary("--zygote 3<&-");
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_NE(run.output.find("ipclab zygote:"), std::string::npos) << run.output;
}

}  // namespace
}  // namespace ipclab
