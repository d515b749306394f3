// What `ipclab` writes for other programs: exported files and the shells' completion.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/command_line.h"
#include "tests/support/lab_server.h"
#include "tests/support/temporary_folder.h"

namespace ipclab {
namespace {

namespace fs = std::filesystem;

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;

std::string Contents(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// Hidden ones too.
std::vector<std::string> Names(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

class ExportCommandTest : public ::testing::Test {
 protected:
  ExportCommandTest() {
    auto request = Measure();
    request.set_experiment_id("done");
    server_.client().CreateAndFinish(request);
  }

  Ran Export(std::vector<std::string> words) const {
    words.insert(words.begin(), "export");
    return Ipclab(server_, words);
  }

  const LabServer server_;
  const TemporaryFolder folder_;
};

TEST_F(ExportCommandTest, GoesToStandardOutputOrAFile) {
  const Ran json = Export({"done"});
  EXPECT_EQ(json.exit_code, 0) << json.complaints;
  EXPECT_EQ(Field(json.text(), "name"), "experiments/done");
  const Ran csv = Export({"done", "--format", "csv", "-o", folder_ / "f.csv"});
  EXPECT_EQ(csv.exit_code, 0) << csv.complaints;
  EXPECT_THAT(csv.lines, IsEmpty());
  EXPECT_THAT(Contents(folder_ / "f.csv"), HasSubstr("experiments/done,pipe,"));
}

TEST_F(ExportCommandTest, InAFolderTheServersNameIsUsed) {
  const Ran ran = Export({"done", "--format", "csv", "-o", folder_.path(), "--json"});
  ASSERT_EQ(ran.lines.size(), 1u) << ran.complaints;
  EXPECT_EQ(Field(ran.lines[0], "file"), folder_ / "done.csv");
  EXPECT_EQ(Field(ran.lines[0], "mediaType"), "text/csv");
  EXPECT_EQ(Field(ran.lines[0], "bytes"), absl::StrCat(Contents(folder_ / "done.csv").size()));
}

TEST_F(ExportCommandTest, AFullPlaceIsOneAndSaysSo) {
  const Ran ran = Export({"done", "-o", "/dev/full"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.complaints, HasSubstr("/dev/full: No space left on device"));
}

TEST_F(ExportCommandTest, APlaceThatIsNotThereIsOneAndSaysSo) {
  const Ran ran = Export({"done", "-o", folder_ / "no/f"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.complaints, HasSubstr("No such file or directory"));
}

TEST_F(ExportCommandTest, AnUnwritableFolderIsOneAndSaysSo) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  ASSERT_EQ(::chmod(folder_.path().c_str(), 0500), 0);
  const Ran ran = Export({"done", "-o", folder_ / "f"});
  ASSERT_EQ(::chmod(folder_.path().c_str(), 0700), 0);
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.complaints, HasSubstr("Permission denied"));
}

TEST_F(ExportCommandTest, ARefusalLeavesTheOldFileAlone) {
  folder_.Write("f", "old");
  auto request = Measure();
  request.set_experiment_id("lives");
  server_.client().CreateReady(request);
  const Ran ran = Export({"lives", "--format", "hdr", "-o", folder_ / "f"});
  EXPECT_EQ(ran.exit_code, 3);
  EXPECT_EQ(Contents(folder_ / "f"), "old");
  EXPECT_THAT(Names(folder_.path()), ElementsAre("f"));
}

TEST_F(ExportCommandTest, AFormatThatIsNoneIsAMatterOfUsage) {
  const Ran ran = Export({"done", "--format", "xml"});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.complaints, HasSubstr("use json, csv or hdr"));
}

// Shells find ipclab by its name, and it the server where a user's own is by default.
class CompletionTest : public ::testing::Test {
 protected:
  CompletionTest() {
    auto request = Measure();
    request.set_experiment_id("x-one");
    server_.client().CreateReady(request);
    request.set_experiment_id("x-two");
    server_.client().CreateReady(request);
  }

  Ran Shell(const std::vector<std::string>& arguments) const {
    auto variables = ShellVariables(server_);
    variables["PATH"] =
        absl::StrCat(fs::path(IPCLAB_CLI).parent_path().string(), ":", std::getenv("PATH"));
    ChildProgram shell(arguments, variables);
    return Finish(shell);
  }

  // What bash offers for a line with the cursor at its end.
  std::vector<std::string> Bash(const std::string& line) const {
    const Ran ran = Shell({"bash", "--norc", "-c", R"(
      source <(ipclab completion bash)
      COMP_LINE=$1 COMP_POINT=${#1}
      # As readline does: at blanks, and at ":" and "=", which are words of their own.
      read -ra COMP_WORDS <<<"${1//=/ = }"
      [[ $1 == *" " ]] && COMP_WORDS+=("")
      COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
      compopt() { echo "compopt $*"; }
      _ipclab
      for each in "${COMPREPLY[@]}"; do printf '%s\n' "$each"; done)",
                           "bash", line});
    EXPECT_EQ(ran.complaints, "") << line;
    return ran.lines;
  }

  std::string At() const { return absl::StrCat(" --server ", server_.unix_address(), " "); }

  const LabServer server_;
};

TEST_F(CompletionTest, BashCompletesCommandsOptionsAndChoices) {
  EXPECT_THAT(Bash("ipclab me"), ElementsAre("measure", "mechanisms", "metrics"));
  EXPECT_THAT(Bash("ipclab "), IsSupersetOf({"list", "watch", "completion"}));
  EXPECT_THAT(Bash("ipclab list --fil"), ElementsAre("--filter"));
  EXPECT_THAT(Bash("ipclab export x --format "), ElementsAre("json", "csv", "hdr"));
  EXPECT_THAT(Bash("ipclab export x --format=c"), ElementsAre("csv"));
  EXPECT_THAT(Bash("ipclab export x -o "), ElementsAre("compopt -o default"));
  EXPECT_THAT(Bash("ipclab nonsense "), IsEmpty());
}

TEST_F(CompletionTest, BashCompletesTheNamesOfTheServersExperiments) {
  EXPECT_THAT(Bash("ipclab get" + At() + "x-t"), ElementsAre("x-two"));
  EXPECT_THAT(Bash("ipclab delete" + At() + "x-one "), ElementsAre("x-two", "x-one"));
  EXPECT_THAT(Bash("ipclab get x"), IsEmpty())
      << "there is no server where one would be by default";
}

TEST_F(CompletionTest, TheScriptsOfZshAndFishAreWellFormed) {
  for (const char* shell : {"zsh", "fish"}) {
    const Ran script = Ipclab(server_, {"completion", shell}, /*with_server=*/false);
    ASSERT_EQ(script.exit_code, 0);
    EXPECT_THAT(script.text(), HasSubstr("__complete"));
    if (Shell({"sh", "-c", absl::StrCat("command -v ", shell)}).exit_code != 0) {
      std::printf("not checked: %s is not installed\n", shell);
      continue;
    }
    const TemporaryFolder folder;
    folder.Write("script", script.text());
    const Ran checked = Shell({shell, "-n", folder / "script"});
    EXPECT_EQ(checked.exit_code, 0) << checked.complaints;
  }
  EXPECT_EQ(Ipclab(server_, {"completion", "tcsh"}, /*with_server=*/false).exit_code, 2);
}

}  // namespace
}  // namespace ipclab
