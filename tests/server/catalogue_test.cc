#include "server/catalogue.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/error_details.h"
#include "tests/server/test_catalogue.h"

namespace ipclab {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(CatalogueTest, FindsByIdOnly) {
  const Catalogue catalogue = TestCatalogue();
  ASSERT_NE(catalogue.Find("null"), nullptr);
  EXPECT_EQ(catalogue.Find("null")->mechanism().id(), "null");
  for (const char* id : {"", "nul", "NULL", "mechanisms/null"}) {
    EXPECT_EQ(catalogue.Find(id), nullptr) << id;
  }
}

TEST(CatalogueTest, KeepsTheOrderOfTheWorkers) {
  const Catalogue catalogue = TestCatalogue();
  std::vector<std::string> ids;
  for (const auto& record : catalogue.records()) ids.push_back(record.mechanism().id());
  EXPECT_THAT(ids, ElementsAre("pipe", "null", "posix_mq", "mailbox", "mutex", "ring", "signal"));
}

TEST(CatalogueTest, ASlipIsAnsweredWithTheNearestId) {
  const Catalogue catalogue = TestCatalogue();
  EXPECT_EQ(catalogue.Hint("pip"), "did you mean \"pipe\"?");
  EXPECT_EQ(catalogue.Hint("nill"), "did you mean \"null\"?");
  EXPECT_EQ(catalogue.Hint("posixmq"), "did you mean \"posix_mq\"?");
}

TEST(CatalogueTest, WhatIsNearNothingIsAnsweredWithAll) {
  const Catalogue catalogue = TestCatalogue();
  for (const std::string& id :
       {std::string(), std::string("x"), std::string("semaphore"), std::string(1'000'000, 'p')}) {
    EXPECT_EQ(catalogue.Hint(id), "there are: pipe, null, posix_mq, mailbox, mutex, ring, signal");
  }
}

TEST(CatalogueTest, GetsByResourceName) {
  const auto mechanism = TestCatalogue().Get("mechanisms/pipe");
  ASSERT_TRUE(mechanism.ok()) << mechanism.status();
  EXPECT_EQ(mechanism->id(), "pipe");
}

TEST(CatalogueTest, AnUnknownNameIsNotFoundWithAHint) {
  const absl::Status status = TestCatalogue().Get("mechanisms/pip").status();
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("mechanisms/pip"), HasSubstr("did you mean \"pipe\"?")));
  const auto resource = DetailOf<google::rpc::ResourceInfo>(status);
  ASSERT_TRUE(resource);
  EXPECT_EQ(resource->resource_type(), "ipclab.v1.Mechanism");
}

TEST(CatalogueTest, ANameOfAnotherFormIsRefused) {
  for (const char* name : {"", "pipe", "mechanisms/", "mechanism/pipe", "experiments/pipe"}) {
    const absl::Status status = TestCatalogue().Get(name).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << name << ": " << status;
    EXPECT_THAT(WrongFields(status), ElementsAre("name"));
  }
}

}  // namespace
}  // namespace ipclab
