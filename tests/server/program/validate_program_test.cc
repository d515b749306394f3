#include "server/program/validate_program.h"

#include <functional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/program/program_catalogue.h"

namespace ipclab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kText[] =
    "param n = 2 in 1..4\n"
    "variant plain, locked\n"
    "shared x = 0\n"
    "mutex m\n"
    "semaphore s = 1\n"
    "channel c[4] over posix_mq\n"
    "process P[n] {\n"
    "  if variant == locked { lock(m) }\n"
    "  x = x + 1\n"
    "  if variant == locked { unlock(m) }\n"
    "  wait(s)\n"
    "  send(c, x)\n"
    "}\n"
    "process Q { y = receive(c) }\n";

v1::ProgramSpec Good() {
  v1::ProgramSpec spec;
  spec.set_source(kText);
  return spec;
}

std::vector<std::string> FieldsOf(const Complaints& complaints) {
  std::vector<std::string> fields;
  for (const FieldViolation& each : complaints.violations) fields.push_back(each.field);
  return fields;
}

TEST(ValidateProgramTest, FillsInWhatWasLeftOpen) {
  const Catalogue catalogue = ProgramMechanisms();
  v1::ProgramSpec spec = Good();
  Complaints complaints;
  const auto plan = CheckProgram(spec, ProgramShelf(), catalogue, complaints);
  ASSERT_NE(plan, nullptr);
  EXPECT_THAT(FieldsOf(complaints), IsEmpty());
  EXPECT_EQ(spec.variant(), "plain");
  EXPECT_EQ(spec.parameters().at("n"), 2);
  EXPECT_EQ(spec.hash(), HashText(plan->program));
  EXPECT_EQ(spec.mechanisms().at("x").mechanism(), "posix_shm");
  EXPECT_EQ(spec.mechanisms().at("m").mechanism(), "mutex");
  EXPECT_EQ(spec.mechanisms().at("m").options().at("kind"), "normal");
  EXPECT_EQ(spec.mechanisms().at("c").mechanism(), "posix_mq");
  EXPECT_EQ(plan->program.workers.size(), 3u);
  EXPECT_EQ(plan->program.objects[3].discipline, Discipline::kByPriority);
}

TEST(ValidateProgramTest, WorkersAreLinkedAsTheirCodeSays) {
  const Catalogue catalogue = ProgramMechanisms();
  v1::ProgramSpec spec = Good();
  Complaints complaints;
  const auto plan = CheckProgram(spec, ProgramShelf(), catalogue, complaints);
  ASSERT_NE(plan, nullptr);
  ASSERT_EQ(plan->links.size(), 4u);
  EXPECT_THAT(plan->links[0].senders, ElementsAre(0, 1, 2));
  EXPECT_FALSE(plan->links[0].is_channel);
  EXPECT_TRUE(plan->links[3].is_channel);
  EXPECT_THAT(plan->links[3].senders, ElementsAre(0, 1));
  EXPECT_THAT(plan->links[3].receivers, ElementsAre(2));
}

TEST(ValidateProgramTest, AnErrorcheckMutexChecks) {
  const Catalogue catalogue = ProgramMechanisms();
  v1::ProgramSpec spec = Good();
  (*(*spec.mutable_mechanisms())["m"].mutable_options())["kind"] = "errorcheck";
  Complaints complaints;
  const auto plan = CheckProgram(spec, ProgramShelf(), catalogue, complaints);
  ASSERT_NE(plan, nullptr);
  EXPECT_THAT(FieldsOf(complaints), IsEmpty());
  EXPECT_TRUE(plan->program.objects[1].error_checking);
}

struct Slip {
  std::string name;
  std::function<void(v1::ProgramSpec&)> make;
  std::vector<std::string> fields;
  std::string says;
};

class ValidateProgramSlipTest : public testing::TestWithParam<Slip> {};

TEST_P(ValidateProgramSlipTest, IsComplainedOf) {
  const Catalogue catalogue = ProgramMechanisms();
  v1::ProgramSpec spec = Good();
  GetParam().make(spec);
  Complaints complaints;
  CheckProgram(spec, ProgramShelf(), catalogue, complaints);
  EXPECT_THAT(FieldsOf(complaints), testing::ElementsAreArray(GetParam().fields));
  ASSERT_FALSE(complaints.violations.empty());
  EXPECT_THAT(complaints.violations[0].description, HasSubstr(GetParam().says));
}

#define SLIP(act) [](v1::ProgramSpec& spec) { act; }
INSTANTIATE_TEST_SUITE_P(
    Each, ValidateProgramSlipTest,
    testing::Values(
        Slip{"Nothing", SLIP(spec.clear_source()), {"spec.program.program"}, "is required"},
        Slip {
          "Unknown", SLIP(spec.clear_source(); spec.set_program("x")), {"spec.program.program"},
              "there is no program"
        },
        Slip{"Text",
             SLIP(spec.set_source("process P {\n  x = y\n}\n")),
             {"spec.program.source"},
             "line 2, column "},
        Slip{"Variant", SLIP(spec.set_variant("lock")), {"spec.program.variant"}, "plain, locked"},
        Slip{"Parameter",
             SLIP((*spec.mutable_parameters())["n"] = 5),
             {"spec.program.parameters[\"n\"]"},
             "must be 1 to 4"},
        Slip{"Hash", SLIP(spec.set_hash("00000000")), {"spec.program.hash"}, "another one"},
        Slip{"Object",
             SLIP((*spec.mutable_mechanisms())["y"].set_mechanism("mutex")),
             {"spec.program.mechanisms[\"y\"]"},
             "it has c, m, s, x"},
        Slip{"Mechanism",
             SLIP((*spec.mutable_mechanisms())["m"].set_mechanism("mutx")),
             {"spec.program.mechanisms[\"m\"]"},
             "a mutex can be over mutex"},
        Slip{"Kind",
             SLIP((*spec.mutable_mechanisms())["m"].set_mechanism("rwlock")),
             {"spec.program.mechanisms[\"m\"]"},
             "cannot carry a mutex"},
        Slip{"Option",
             SLIP((*(*spec.mutable_mechanisms())["m"].mutable_options())["kind"] = "odd"),
             {"spec.program.mechanisms[\"m\"].options[\"kind\"]"},
             "normal, errorcheck"},
        Slip{"Maximum",
             SLIP(spec.set_source(
                 "semaphore s[2] = 32768 over sysv_sem\nprocess P { wait(s[0]) }\n")),
             {"spec.program.mechanisms[\"s\"]"},
             "counts from 0 to 32767, and cannot begin with 32768"},
        Slip {
          "Undo",
              SLIP((*spec.mutable_mechanisms())["s"].set_mechanism("sysv_sem");
                   (*(*spec.mutable_mechanisms())["s"].mutable_options())["undo"] = "true"),
              {"spec.program.mechanisms[\"s\"].options[\"undo\"]"}, "undo is for CONTENTION"
        },
        Slip{"Sharing",
             SLIP((*spec.mutable_mechanisms())["c"].set_mechanism("pipe")),
             {"spec.program.mechanisms[\"c\"]"},
             "2 may send into c and 1 may receive"},
        Slip {
          "Blocked", SLIP(spec.set_variant("locked"); spec.set_schedule("A B")),
              {"spec.program.schedule"}, "step 2"
        },
        Slip {
          "Endless",
              SLIP(spec.set_source(
                  "shared x\nprocess P { while 1 == 1 { x = 1; repeat 7000 { } } }");
                   spec.set_schedule("A100000")),
              {"spec.program.schedule"}, "10000000 are made again"
        },
        Slip{"Item", SLIP(spec.set_schedule("A 7")), {"spec.program.schedule"}, "7"},
        Slip{"Version",
             SLIP(spec.set_schedule("program plain @00000000 : A")),
             {"spec.program.schedule"},
             "@00000000"}),
    [](const auto& each) { return each.param.name; });

TEST(ValidateProgramTest, EverythingWrongIsSaidAtOnce) {
  const Catalogue catalogue = ProgramMechanisms();
  v1::ProgramSpec spec = Good();
  (*spec.mutable_mechanisms())["m"].set_mechanism("rwlock");
  (*spec.mutable_mechanisms())["s"].set_mechanism("sysv_sem");
  spec.set_hash("00000000");
  spec.set_schedule("Z");
  Complaints complaints;
  CheckProgram(spec, ProgramShelf(), catalogue, complaints);
  EXPECT_THAT(FieldsOf(complaints), ElementsAre("spec.program.schedule", "spec.program.hash",
                                                "spec.program.mechanisms[\"m\"]"));
  ASSERT_EQ(complaints.preconditions.size(), 1u);
  EXPECT_THAT(complaints.preconditions[0].description, HasSubstr("there is no semget"));
}

TEST(ValidateProgramTest, AReceiveByTypeNeedsSuchAMechanism) {
  const Catalogue catalogue = ProgramMechanisms();
  v1::ProgramSpec spec;
  spec.set_source("channel c[4]\nprocess S { send(c, 1, 2) }\nprocess R { a = receive(c, 2) }\n");
  Complaints complaints;
  CheckProgram(spec, ProgramShelf(), catalogue, complaints);
  EXPECT_THAT(FieldsOf(complaints), ElementsAre("spec.program.mechanisms[\"c\"]"));
  (*spec.mutable_mechanisms())["c"].set_mechanism("sysv_mq");
  Complaints none;
  EXPECT_NE(CheckProgram(spec, ProgramShelf(), catalogue, none), nullptr);
  EXPECT_THAT(FieldsOf(none), IsEmpty());
}

TEST(ValidateProgramTest, OneElementOfAnArrayMayBeMadeOfSomethingElse) {
  const Catalogue catalogue = ProgramMechanisms();
  v1::ProgramSpec spec;
  spec.set_source("mutex m[3]\nprocess P { lock(m[0]) }\n");
  (*(*spec.mutable_mechanisms())["m[1]"].mutable_options())["kind"] = "errorcheck";
  Complaints complaints;
  const auto plan = CheckProgram(spec, ProgramShelf(), catalogue, complaints);
  ASSERT_NE(plan, nullptr);
  EXPECT_THAT(FieldsOf(complaints), IsEmpty());
  EXPECT_FALSE(plan->program.objects[0].error_checking);
  EXPECT_TRUE(plan->program.objects[1].error_checking);
  EXPECT_EQ(spec.mechanisms().count("m[2]"), 1u);
}

}  // namespace
}  // namespace ipclab
