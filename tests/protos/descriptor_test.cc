// The public API and the internal protocol keep to the rules.
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "gtest/gtest.h"
#include "tests/protos/rules.h"

namespace ipclab {
namespace {

using google::protobuf::FileDescriptor;
using ::testing::IsEmpty;

class DescriptorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::ifstream file(IPCLAB_DESCRIPTORS, std::ios::binary);
    google::protobuf::FileDescriptorSet set;
    ASSERT_TRUE(set.ParseFromIstream(&file)) << IPCLAB_DESCRIPTORS;
    for (const auto& proto : set.file()) {
      const FileDescriptor* const built = pool_.BuildFile(proto);
      ASSERT_NE(built, nullptr) << proto.name();
      if (proto.name().rfind("ipclab/", 0) == 0) ours_.push_back(built);
      if (proto.name().rfind("ipclab/v1/", 0) == 0) public_.push_back(built);
    }
    ASSERT_FALSE(public_.empty());
    ASSERT_GT(ours_.size(), public_.size());
  }

  google::protobuf::DescriptorPool pool_;
  std::vector<const FileDescriptor*> ours_;
  std::vector<const FileDescriptor*> public_;
};

TEST_F(DescriptorTest, EverythingHasACommentThatIsASentence) {
  Complaints complaints;
  for (const FileDescriptor* file : ours_) CheckComments(*file, complaints);
  EXPECT_THAT(complaints, IsEmpty());
}

TEST_F(DescriptorTest, EveryNameHasTheFormOfItsKind) {
  Complaints complaints;
  for (const FileDescriptor* file : ours_) CheckNames(*file, complaints);
  EXPECT_THAT(complaints, IsEmpty());
}

TEST_F(DescriptorTest, NumbersHaveNoUnexplainedGaps) {
  Complaints complaints;
  for (const FileDescriptor* file : ours_) CheckNumbers(*file, complaints);
  EXPECT_THAT(complaints, IsEmpty());
}

TEST_F(DescriptorTest, MethodsHaveTheStandardShapes) {
  Complaints complaints;
  for (const FileDescriptor* file : public_) CheckMethods(*file, complaints);
  EXPECT_THAT(complaints, IsEmpty());
}

TEST_F(DescriptorTest, NoProtoOfOursIsLeftOutOfTheBuild) {
  std::set<std::string> built;
  for (const FileDescriptor* file : ours_) built.insert(file->name());
  std::set<std::string> written;
  const std::filesystem::path root = IPCLAB_PROTOS;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root / "ipclab")) {
    if (entry.path().extension() != ".proto") continue;
    written.insert(std::filesystem::relative(entry.path(), root).string());
  }
  EXPECT_EQ(built, written);
}

}  // namespace
}  // namespace ipclab
