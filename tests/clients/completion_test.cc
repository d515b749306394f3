#include "clients/cli/completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "clients/cli/certs_command.h"
#include "clients/cli/measure/measure_command.h"

namespace ipclab::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using More = Completion::More;

// A small tree with one of everything that the real one has.
class CompletionTest : public ::testing::Test {
 protected:
  CompletionTest() {
    CLI::App& get = *app_.add_subcommand("get", "Show one\nand more of it");
    get.add_option("name", name_, "The one")->type_name("NAME");
    get.add_option("-o,--output", name_, "Where to")->type_name("FILE");
    get.add_option("--format", name_, "How")->type_name("json|csv");
    get.add_flag("--json", flag_, "As JSON");
    app_.add_subcommand("gather", "Several")
        ->add_option("name", names_, "Those")
        ->type_name("NAME");
    app_.add_subcommand("secret", "Nobody's")->group("");
  }

  Completion After(const std::vector<std::string>& words) const { return Complete(app_, words); }

  std::vector<std::string> WordsAfter(const std::vector<std::string>& words) const {
    std::vector<std::string> found;
    for (const Candidate& each : After(words).candidates) found.push_back(each.word);
    return found;
  }

  CLI::App app_{"", "ipclab"};
  std::string name_;
  std::vector<std::string> names_;
  bool flag_ = false;
};

TEST_F(CompletionTest, OffersCommandsWithTheFirstLineOfTheirDescription) {
  EXPECT_THAT(After({"ge"}).candidates, ElementsAre(Candidate{"get", "Show one"}));
  EXPECT_THAT(WordsAfter({""}), ElementsAre("get", "gather"));
  EXPECT_THAT(WordsAfter({}), ElementsAre("get", "gather"));
}

TEST_F(CompletionTest, OffersTheOptionsOfTheCommandThatIsThere) {
  EXPECT_THAT(WordsAfter({"get", "--"}), ElementsAre("--help", "--output", "--format", "--json"));
  EXPECT_THAT(WordsAfter({"get", "x-1", "--f"}), ElementsAre("--format"));
  EXPECT_THAT(WordsAfter({"--"}), ElementsAre("--help"));
}

TEST_F(CompletionTest, OffersWhatAnOptionTakes) {
  EXPECT_THAT(WordsAfter({"get", "--format", ""}), ElementsAre("json", "csv"));
  EXPECT_THAT(WordsAfter({"get", "--format", "c"}), ElementsAre("csv"));
  EXPECT_THAT(WordsAfter({"get", "--format=c"}), ElementsAre("--format=csv"));
  EXPECT_EQ(After({"get", "--output", ""}).more, More::kFiles);
  EXPECT_EQ(After({"get", "-o", ""}).more, More::kFiles);
  EXPECT_EQ(After({"get", "--output=x"}).lead, "--output=");
  EXPECT_EQ(After({"get", "--output=x"}).prefix, "x");
}

TEST_F(CompletionTest, AsksForTheNamesOfExperimentsWhereOneGoes) {
  EXPECT_EQ(After({"get", "x-"}).more, More::kExperiments);
  EXPECT_EQ(After({"get", "x-"}).prefix, "x-");
  EXPECT_EQ(After({"get", "--json", ""}).more, More::kExperiments) << "a flag takes no value";
  EXPECT_EQ(After({"get", "--format", "csv", ""}).more, More::kExperiments);
  EXPECT_EQ(After({"get", "--", "-"}).more, More::kExperiments);
}

TEST_F(CompletionTest, OffersNoMoreNamesThanTheCommandTakes) {
  EXPECT_EQ(After({"get", "x-1", ""}).more, More::kNothing);
  EXPECT_EQ(After({"gather", "x-1", "x-2", ""}).more, More::kExperiments);
}

TEST_F(CompletionTest, HasNothingToSayToWhatItDoesNotKnow) {
  EXPECT_THAT(WordsAfter({"grt", ""}), IsEmpty());
  EXPECT_THAT(WordsAfter({"get", "--nothing", "x"}), IsEmpty());
  EXPECT_THAT(WordsAfter({"zzz"}), IsEmpty());
}

TEST(CompletionOfCommands, OffersNoExperimentsWhereNoneGoes) {
  CLI::App app{"", "ipclab"};
  CertsFlags certs;
  AddCertsCommand(app, certs);
  CommonFlags common;
  MeasureFlags measure;
  AddMeasureCommand(app, common, measure);
  EXPECT_EQ(Complete(app, {"certs", "--host", ""}).more, More::kNothing);
  EXPECT_EQ(Complete(app, {"certs", "--client", ""}).more, More::kNothing);
  EXPECT_THAT(Complete(app, {"certs", "--role", ""}).candidates,
              ElementsAre(Candidate{"viewer"}, Candidate{"operator"}, Candidate{"admin"}));
  EXPECT_THAT(Complete(app, {"measure", "--pattern", ""}).candidates,
              IsSupersetOf({Candidate{"round_trip"}, Candidate{"stream"}, Candidate{"notify"}}));
}

TEST_F(CompletionTest, AProgramIsANameUnlessItLooksLikeAPath) {
  CLI::App app("", "ipclab");
  app.add_subcommand("step", "Step")->add_option("program", name_, "It")->type_name("PROGRAM");
  EXPECT_EQ(Complete(app, {"step", "lost"}).more, More::kPrograms);
  EXPECT_EQ(Complete(app, {"step", "./lost"}).more, More::kFiles);
}

}  // namespace
}  // namespace ipclab::cli
