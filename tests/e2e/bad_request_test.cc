// What else is refused: several slips at once, what this host cannot do, names of nothing.

#include "common/topology.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/lab_server.h"
#include "tests/support/rich_status.h"

namespace ipclab {
namespace {

using v1::Placement;

void ExpectNothingStarted(const LabServer& server) {
  EXPECT_EQ(server.client().Info()->experiments(), 0);
  EXPECT_EQ(server.client().Info()->workers(), 0);
}

TEST(SeveralSlipsTest, AreAllNamedAtOnce) {
  const LabServer server;
  auto request = Measure("pipee");
  request.set_experiment_id("Mine");
  request.set_request_id("1");
  request.mutable_spec()->mutable_time_limit()->set_seconds(-1);
  request.mutable_spec()->mutable_placement()->add_cpus(0);
  v1::MeasureSpec& measure = *request.mutable_spec()->mutable_measure();
  measure.clear_pattern();
  measure.set_message_bytes(0);
  measure.set_messages(-1);
  measure.set_warm_up_messages(-1);
  const grpc::Status status = server.client().Create(request).status;
  ASSERT_TRUE(Refused(status, grpc::INVALID_ARGUMENT, "BAD_REQUEST"));
  EXPECT_THAT(ViolatedFields(status),
              testing::UnorderedElementsAre(
                  "experiment_id", "request_id", "spec.time_limit", "spec.measure.pattern",
                  "spec.measure.message_bytes", "spec.measure.messages",
                  "spec.measure.warm_up_messages", "spec.measure.mechanism", "spec.placement"));
  ExpectNothingStarted(server);
}

TEST(SeveralSlipsTest, ATooLongListIsCutAndCounted) {
  const LabServer server;
  auto request = Measure();
  for (int i = 0; i < 3000; ++i) {
    (*request.mutable_spec()->mutable_labels())["k" + std::to_string(i)] = std::string(300, 'v');
    (*request.mutable_spec()->mutable_measure()->mutable_options())["o" + std::to_string(i)] = "";
  }
  const grpc::Status status = server.client().Create(request).status;
  ASSERT_TRUE(Refused(status, grpc::INVALID_ARGUMENT, "BAD_REQUEST"));
  EXPECT_THAT(BadRequestOf(status).field_violations().rbegin()->description(),
              testing::MatchesRegex("and [0-9]+ more"));
  ExpectNothingStarted(server);
}

TEST(SeveralSlipsTest, WhatIsWrongAndWhatIsMissingAreBothNamed) {
  const LabServer server({.scripted = true});
  auto request = Measure("not_here");
  request.mutable_spec()->mutable_measure()->set_message_bytes(0);
  const grpc::Status status = server.client().Create(request).status;
  EXPECT_TRUE(Refused(status, grpc::INVALID_ARGUMENT, "BAD_REQUEST"));
  EXPECT_THAT(ViolatedFields(status), testing::ElementsAre("spec.measure.message_bytes"));
  ASSERT_EQ(PreconditionFailureOf(status).violations_size(), 1);
  EXPECT_EQ(PreconditionFailureOf(status).violations(0).type(), "MECHANISM_UNAVAILABLE");
}

TEST(SeveralSlipsTest, ARequestOfMegabytesIsRefusedAndTheServerGoesOn) {
  const LabServer server;
  auto request = Measure();
  request.mutable_spec()->mutable_measure()->set_mechanism(std::string(3 << 20, 'x'));
  EXPECT_TRUE(
      Refused(server.client().Create(request).status, grpc::INVALID_ARGUMENT, "BAD_REQUEST"));
  request.mutable_spec()->mutable_measure()->set_mechanism(std::string(5 << 20, 'x'));
  EXPECT_EQ(server.client().Create(request).status.error_code(), grpc::RESOURCE_EXHAUSTED);
  ExpectNothingStarted(server);
}

TEST(HostTest, AMechanismThatIsNotHereSaysWhy) {
  const LabServer server({.scripted = true});
  const grpc::Status status = server.client().Create(Measure("not_here")).status;
  ASSERT_TRUE(Refused(status, grpc::FAILED_PRECONDITION, "MECHANISM_UNAVAILABLE"));
  const auto violation = PreconditionFailureOf(status).violations(0);
  EXPECT_EQ(violation.subject(), "mechanisms/not_here");
  EXPECT_THAT(violation.description(), testing::HasSubstr("scripted never is"));
  const v1::Mechanism listed = server.client().GetMechanism("mechanisms/not_here").value;
  EXPECT_FALSE(listed.available());
  EXPECT_THAT(listed.unavailable_reason(), testing::HasSubstr("scripted never is"));
  ExpectNothingStarted(server);
}

TEST(HostTest, ACpuThatIsNotThereIsRefusedWithThoseThatAre) {
  const LabServer server;
  for (const int cpu : {999, -1, 1 << 30}) {
    auto request = Measure();
    Placement& placement = *request.mutable_spec()->mutable_placement();
    placement.set_policy(Placement::EXPLICIT);
    placement.add_cpus(AllowedCpus().front());
    placement.add_cpus(cpu);
    const grpc::Status status = server.client().Create(request).status;
    EXPECT_TRUE(Refused(status, grpc::FAILED_PRECONDITION, "PLACEMENT"));
    EXPECT_THAT(status.error_message(), testing::HasSubstr("this server may use CPUs"));
  }
  ExpectNothingStarted(server);
}

TEST(HostTest, APlacementIsGivenWhereTheHostHasItAndOnlyThere) {
  const Topology topology = ReadTopology();
  const auto has_pair = [&](const auto& related) {
    for (const Cpu& a : topology.cpus) {
      for (const Cpu& b : topology.cpus) {
        if (related(a, b)) return true;
      }
    }
    return false;
  };
  const std::vector<std::pair<Placement::Policy, bool>> expected = {
      {Placement::SAME_CPU, true},
      {Placement::SAME_CORE,
       has_pair([](const Cpu& a, const Cpu& b) { return a.id != b.id && a.core == b.core; })},
      {Placement::DIFFERENT_CORES,
       has_pair([](const Cpu& a, const Cpu& b) { return a.core != b.core; })},
      {Placement::DIFFERENT_SOCKETS,
       has_pair([](const Cpu& a, const Cpu& b) { return a.socket != b.socket; })}};
  const LabServer server;
  for (const auto& [policy, possible] : expected) {
    auto request = Measure();
    request.set_validate_only(true);
    request.mutable_spec()->mutable_placement()->set_policy(policy);
    const grpc::Status status = server.client().Create(request).status;
    if (possible) {
      EXPECT_TRUE(status.ok()) << status.error_message();
    } else {
      EXPECT_TRUE(Refused(status, grpc::FAILED_PRECONDITION, "PLACEMENT"));
      EXPECT_THAT(status.error_message(), testing::HasSubstr(Placement::Policy_Name(policy)));
    }
  }
}

TEST(BadNameTest, IsRefusedByEveryMethodThatTakesOne) {
  const LabServer server;
  const LabClient& client = server.client();
  const std::vector<std::string> names = {"",
                                          "mine",
                                          "experiments/",
                                          "experiments/Mine",
                                          "experiments/a/b",
                                          "experiments/a ",
                                          "experiments/-",
                                          "mechanisms/pipe",
                                          "/experiments/a",
                                          std::string("experiments/a\0b", 15),
                                          "experiments/" + std::string(100'000, 'a')};
  for (const std::string& name : names) {
    EventStream events = client.Watch(name);
    events.Next();
    MetricsStream metrics = client.WatchMetrics(name, absl::Seconds(1));
    metrics.Next();
    for (const grpc::Status& status :
         {client.Get(name).status, client.Delete(name), client.Run(name).status,
          client.Cancel(name).status, client.Step(name, 1).status, client.GetMetrics(name).status,
          events.Finish(), metrics.Finish()}) {
      EXPECT_TRUE(Refused(status, grpc::INVALID_ARGUMENT, "BAD_REQUEST")) << name.substr(0, 40);
      EXPECT_EQ(ViolatedFields(status), std::vector<std::string>{"name"});
    }
  }
}

TEST(BadNameTest, WhatIsNotThereIsNotFoundByEveryMethod) {
  const LabServer server;
  const LabClient& client = server.client();
  const std::string name = "experiments/none";
  for (const grpc::Status& status :
       {client.Get(name).status, client.Delete(name), client.Run(name).status,
        client.Cancel(name).status, client.Step(name, 1).status, client.GetMetrics(name).status}) {
    EXPECT_TRUE(Refused(status, grpc::NOT_FOUND, "NOT_FOUND"));
    EXPECT_EQ(ResourceInfoOf(status).resource_name(), name);
  }
}

TEST(BadNameTest, AMechanismThatIsNotThereNamesTheNearest) {
  const LabServer server;
  EXPECT_TRUE(server.client().GetMechanism("mechanisms/pipe").ok());
  const grpc::Status status = server.client().GetMechanism("mechanisms/pip").status;
  EXPECT_TRUE(Refused(status, grpc::NOT_FOUND, "NOT_FOUND"));
  EXPECT_THAT(status.error_message(), testing::HasSubstr("did you mean \"pipe\"?"));
  for (const std::string& name : {std::string(), std::string("pipe"), std::string("mechanisms/")}) {
    EXPECT_TRUE(
        Refused(server.client().GetMechanism(name).status, grpc::INVALID_ARGUMENT, "BAD_REQUEST"));
  }
  EXPECT_TRUE(
      Refused(server.client().GetMechanism("mechanisms/" + std::string(100'000, 'p')).status,
              grpc::INVALID_ARGUMENT, "BAD_REQUEST"));
}

TEST(PageTest, PagesTogetherAreTheWholeList) {
  const LabServer server({.scripted = true});
  const auto whole = server.client().ListMechanisms();
  ASSERT_GT(whole->mechanisms_size(), 10);
  EXPECT_EQ(whole->mechanisms(0).id(), "pipe");
  v1::ListMechanismsRequest request;
  request.set_page_size(7);
  std::vector<std::string> ids;
  do {
    const auto page = server.client().ListMechanisms(request);
    ASSERT_TRUE(page.ok()) << page.status.error_message();
    EXPECT_LE(page->mechanisms_size(), 7);
    for (const v1::Mechanism& mechanism : page->mechanisms()) ids.push_back(mechanism.id());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  ASSERT_EQ(ids.size(), static_cast<size_t>(whole->mechanisms_size()));
  for (int i = 0; i < whole->mechanisms_size(); ++i) {
    EXPECT_EQ(ids[static_cast<size_t>(i)], whole->mechanisms(i).id());
  }
}

TEST(PageTest, ASizeOutOfRangeIsCoercedAndAFalseTokenRefused) {
  const LabServer server;
  v1::ListMechanismsRequest request;
  request.set_page_size(-1);
  EXPECT_EQ(server.client().ListMechanisms(request)->mechanisms_size(), 1);
  request.set_page_size(2'000'000'000);
  EXPECT_GE(server.client().ListMechanisms(request)->mechanisms_size(), 2);
  for (const std::string& token : {std::string("x"), std::string("-1"), std::string("0"),
                                   std::string("99"), std::string(100'000, '9')}) {
    request.set_page_token(token);
    const grpc::Status status = server.client().ListMechanisms(request).status;
    EXPECT_TRUE(Refused(status, grpc::INVALID_ARGUMENT, "BAD_REQUEST"));
    EXPECT_EQ(ViolatedFields(status), std::vector<std::string>{"page_token"});
  }
}

TEST(QuotaTest, MoreExperimentsThanPublishedAreRefusedWithAdvice) {
  const LabServer server;
  const int most = server.client().Info()->limits().max_experiments();
  ASSERT_GT(most, 0);
  for (int i = 0; i < most; ++i) {
    auto request = Measure("null", 1);
    request.mutable_spec()->set_share_cpus(true);
    request.mutable_spec()->set_start(v1::ExperimentSpec::RUN);
    server.client().MustCreate(request);
  }
  const grpc::Status status = server.client().Create(Measure("null")).status;
  EXPECT_TRUE(Refused(status, grpc::RESOURCE_EXHAUSTED, "QUOTA_EXCEEDED"));
  EXPECT_THAT(status.error_message(), testing::HasSubstr("delete some"));
  EXPECT_EQ(server.client().Info()->experiments(), most);
}

}  // namespace
}  // namespace ipclab
