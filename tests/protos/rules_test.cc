// Each rule finds what breaks it, and nothing else.
#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "google/api/field_behavior.pb.h"
#include "google/protobuf/compiler/parser.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/empty.pb.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "gtest/gtest.h"
#include "tests/protos/rules.h"

namespace ipclab {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kHead[] = R"(// Things.
syntax = "proto3";
package ipclab.v1;
import "google/api/field_behavior.proto";
import "google/protobuf/empty.proto";
)";

// A file as protoc would see it. What it imports comes from the messages linked in here.
class Source {
 public:
  explicit Source(const std::string& text, const std::string& name = "ipclab/v1/thing.proto") {
    google::api::FieldBehavior_descriptor();
    google::protobuf::Empty::descriptor();
    google::protobuf::io::ArrayInputStream stream(text.data(), static_cast<int>(text.size()));
    google::protobuf::io::Tokenizer tokenizer(&stream, nullptr);
    google::protobuf::compiler::Parser parser;
    google::protobuf::FileDescriptorProto proto;
    EXPECT_TRUE(parser.Parse(&tokenizer, &proto)) << text;
    proto.set_name(name);
    file_ = pool_.BuildFile(proto);
    EXPECT_NE(file_, nullptr) << text;
  }

  // What it breaks of the rules that check knows.
  template <class Check>
  Complaints Break(Check check) const {
    Complaints complaints;
    if (file_ != nullptr) check(*file_, complaints);
    return complaints;
  }

 private:
  DescriptorPool pool_{DescriptorPool::generated_pool()};
  const FileDescriptor* file_ = nullptr;
};

template <class Check>
Complaints Of(Check check, const std::string& body) {
  return Source(kHead + body).Break(check);
}

constexpr char kGood[] = R"(
// A thing.
message Thing {
  // How it is.
  enum LongState {
    // Never returned.
    LONG_STATE_UNSPECIFIED = 0;
    // "good" or better.
    GOOD = 1;
  }
  reserved 2;
  // Its name.
  string name = 1 [(google.api.field_behavior) = REQUIRED];
  // p50 of it.
  LongState long_state = 3 [(google.api.field_behavior) = OPTIONAL];
  // One of them.
  oneof kind {
    // This.
    int64 this_one = 10 [(google.api.field_behavior) = OPTIONAL];
  }
  // Labels.
  map<string, string> labels = 11 [(google.api.field_behavior) = OPTIONAL];
}
// Does things.
service ThingService {
  // Gets.
  rpc GetThing(GetThingRequest) returns (Thing);
  // Lists.
  rpc ListThings(ListThingsRequest) returns (ListThingsResponse);
  // Creates.
  rpc CreateThing(CreateThingRequest) returns (Thing);
  // Deletes.
  rpc DeleteThing(DeleteThingRequest) returns (google.protobuf.Empty);
  // Watches.
  rpc WatchThing(WatchThingRequest) returns (stream Thing);
}
// Asks.
message GetThingRequest {
  // The name.
  string name = 1 [(google.api.field_behavior) = REQUIRED];
}
// Asks.
message ListThingsRequest {
  // The size.
  int32 page_size = 1 [(google.api.field_behavior) = OPTIONAL];
  // The token.
  string page_token = 2 [(google.api.field_behavior) = OPTIONAL];
}
// Answers.
message ListThingsResponse {
  // The things.
  repeated Thing things = 1;
  // The token.
  string next_page_token = 2;
}
// Asks.
message CreateThingRequest {
  // The id.
  string thing_id = 1 [(google.api.field_behavior) = OPTIONAL];
  // A UUID.
  string request_id = 2 [(google.api.field_behavior) = OPTIONAL];
  // The thing.
  Thing thing = 3 [(google.api.field_behavior) = REQUIRED];
}
// Asks.
message DeleteThingRequest {
  // The name.
  string name = 1 [(google.api.field_behavior) = REQUIRED];
}
// Asks.
message WatchThingRequest {
  // The name.
  string name = 1 [(google.api.field_behavior) = REQUIRED];
}
)";

TEST(RulesTest, FindNothingWrongWithAGoodFile) {
  for (const auto check : {CheckComments, CheckNames, CheckNumbers, CheckMethods}) {
    EXPECT_THAT(Of(check, kGood), IsEmpty());
  }
}

// A good file with one slip in it, and what is said of it.
struct Slip {
  std::string right;
  std::string wrong;
  std::string complaint;
};

void PrintTo(const Slip& slip, std::ostream* out) { *out << slip.wrong; }

void ExpectFound(void (*check)(const FileDescriptor&, Complaints&), const Slip& slip) {
  std::string text = kGood;
  const size_t at = text.find(slip.right);
  ASSERT_NE(at, std::string::npos) << slip.right;
  text.replace(at, slip.right.size(), slip.wrong);
  EXPECT_THAT(Of(check, text), ElementsAre(HasSubstr(slip.complaint))) << slip.wrong;
}

class CommentSlipTest : public ::testing::TestWithParam<Slip> {};
TEST_P(CommentSlipTest, IsFound) { ExpectFound(CheckComments, GetParam()); }
INSTANTIATE_TEST_SUITE_P(
    All, CommentSlipTest,
    ::testing::Values(Slip{"// A thing.", "", "v1.Thing has no comment"},
                      Slip{"// A thing.", "// A thing", "v1.Thing has a comment that is no"},
                      Slip{"// A thing.", "// thing.", "v1.Thing has a comment that is no"},
                      Slip{"// Its name.", "", "v1.Thing.name has no comment"},
                      Slip{"// One of them.", "", "v1.Thing.kind has no comment"},
                      Slip{"// This.", "", "v1.Thing.this_one has no comment"},
                      Slip{"// How it is.", "", "v1.Thing.LongState has no comment"},
                      Slip{"// Never returned.", "", "LONG_STATE_UNSPECIFIED has no comment"},
                      Slip{"// Does things.", "", "v1.ThingService has no comment"},
                      Slip{"// Gets.", "", "v1.ThingService.GetThing has no comment"}));

TEST(RulesTest, AFileWithoutACommentIsFound) {
  EXPECT_THAT(Source("syntax = \"proto3\";\npackage ipclab.v1;").Break(CheckComments),
              ElementsAre("ipclab/v1/thing.proto has no comment"));
}

class NameSlipTest : public ::testing::TestWithParam<Slip> {};
TEST_P(NameSlipTest, IsFound) { ExpectFound(CheckNames, GetParam()); }
INSTANTIATE_TEST_SUITE_P(
    All, NameSlipTest,
    ::testing::Values(Slip{"LONG_STATE_UNSPECIFIED", "STATE_UNSPECIFIED", "does not begin with"},
                      Slip{"LONG_STATE_UNSPECIFIED", "LONG_STATE_NONE", "does not begin with"},
                      Slip{"GOOD = 1", "good = 1", "v1.Thing.good is not"},
                      Slip{"string name", "string aName", "v1.Thing.aName is not"},
                      Slip{"oneof kind", "oneof Kind", "v1.Thing.Kind is not"},
                      Slip{"service ThingService", "service Things", "v1.Things is not"},
                      Slip{"rpc GetThing(", "rpc get_thing(", "get_thing is not"},
                      Slip{"// Does things.", "// Odd.\nmessage odd_thing {}",
                           "odd_thing is not"}));

TEST(RulesTest, APackageThatIsNotThatOfItsFolderIsFound) {
  EXPECT_THAT(Source("syntax = \"proto3\"; package ipclab.v2;").Break(CheckNames),
              ElementsAre("ipclab/v1/thing.proto is of package ipclab.v2, not ipclab.v1"));
}

TEST(RulesTest, AnImportOfTheInternalProtocolIsFound) {
  DescriptorPool pool;
  google::protobuf::FileDescriptorProto internal;
  internal.set_name("ipclab/internal/control.proto");
  ASSERT_NE(pool.BuildFile(internal), nullptr);
  google::protobuf::FileDescriptorProto proto;
  proto.set_name("ipclab/v1/thing.proto");
  proto.set_package("ipclab.v1");
  proto.add_dependency(internal.name());
  Complaints complaints;
  CheckNames(*pool.BuildFile(proto), complaints);
  EXPECT_THAT(complaints,
              ElementsAre("ipclab/v1/thing.proto imports ipclab/internal/control.proto"));
}

class NumberSlipTest : public ::testing::TestWithParam<Slip> {};
TEST_P(NumberSlipTest, IsFound) { ExpectFound(CheckNumbers, GetParam()); }
INSTANTIATE_TEST_SUITE_P(
    All, NumberSlipTest,
    ::testing::Values(Slip{"reserved 2;", "", "v1.Thing.long_state leaves out number 2"},
                      Slip{"reserved 2;", "reserved 2, 15;", "v1.Thing reserves what no field had"},
                      Slip{"labels = 11", "labels = 9", "v1.Thing.labels does not ascend"},
                      Slip{"labels = 11", "labels = 12", "v1.Thing.labels leaves out number 11"},
                      Slip{"GOOD = 1", "GOOD = 2", "v1.Thing.GOOD leaves out number 1"},
                      Slip{"GOOD = 1", "GOOD = -1", "v1.Thing.GOOD does not ascend"}));

class MethodSlipTest : public ::testing::TestWithParam<Slip> {};
TEST_P(MethodSlipTest, IsFound) { ExpectFound(CheckMethods, GetParam()); }
INSTANTIATE_TEST_SUITE_P(
    All, MethodSlipTest,
    ::testing::Values(
        Slip{"GetThing(GetThingRequest)", "GetThing(WatchThingRequest)",
             "takes ipclab.v1.WatchThingRequest"},
        Slip{"GetThing(GetThingRequest)", "GetThing(google.protobuf.Empty)",
             "GetThing needs a string name"},
        Slip{"GetThing(", "GetThing(stream ", "must take a stream if"},
        Slip{"(GetThingRequest) returns (Thing)", "(GetThingRequest) returns (stream Thing)",
             "must stream if"},
        Slip{"returns (stream Thing)", "returns (Thing)", "must stream if"},
        Slip{"(GetThingRequest) returns (Thing)", "(GetThingRequest) returns (ListThingsResponse)",
             "GetThing must return Thing"},
        Slip{"int32 page_size = 1", "int64 page_size = 1", "ListThings needs a int32 page_size"},
        Slip{"string page_token", "string token", "ListThings needs a string page_token"},
        Slip{"string next_page_token", "string next_token", "string next_page_token"},
        Slip{"repeated Thing things", "repeated Thing all", "ListThings must return things first"},
        Slip{"string thing_id", "string id", "CreateThing needs a string thing_id"},
        Slip{"string request_id", "string uuid", "CreateThing needs a string request_id"},
        Slip{"Thing thing = 3 [(google.api.field_behavior) = REQUIRED]",
             "Thing thing = 3 [(google.api.field_behavior) = OPTIONAL]",
             "CreateThing needs thing to be REQUIRED"},
        Slip{"(CreateThingRequest) returns (Thing)", "(CreateThingRequest) returns (stream Thing)",
             "must stream if"},
        Slip{"returns (google.protobuf.Empty)", "returns (Thing)", "DeleteThing must return Empty"},
        Slip{"rpc DeleteThing(DeleteThingRequest) returns (google.protobuf.Empty)",
             "rpc CancelThing(google.protobuf.Empty) returns (Thing)",
             "CancelThing needs a string name"},
        Slip{"long_state = 3 [(google.api.field_behavior) = OPTIONAL]", "long_state = 3",
             "takes ipclab.v1.Thing.long_state, which has no field_behavior"}));

TEST(RulesTest, ANameThatIsNotRequiredIsFoundInEveryRequest) {
  std::string text = kGood;
  const std::string required = "string name = 1 [(google.api.field_behavior) = REQUIRED]";
  for (size_t at = text.find(required); at != std::string::npos; at = text.find(required, at)) {
    text.replace(at, required.size(), "string name = 1 [(google.api.field_behavior) = OPTIONAL]");
  }
  EXPECT_THAT(Of(CheckMethods, text),
              ::testing::Contains(HasSubstr("name to be REQUIRED")).Times(3));
}

}  // namespace
}  // namespace ipclab
