#include "clients/cli/programs/program_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "absl/strings/str_cat.h"

namespace ipclab::cli {
namespace {

using ::testing::HasSubstr;

std::string Complaint(const ProgramFlags& flags) {
  return std::string(ReadProgramFlags(flags).status().message());
}

TEST(ProgramFlags, ANameIsOfTheCatalogueAndAPathIsAFile) {
  EXPECT_FALSE(IsProgramFile("lost_update"));
  EXPECT_FALSE(IsProgramFile("programs/lost_update"));
  EXPECT_TRUE(IsProgramFile("my.lab"));
  EXPECT_TRUE(IsProgramFile("./lost_update"));
  EXPECT_TRUE(IsProgramFile("programs/lost_update.lab"));
  EXPECT_EQ(SubjectName("programs/lost_update"), "lost_update");
  EXPECT_EQ(SubjectName("/home/me/my.lab"), "my.lab");
}

TEST(ProgramFlags, BecomeASpec) {
  const auto spec =
      ReadProgramFlags({.subject = "lost_update",
                        .variant = "mutex",
                        .parameters = {"workers=3", "rounds=-2"},
                        .mechanisms = {"counter=sysv_shm", "q=posix_mq,depth=4,a=b"}});
  ASSERT_TRUE(spec.ok()) << spec.status();
  EXPECT_EQ(spec->program(), "lost_update");
  EXPECT_EQ(spec->variant(), "mutex");
  EXPECT_EQ(spec->parameters().at("rounds"), -2);
  EXPECT_EQ(spec->mechanisms().at("counter").mechanism(), "sysv_shm");
  EXPECT_EQ(spec->mechanisms().at("q").mechanism(), "posix_mq");
  EXPECT_EQ(spec->mechanisms().at("q").options().at("depth"), "4");
}

TEST(ProgramFlags, ASlipIsNamedWithWhatWouldBeRight) {
  EXPECT_THAT(Complaint({.subject = "x", .variant = "", .parameters = {"rounds"}}),
              HasSubstr("\"rounds\" must be NAME=NUMBER"));
  EXPECT_THAT(Complaint({.subject = "x", .variant = "", .parameters = {"rounds=many"}}),
              HasSubstr("NAME=NUMBER"));
  EXPECT_THAT(Complaint({.subject = "x", .variant = "", .parameters = {"n=1", "n=2"}}),
              HasSubstr("twice"));
  EXPECT_THAT(
      Complaint({.subject = "x", .variant = "", .parameters = {}, .mechanisms = {"counter"}}),
      HasSubstr("OBJECT=ID"));
  EXPECT_THAT(
      Complaint({.subject = "x", .variant = "", .parameters = {}, .mechanisms = {"q=pipe,deep"}}),
      HasSubstr("OBJECT=ID,OPTION=VALUE"));
}

TEST(ProgramFlags, AFileIsReadWhole) {
  const std::string path = ::testing::TempDir() + "/program_source_test.lab";
  std::ofstream(path) << "shared x = 1\n";
  const auto spec = ReadProgramFlags({.subject = path});
  std::remove(path.c_str());
  ASSERT_TRUE(spec.ok()) << spec.status();
  EXPECT_EQ(spec->source(), "shared x = 1\n");
  EXPECT_EQ(spec->program(), "");
}

TEST(ProgramFlags, AFileThatCannotBeReadSaysWhy) {
  EXPECT_THAT(Complaint({.subject = "/nowhere/my.lab"}), HasSubstr("No such file"));
  EXPECT_THAT(Complaint({.subject = "/tmp/"}), HasSubstr("cannot be read"));
}

TEST(ProgramFlags, AFileThatIsTooLongIsRefused) {
  const std::string path = ::testing::TempDir() + "/program_source_long_test.lab";
  std::ofstream(path) << std::string(70'000, '#');
  const std::string complaint = Complaint({.subject = path});
  std::remove(path.c_str());
  EXPECT_THAT(complaint, HasSubstr("64 KiB"));
}

std::string Written(const char* name, const std::string& text) {
  const std::string path = absl::StrCat(::testing::TempDir(), "/", name);
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

TEST(ProgramFlags, AFileThatIsNotUtf8SaysWhereAndWhatToDo) {
  const std::string path = Written("program_source_latin_test.lab",
                                   "# a\n\n# \xfc"
                                   "ber\n");
  const std::string complaint = Complaint({.subject = path});
  std::remove(path.c_str());
  EXPECT_EQ(complaint,
            absl::StrCat(path, ":3: is not UTF-8 (an editor's \"Latin-1\"?); save it as UTF-8"));
}

TEST(ProgramFlags, AByteOrderMarkIsNoPartOfTheText) {
  const std::string path =
      Written("program_source_mark_test.lab", "\xef\xbb\xbfshared \xef\xbf\xbd\n");
  const auto text = ReadProgramFile(path);
  std::remove(path.c_str());
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_EQ(*text, "shared \xef\xbf\xbd\n");
}

TEST(ProgramFlags, WhatIsNotUtf8IsRefusedBeforeItGoesIntoARequest) {
  EXPECT_EQ(CheckUtf8("--script", "\xc3\xa4"), absl::OkStatus());
  EXPECT_THAT(Complaint({.subject = "\xe4"}), HasSubstr("PROGRAM: \"?\" is not UTF-8"));
  EXPECT_THAT(Complaint({.subject = "x", .variant = "\xe4"}), HasSubstr("--variant: \"?\" is not"));
  EXPECT_THAT(Complaint({.subject = "x", .variant = "", .parameters = {"\xe4=1"}}),
              HasSubstr("--param: \"?=1\" is not UTF-8"));
  EXPECT_THAT(
      Complaint({.subject = "x", .variant = "", .parameters = {}, .mechanisms = {"\xe4=pipe"}}),
      HasSubstr("--mechanism: \"?=pipe\" is not UTF-8"));
}

TEST(ProgramFlags, AnEmptyNameIsNoProgram) {
  EXPECT_THAT(Complaint({.subject = ""}), HasSubstr("the name is empty"));
  EXPECT_THAT(Complaint({.subject = "programs/"}), HasSubstr("the name is empty"));
}

}  // namespace
}  // namespace ipclab::cli
