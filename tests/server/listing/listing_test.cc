#include "server/listing.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/listing/page_token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/error_details.h"

namespace ipclab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string Name(int number) { return absl::StrCat("experiments/x", 1000 + number); }

class ListingTest : public testing::Test {
 protected:
  // Number i is created at i seconds and is at step i.
  void Add(int from, int to) {
    for (int i = from; i < to; ++i) {
      v1::Experiment& experiment = all_[Name(i)];
      experiment.set_name(Name(i));
      experiment.set_state(v1::Experiment::SUCCEEDED);
      experiment.mutable_create_time()->set_seconds(i);
      experiment.set_step(i);
    }
  }

  absl::StatusOr<v1::ListExperimentsResponse> List(const v1::ListExperimentsRequest& request) {
    std::vector<const v1::Experiment*> all;
    for (const auto& [name, experiment] : all_) all.push_back(&experiment);
    return ListExperiments(request, all);
  }

  // The page, whose token the request then holds.
  std::vector<int> Page(v1::ListExperimentsRequest& request) {
    const auto page = List(request);
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok()) return {};
    request.set_page_token(page->next_page_token());
    std::vector<int> steps;
    for (const auto& each : page->experiments()) steps.push_back(static_cast<int>(each.step()));
    return steps;
  }

  // What is said of the one field that is wrong.
  std::string Violation(const v1::ListExperimentsRequest& request, const std::string& field) {
    const auto page = List(request);
    const auto bad = DetailOf<google::rpc::BadRequest>(page.status());
    if (!bad) return "no violation";
    EXPECT_THAT(WrongFields(page.status()), ElementsAre(field));
    return bad->field_violations(0).description();
  }

  std::map<std::string, v1::Experiment> all_;
};

TEST_F(ListingTest, NothingIsOneEmptyPage) {
  const auto page = List({});
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->ByteSizeLong(), 0u);
}

TEST_F(ListingTest, PagesFollowOneAnotherToTheEnd) {
  Add(0, 7);
  v1::ListExperimentsRequest request;
  request.set_page_size(3);
  EXPECT_THAT(Page(request), ElementsAre(6, 5, 4));
  EXPECT_THAT(Page(request), ElementsAre(3, 2, 1));
  EXPECT_THAT(Page(request), ElementsAre(0));
  EXPECT_EQ(request.page_token(), "");
}

TEST_F(ListingTest, ALastPageThatIsFullHasNoToken) {
  Add(0, 3);
  v1::ListExperimentsRequest request;
  request.set_page_size(3);
  Page(request);
  EXPECT_EQ(request.page_token(), "");
}

TEST_F(ListingTest, TheSizeIsCoerced) {
  Add(0, 1200);
  v1::ListExperimentsRequest request;
  EXPECT_EQ(Page(request).size(), 100u);
  request.clear_page_token();
  request.set_page_size(5000);
  EXPECT_EQ(Page(request).size(), 1000u);
  EXPECT_EQ(Page(request).size(), 200u);
  request.set_page_size(-1);
  EXPECT_EQ(List(request)->experiments_size(), 1);
}

TEST_F(ListingTest, TheSizeMayChangeFromPageToPage) {
  Add(0, 7);
  v1::ListExperimentsRequest request;
  request.set_page_size(2);
  EXPECT_THAT(Page(request), ElementsAre(6, 5));
  request.set_page_size(4);
  EXPECT_THAT(Page(request), ElementsAre(4, 3, 2, 1));
}

TEST_F(ListingTest, PagesStayRightWhileExperimentsComeAndGo) {
  Add(0, 9);
  v1::ListExperimentsRequest request;
  request.set_page_size(3);
  EXPECT_THAT(Page(request), ElementsAre(8, 7, 6));
  all_.erase(Name(6));  // the one that the token names
  all_.erase(Name(7));
  all_.erase(Name(4));
  Add(20, 25);
  EXPECT_THAT(Page(request), ElementsAre(5, 3, 2));
  EXPECT_THAT(Page(request), ElementsAre(1, 0));
}

TEST_F(ListingTest, EqualOnesComeByNameAcrossPages) {
  Add(0, 10);
  v1::ListExperimentsRequest request;
  request.set_page_size(3);
  request.set_order_by("state");
  std::vector<int> seen;
  do {
    for (const int step : Page(request)) seen.push_back(step);
  } while (!request.page_token().empty());
  EXPECT_THAT(seen, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
}

TEST_F(ListingTest, TheFilterDecidesAndIsCounted) {
  Add(0, 50);
  v1::ListExperimentsRequest request;
  request.set_page_size(2);
  request.set_filter("step >= 10 AND step < 15");
  EXPECT_EQ(List(request)->total_size(), 5);
  EXPECT_THAT(Page(request), ElementsAre(14, 13));
  EXPECT_THAT(Page(request), ElementsAre(12, 11));
  EXPECT_EQ(List(request)->total_size(), 5) << "of all pages, on each";
  EXPECT_THAT(Page(request), ElementsAre(10));
}

TEST_F(ListingTest, ResultsAreLeftOutAndNothingElse) {
  Add(0, 1);
  v1::Experiment& experiment = all_[Name(0)];
  experiment.set_uid("7f0c");
  experiment.mutable_spec()->mutable_measure()->set_mechanism("pipe");
  experiment.mutable_spec()->mutable_labels()->insert({"team", "a"});
  experiment.add_workers()->set_pid(7);
  experiment.add_workers()->set_pid(8);
  experiment.mutable_end()->set_reason("TIME_LIMIT");
  experiment.mutable_control_lease()->set_controller("c");
  experiment.mutable_result()->mutable_metrics()->set_sequence(3);
  v1::Experiment expected = experiment;
  expected.clear_result();
  EXPECT_EQ(List({})->experiments(0).DebugString(), expected.DebugString());
}

TEST_F(ListingTest, APageIsNeverLargerThanAClientTakes) {
  Add(0, 400);
  for (auto& [name, experiment] : all_) {
    for (int i = 0; i < 64; ++i) {
      (*experiment.mutable_spec()->mutable_labels())[absl::StrCat(i)] = std::string(255, 'x');
    }
  }
  v1::ListExperimentsRequest request;
  request.set_page_size(1000);
  size_t seen = 0;
  do {
    EXPECT_LT(List(request)->ByteSizeLong(), 3u << 20);
    seen += Page(request).size();
  } while (!request.page_token().empty());
  EXPECT_EQ(seen, 400u);
}

TEST_F(ListingTest, ATokenIsBoundToFilterAndOrder) {
  Add(0, 9);
  v1::ListExperimentsRequest request;
  request.set_page_size(3);
  request.set_filter("step > 1");
  Page(request);
  v1::ListExperimentsRequest other = request;
  other.set_filter("step > 2");
  EXPECT_THAT(Violation(other, "page_token"), HasSubstr("belongs to another list"));
  other = request;
  other.set_order_by("name");
  EXPECT_THAT(Violation(other, "page_token"), HasSubstr("belongs to another list"));
  // The same text in all, cut elsewhere.
  other.set_filter("step > ");
  other.set_order_by("1");
  EXPECT_THAT(WrongFields(List(other).status()), ElementsAre("filter", "order_by", "page_token"));
}

TEST_F(ListingTest, ATokenThatWasMadeUpIsRefused) {
  Add(0, 9);
  v1::ListExperimentsRequest request;
  request.set_page_token("bm8gdG9rZW4");
  EXPECT_THAT(Violation(request, "page_token"), HasSubstr("is not a token of this list"));
  request.set_page_token(EncodePageToken("ListIpcObjects", "a"));
  EXPECT_THAT(Violation(request, "page_token"), HasSubstr("belongs to another list"));
  request.set_page_token(EncodePageToken("ListExperiments 0 ", "no place"));
  EXPECT_EQ(Violation(request, "page_token"), "names no place in this list");
}

TEST_F(ListingTest, EveryMistakeIsToldAtOnce) {
  v1::ListExperimentsRequest request;
  request.set_page_size(-5);
  request.set_page_token("x");
  request.set_filter("colour = red AND state = RUNING");
  request.set_order_by("colour");
  const auto page = List(request);
  EXPECT_TRUE(absl::IsInvalidArgument(page.status()));
  EXPECT_THAT(WrongFields(page.status()),
              ElementsAre("filter", "filter", "order_by", "page_token"));
  EXPECT_THAT(std::string(page.status().message()),
              HasSubstr("filter: column 26: \"RUNING\" is no state; there are PENDING, STARTING"));
}

}  // namespace
}  // namespace ipclab
