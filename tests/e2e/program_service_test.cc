// ProgramService: what is asked of programs without starting one.

#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/program_lab.h"
#include "tests/support/rich_status.h"
#include "tests/support/temporary_folder.h"

namespace ipclab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

template <class Request, class Response, class Method>
Answer<Response> Call(const ProgramLab& lab, Method method, const Request& request) {
  Answer<Response> answer;
  const auto stub = lab.programs();
  answer.status = (stub.get()->*method)(lab.client().NewContext().get(), request, &answer.value);
  return answer;
}

Answer<v1::ListProgramsResponse> List(const ProgramLab& lab,
                                      const v1::ListProgramsRequest& wanted) {
  return Call<v1::ListProgramsRequest, v1::ListProgramsResponse>(
      lab, &v1::ProgramService::Stub::ListPrograms, wanted);
}

Answer<v1::ReplayScheduleResponse> Replay(const ProgramLab& lab, const std::string& schedule,
                                          const std::string& source = "") {
  v1::ReplayScheduleRequest request;
  request.set_schedule(schedule);
  request.set_source(source);
  return Call<v1::ReplayScheduleRequest, v1::ReplayScheduleResponse>(
      lab, &v1::ProgramService::Stub::ReplaySchedule, request);
}

TEST(ProgramServiceTest, ListsTheCatalogueInPages) {
  const ProgramLab lab;
  v1::ListProgramsRequest request;
  request.set_page_size(5);
  std::vector<std::string> names;
  do {
    const auto page = List(lab, request);
    ASSERT_TRUE(page.ok()) << page.status.error_message();
    EXPECT_LE(page->programs_size(), 5);
    for (const v1::Program& each : page->programs()) {
      EXPECT_TRUE(each.source().empty());
      EXPECT_FALSE(each.title().empty());
      names.push_back(each.name());
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(names, testing::Contains("programs/lost_update"));
  EXPECT_GE(names.size(), 20u);
  request.set_page_token("x");
  EXPECT_THAT(ViolatedFields(List(lab, request).status), ElementsAre("page_token"));
  EXPECT_EQ(lab.client().Info()->limits().programs().max_workers(), 16);
  EXPECT_TRUE(lab.client().Info()->warnings().empty());
}

TEST(ProgramServiceTest, TellsAllOfOne) {
  const ProgramLab lab;
  const auto get = [&](const std::string& name) {
    v1::GetProgramRequest request;
    request.set_name(name);
    return Call<v1::GetProgramRequest, v1::Program>(lab, &v1::ProgramService::Stub::GetProgram,
                                                    request);
  };
  const auto program = get("programs/lost_update");
  ASSERT_TRUE(program.ok()) << program.status.error_message();
  EXPECT_THAT(program->source(), HasSubstr("process Worker[workers]"));
  EXPECT_EQ(program->variants(0), "racy");
  EXPECT_EQ(program->parameters(0).name(), "workers");
  EXPECT_EQ(program->objects(0).name(), "counter");
  EXPECT_THAT(program->objects(0).mechanisms(), testing::Contains("posix_shm"));
  EXPECT_TRUE(Refused(get("programs/lost_updates").status, grpc::NOT_FOUND, "NOT_FOUND"));
  EXPECT_THAT(ViolatedFields(get("lost_update").status), ElementsAre("name"));
}

TEST(ProgramServiceTest, ChecksATextAndAnswersWithItsLabels) {
  const ProgramLab lab;
  const auto check = [&](const std::string& source) {
    v1::CheckProgramRequest request;
    request.set_source(source);
    return Call<v1::CheckProgramRequest, v1::CheckProgramResponse>(
        lab, &v1::ProgramService::Stub::CheckProgram, request);
  };
  const auto good = check("shared x = 0\nprocess P { x = x + 1 }\n");
  ASSERT_TRUE(good.ok()) << good.status.error_message();
  EXPECT_EQ(good->diagnostics_size(), 0);
  EXPECT_EQ(good->hash().size(), 8u);
  ASSERT_EQ(good->labels_size(), 2);
  EXPECT_EQ(good->labels(0).process(), "P");
  EXPECT_EQ(good->labels(0).object(), "x");
  const auto bad = check("shared x = 0\nprocess P { y = z + q }\n");
  ASSERT_TRUE(bad.ok()) << bad.status.error_message();
  EXPECT_FALSE(bad->has_program());
  EXPECT_GE(bad->diagnostics_size(), 2);
  EXPECT_EQ(bad->diagnostics(0).span().line(), 2);
}

TEST(ProgramServiceTest, ReplaysOnTheModelAsTheProcessesWent) {
  const ProgramLab lab;
  const std::string name = lab.Ready(OnProgram("lost_update"));
  ASSERT_TRUE(lab.Step(name, "A").ok());
  const auto step = lab.Step(name, "B", 2);
  const auto replay = Replay(lab, step->program().schedule());
  ASSERT_TRUE(replay.ok()) << replay.status.error_message();
  EXPECT_EQ(replay->operations_size(), 3);
  EXPECT_EQ(replay->view().state_hash(), step->program().state_hash());
  EXPECT_EQ(replay->view().schedule(), step->program().schedule());

  EXPECT_THAT(ViolatedFields(Replay(lab, "A B").status), ElementsAre("schedule"));
  const auto other = Replay(lab, "lost_update racy @12345678 : A");
  EXPECT_THAT(other.status.error_message(), HasSubstr("it was changed since"));
  EXPECT_THAT(Replay(lab, "lost_update mutex : A B").status.error_message(), HasSubstr("step 2"));
  EXPECT_TRUE(Replay(lab, "mine : A", "shared x = 0\nprocess P { x = 1 }").ok());
}

TEST(ProgramServiceTest, ABrokenFileIsNamedAndTheOthersAreThere) {
  const TemporaryFolder folder;
  std::ofstream(folder.path() + "/good.lab") << "shared x = 0\nprocess P { x = 1 }\n";
  std::ofstream(folder.path() + "/bad.lab") << "process P {\n";
  const ProgramLab lab({.flags = {"--programs", folder.path()}});
  const auto list = List(lab, {});
  ASSERT_EQ(list->programs_size(), 1);
  EXPECT_EQ(list->programs(0).name(), "programs/good");
  ASSERT_EQ(lab.client().Info()->warnings_size(), 1);
  EXPECT_THAT(lab.client().Info()->warnings(0), HasSubstr("bad.lab"));
}

}  // namespace
}  // namespace ipclab
