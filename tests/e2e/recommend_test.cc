// Recommendations of a real server: what it measured on this host outlives the experiments.

#include <set>
#include <string>

#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/recommend/rules.h"
#include "tests/support/lab_server.h"

namespace ipclab {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Response = v1::RecommendMechanismResponse;

Response AskFor(const LabServer& server, int64_t bytes) {
  v1::RecommendMechanismRequest request;
  request.set_message_bytes(bytes);
  const auto answer = server.client().Recommend(request);
  EXPECT_TRUE(answer.ok()) << answer.status.error_message();
  return answer.value;
}

// Its place from 0; -1 when it does not suit.
int PlaceOf(const Response& response, const std::string& id) {
  for (int i = 0; i < response.recommendations_size(); ++i) {
    if (response.recommendations(i).mechanism() == id) return i;
  }
  return -1;
}

bool HasFigures(const Response& response, const std::string& id) {
  const int place = PlaceOf(response, id);
  return place >= 0 && response.recommendations(place).has_measured();
}

// Measures and deletes, as the command line does, until there are figures: those of a platform that
// moved meanwhile do not count.
void MeasureAndDelete(const LabServer& server, const std::string& mechanism) {
  for (int i = 0; i < 50 && !HasFigures(AskFor(server, 64), mechanism); ++i) {
    const v1::Experiment done = server.client().CreateAndFinish(Measure(mechanism, 2000));
    ASSERT_EQ(done.state(), v1::Experiment::SUCCEEDED) << done.ShortDebugString();
    ASSERT_TRUE(server.client().Delete(done.name()).ok());
  }
}

TEST(RecommendTest, WithoutFiguresItIsTheRulesAndSaysWhatToMeasure) {
  const LabServer server;
  const Response response = AskFor(server, 64);
  ASSERT_GT(response.recommendations_size(), 3);
  EXPECT_EQ(response.recommendations(0).mechanism(), "pipe");
  EXPECT_THAT(response.measure_command(), HasSubstr("ipclab measure pipe "));
  EXPECT_THAT(response.disagreements(), IsEmpty());
  EXPECT_FALSE(HasFigures(response, "pipe"));
  EXPECT_LT(PlaceOf(response, "mutex"), 0);
}

TEST(RecommendTest, FiguresOutliveTheirExperimentsAndTheServer) {
  LabServer server;
  MeasureAndDelete(server, "pipe");
  MeasureAndDelete(server, "tcp");
  EXPECT_EQ(server.client().Info()->experiments(), 0);
  const Response before = AskFor(server, 64);
  for (const char* id : {"pipe", "tcp"}) {
    ASSERT_TRUE(HasFigures(before, id)) << id;
    const auto& figures = before.recommendations(PlaceOf(before, id)).measured();
    EXPECT_GT(figures.p50_nanos(), 0);
    EXPECT_GT(figures.messages_per_second(), 0);
    EXPECT_EQ(figures.message_bytes(), 64);
    EXPECT_EQ(figures.pattern(), v1::Pattern::ROUND_TRIP);
    EXPECT_THAT(figures.circumstances(), HasSubstr("block"));
    EXPECT_GE(figures.experiments_size(), 1);
  }
  EXPECT_FALSE(HasFigures(AskFor(server, 1 << 20), "pipe")) << "64 B say nothing of 1 MiB";
  server.Kill();
  server.Restart();
  EXPECT_EQ(AskFor(server, 64).SerializeAsString(), before.SerializeAsString());
}

TEST(RecommendTest, TheFasterOfTwoStandsFirst) {
  const LabServer server;
  MeasureAndDelete(server, "pipe");
  MeasureAndDelete(server, "tcp");
  const Response response = AskFor(server, 64);
  const int pipe = PlaceOf(response, "pipe");
  const int tcp = PlaceOf(response, "tcp");
  ASSERT_TRUE(pipe >= 0 && tcp >= 0);
  const auto& a = response.recommendations(pipe);
  const auto& b = response.recommendations(tcp);
  if (a.reasons(0).find("2 measured alike") == std::string::npos) {
    EXPECT_TRUE(absl::StrContains(a.ShortDebugString() + b.ShortDebugString(), "Its control"))
        << "nothing else could keep them apart: " << response.ShortDebugString();
    return;
  }
  const auto p50_pipe = static_cast<double>(a.measured().p50_nanos());
  const auto p50_tcp = static_cast<double>(b.measured().p50_nanos());
  if (p50_pipe < p50_tcp * 0.95) {
    EXPECT_LT(pipe, tcp);
  }
  if (p50_tcp < p50_pipe * 0.95) {
    EXPECT_LT(tcp, pipe);
    EXPECT_THAT(response.disagreements(), Not(IsEmpty()));
  }
}

TEST(RecommendTest, RulesNameOnlyMechanismsThatThereAre) {
  const LabServer server;
  std::set<std::string> known;
  const auto listed = server.client().ListMechanisms();
  for (const v1::Mechanism& each : listed->mechanisms()) known.insert(each.id());
  for (const Rule& rule : Rules()) {
    for (const std::string_view id : rule.of.ids) {
      if (!id.empty()) {
        EXPECT_EQ(known.count(std::string(id)), 1u) << id << ": " << rule.sentence;
      }
    }
  }
}

TEST(RecommendTest, EveryRuleSpeaksOfSomeMechanism) {
  const LabServer server;
  const auto listed = server.client().ListMechanisms();
  for (const Rule& rule : Rules()) {
    int count = 0;
    for (const v1::Mechanism& each : listed->mechanisms()) count += IsKind(rule.of, each) ? 1 : 0;
    EXPECT_GT(count, 0) << rule.sentence;
  }
}

}  // namespace
}  // namespace ipclab
