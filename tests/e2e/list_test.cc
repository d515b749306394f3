// Listing experiments of a real server: page by page, while they come and go.

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/lab_server.h"
#include "tests/support/rich_status.h"

namespace ipclab {
namespace {

using E = v1::Experiment;
using testing::ElementsAre;
using testing::HasSubstr;

// Done at once, because it has one message.
std::string Finished(const LabServer& server, const std::string& id, const std::string& team) {
  auto request = Measure("null", 1);
  request.set_experiment_id(id);
  request.mutable_spec()->mutable_labels()->insert({"team", team});
  return server.client().CreateAndFinish(request).name();
}

std::vector<std::string> NamesOf(const v1::ListExperimentsResponse& page) {
  std::vector<std::string> names;
  for (const E& each : page.experiments()) names.push_back(each.name());
  return names;
}

// The names of all pages from here on; the request goes along.
std::vector<std::string> Rest(const LabServer& server, v1::ListExperimentsRequest& request) {
  std::vector<std::string> names;
  do {
    const auto page = server.client().List(request);
    EXPECT_TRUE(page.ok()) << page.status.error_message();
    if (!page.ok()) break;
    for (const std::string& name : NamesOf(page.value)) names.push_back(name);
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return names;
}

TEST(ListTest, TheNewestComeFirstWithoutTheirResults) {
  const LabServer server;
  EXPECT_THAT(NamesOf(server.client().List().value), testing::IsEmpty());
  Finished(server, "a", "red");
  Finished(server, "b", "red");
  const auto page = server.client().List();
  EXPECT_THAT(NamesOf(page.value), ElementsAre("experiments/b", "experiments/a"));
  EXPECT_EQ(page->total_size(), 2);
  EXPECT_EQ(page->next_page_token(), "");
  E expected = server.client().Get("experiments/a").value;
  EXPECT_TRUE(expected.has_result());
  expected.clear_result();
  EXPECT_EQ(page->experiments(1).DebugString(), expected.DebugString());
}

TEST(ListTest, PagesHoldOnToTheirPlaceWhileExperimentsComeAndGo) {
  const LabServer server;
  for (const char* const id : {"c", "e", "g", "i", "k", "m"}) Finished(server, id, "red");
  v1::ListExperimentsRequest request;
  request.set_page_size(2);
  request.set_order_by("name");
  const auto first = server.client().List(request);
  EXPECT_THAT(NamesOf(first.value), ElementsAre("experiments/c", "experiments/e"));
  // Behind the place and ahead of it, new and gone; among them the one that the token names.
  Finished(server, "a", "red");
  Finished(server, "h", "red");
  for (const char* const id : {"c", "e", "i"}) {
    ASSERT_TRUE(server.client().Delete(absl::StrCat("experiments/", id)).ok());
  }
  request.set_page_token(first->next_page_token());
  EXPECT_THAT(Rest(server, request),
              ElementsAre("experiments/g", "experiments/h", "experiments/k", "experiments/m"));
}

TEST(ListTest, TokensOutliveTheServer) {
  LabServer server;
  for (const char* const id : {"a", "b", "c"}) Finished(server, id, "red");
  v1::ListExperimentsRequest request;
  request.set_page_size(1);
  const auto first = server.client().List(request);
  ASSERT_EQ(server.Terminate(), 0);
  server.Restart();
  request.set_page_token(first->next_page_token());
  EXPECT_THAT(Rest(server, request), ElementsAre("experiments/b", "experiments/a"));
}

TEST(ListTest, TheFilterSeesTheStateOfThisMoment) {
  const LabServer server;
  Finished(server, "done-red", "red");
  Finished(server, "done-blue", "blue");
  auto parked = Measure();
  parked.set_experiment_id("parked");
  server.client().CreateReady(parked);
  ASSERT_TRUE(server.client().Step("experiments/parked", 5).ok());
  const auto matching = [&](const std::string& filter) {
    v1::ListExperimentsRequest request;
    request.set_filter(filter);
    request.set_order_by("name");
    return Rest(server, request);
  };
  EXPECT_THAT(matching("state = SUCCEEDED AND labels.team = \"red\""),
              ElementsAre("experiments/done-red"));
  EXPECT_THAT(matching("mechanism = null"),
              ElementsAre("experiments/done-blue", "experiments/done-red"));
  EXPECT_THAT(matching("state = PAUSED AND step = 5"), ElementsAre("experiments/parked"));
  EXPECT_THAT(matching("create_time < 2020-01-01T00:00:00Z"), testing::IsEmpty());
}

TEST(ListTest, WhatMakesNoSenseIsToldAllAtOnce) {
  const LabServer server;
  v1::ListExperimentsRequest request;
  request.set_page_token("made up");
  request.set_filter("state = HAPPY");
  request.set_order_by("colour");
  const auto page = server.client().List(request);
  EXPECT_TRUE(Refused(page.status, grpc::INVALID_ARGUMENT, "BAD_REQUEST"));
  EXPECT_THAT(ViolatedFields(page.status),
              testing::UnorderedElementsAre("page_token", "filter", "order_by"));
  EXPECT_THAT(page.status.error_message(), HasSubstr("column 9: \"HAPPY\" is no state"));
}

}  // namespace
}  // namespace ipclab
