#include "server/ipc_page.h"

#include <algorithm>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ipclab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using v1::IpcObject;
using v1::ListIpcObjectsRequest;

std::vector<IpcObject> Objects(int count) {
  std::vector<IpcObject> objects(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) {
    objects[i].set_kind(i % 2 == 0 ? IpcObject::POSIX_SHM : IpcObject::SYSV_SHM);
    objects[i].set_name("/" + std::to_string(100'000 + i));
    objects[i].set_own(i % 2 == 0);
  }
  std::stable_sort(objects.begin(), objects.end(),
                   [](const auto& a, const auto& b) { return a.kind() < b.kind(); });
  return objects;
}

ListIpcObjectsRequest Request(int page_size, bool all, const std::string& token = "") {
  ListIpcObjectsRequest request;
  request.set_page_size(page_size);
  request.set_all(all);
  request.set_page_token(token);
  return request;
}

std::vector<std::string> Names(const v1::ListIpcObjectsResponse& page) {
  std::vector<std::string> names;
  for (const IpcObject& each : page.ipc_objects()) names.push_back(each.name());
  return names;
}

TEST(IpcPageTest, ShowsWhatIsOursUnlessAllIsAskedFor) {
  EXPECT_THAT(Names(*PageOfIpcObjects(Request(0, false), Objects(4))),
              ElementsAre("/100000", "/100002"));
  EXPECT_THAT(Names(*PageOfIpcObjects(Request(0, true), Objects(4))),
              ElementsAre("/100000", "/100002", "/100001", "/100003"));
}

TEST(IpcPageTest, PagesFollowEachOtherWithoutGapOrOverlap) {
  std::vector<std::string> names;
  std::string token;
  int pages = 0;
  do {
    const auto page = PageOfIpcObjects(Request(3, true, token), Objects(8));
    ASSERT_TRUE(page.ok()) << page.status();
    for (const std::string& name : Names(*page)) names.push_back(name);
    token = page->next_page_token();
    ++pages;
  } while (!token.empty());
  EXPECT_EQ(pages, 3);
  EXPECT_THAT(names, ElementsAre("/100000", "/100002", "/100004", "/100006", "/100001", "/100003",
                                 "/100005", "/100007"));
}

TEST(IpcPageTest, APageStaysRightWhenItsLastObjectIsGone) {
  const auto first = PageOfIpcObjects(Request(2, true), Objects(4));
  auto left = Objects(4);
  left.erase(left.begin() + 1);
  EXPECT_THAT(Names(*PageOfIpcObjects(Request(2, true, first->next_page_token()), left)),
              ElementsAre("/100001", "/100003"));
}

TEST(IpcPageTest, TheLastPageHasNoTokenThoughItIsFull) {
  EXPECT_THAT(PageOfIpcObjects(Request(4, true), Objects(4))->next_page_token(), IsEmpty());
}

TEST(IpcPageTest, SizesAreWhatTheContractSays) {
  EXPECT_EQ(PageOfIpcObjects(Request(0, true), Objects(2000))->ipc_objects_size(), 100);
  EXPECT_EQ(PageOfIpcObjects(Request(1500, true), Objects(2000))->ipc_objects_size(), 1000);
  EXPECT_EQ(PageOfIpcObjects(Request(-5, true), Objects(2000))->ipc_objects_size(), 1);
}

TEST(IpcPageTest, ATokenOfAnotherListOrNoneIsRefused) {
  const std::string token = PageOfIpcObjects(Request(1, true), Objects(8))->next_page_token();
  const auto other = PageOfIpcObjects(Request(1, false, token), Objects(8));
  EXPECT_EQ(other.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(other.status().message()), HasSubstr("page_token"));
  EXPECT_THAT(std::string(other.status().message()), HasSubstr("another list"));
  EXPECT_FALSE(PageOfIpcObjects(Request(1, true, "7"), Objects(8)).ok());
}

}  // namespace
}  // namespace ipclab
