#include "server/security/roles.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.pb.h"
#include "grpc/channelz/v1/channelz.pb.h"
#include "gtest/gtest.h"

namespace ipclab {
namespace {

using P = v1::Principal;

template <class Service>
void AddMethods(const std::string& service, const Service& methods, std::set<std::string>& names) {
  for (const auto& method : methods) names.insert(absl::StrCat(service, "/", method.name()));
}

// Every rpc of every service in the protos, whether some code here knows it or not.
std::set<std::string> MethodsOfDescriptors() {
  std::set<std::string> names;
  std::ifstream file(IPCLAB_DESCRIPTORS, std::ios::binary);
  google::protobuf::FileDescriptorSet set;
  EXPECT_TRUE(set.ParseFromIstream(&file)) << IPCLAB_DESCRIPTORS;
  google::protobuf::FileDescriptorProto channelz;
  grpc::channelz::v1::Channel::descriptor()->file()->CopyTo(&channelz);
  *set.add_file() = channelz;
  for (const auto& proto : set.file()) {
    for (const auto& service : proto.service()) {
      AddMethods(absl::StrCat(proto.package(), ".", service.name()), service.method(), names);
    }
  }
  return names;
}

TEST(RolesTest, EveryRpcHasItsRowAndEveryRowItsRpc) {
  std::set<std::string> rows;
  for (const MethodRole& row : MethodRoles()) {
    EXPECT_TRUE(rows.insert(std::string(row.method)).second) << row.method << " has two rows";
    EXPECT_NE(row.role, P::ROLE_UNSPECIFIED) << row.method;
  }
  EXPECT_EQ(rows, MethodsOfDescriptors());
}

TEST(RolesTest, LastNamesAreUniqueSinceTheyFindTheRow) {
  std::set<std::string> names;
  for (const MethodRole& row : MethodRoles()) {
    const std::string name(row.method.substr(row.method.rfind('/') + 1));
    EXPECT_TRUE(names.insert(name).second) << name << " is a method of two services";
    EXPECT_EQ(RoleNeeded(name), row.role);
  }
}

TEST(RolesTest, ReadingIsForViewersAndChangingIsNot) {
  for (const MethodRole& row : MethodRoles()) {
    if (!absl::StartsWith(std::string(row.method), "ipclab.v1.")) continue;
    const std::string name(row.method.substr(row.method.rfind('/') + 1));
    const bool reads = absl::StartsWith(name, "Get") || absl::StartsWith(name, "List") ||
                       absl::StartsWith(name, "Watch") || absl::StartsWith(name, "Export") ||
                       absl::StartsWith(name, "Recommend") || absl::StartsWith(name, "Check") ||
                       absl::StartsWith(name, "Replay") || absl::StartsWith(name, "Shrink") ||
                       absl::StartsWith(name, "Explain");
    EXPECT_EQ(row.role == P::VIEWER, reads) << name;
  }
}

TEST(RolesTest, WhatTouchesTheHostIsForAdmins) {
  EXPECT_EQ(RoleNeeded("ReclaimIpcObjects"), P::ADMIN);
  EXPECT_EQ(RoleNeeded("GetServerSockets"), P::ADMIN);
}

TEST(RolesTest, AMethodWithoutARowIsForAdmins) {
  EXPECT_EQ(RoleNeeded("FormatDisk"), P::ADMIN);
  EXPECT_EQ(RoleNeeded(""), P::ADMIN);
  EXPECT_EQ(RoleNeeded("Experiment"), P::ADMIN) << "a part of a name is no name";
}

TEST(RolesTest, WordsAndRolesMatch) {
  for (const Role role : {P::VIEWER, P::OPERATOR, P::ADMIN}) {
    EXPECT_EQ(RoleOfWord(RoleWord(role)), role);
  }
  EXPECT_EQ(RoleWord(P::OPERATOR), "operator");
  for (const char* word : {"", "Viewer", "root", "role_unspecified", "admin "}) {
    EXPECT_EQ(RoleOfWord(word), P::ROLE_UNSPECIFIED) << word;
  }
}

}  // namespace
}  // namespace ipclab
