#include "server/security/gate.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/error_details.h"

namespace ipclab {
namespace {

using ::testing::HasSubstr;
using P = v1::Principal;

P Somebody(P::Role role) {
  P principal;
  principal.set_name("grafana");
  principal.set_role(role);
  return principal;
}

TEST(CheckRoleTest, EachRoleMayDoWhatTheOnesBeforeItMay) {
  for (const P::Role needed : {P::VIEWER, P::OPERATOR, P::ADMIN}) {
    for (const P::Role actual : {P::ROLE_UNSPECIFIED, P::VIEWER, P::OPERATOR, P::ADMIN}) {
      EXPECT_EQ(CheckRole(Somebody(actual), needed, "it").ok(), actual >= needed);
    }
  }
}

TEST(CheckRoleTest, TheRefusalSaysWhoNeedsWhatAndHasWhat) {
  const absl::Status status = CheckRole(Somebody(P::VIEWER), P::OPERATOR, "StepExperiment");
  EXPECT_TRUE(absl::IsPermissionDenied(status));
  EXPECT_EQ(ReasonOf(status), "ROLE_TOO_LOW");
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  EXPECT_EQ(info->metadata().at("needed"), "operator");
  EXPECT_EQ(info->metadata().at("actual"), "viewer");
  EXPECT_EQ(info->metadata().at("principal"), "grafana");
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("StepExperiment needs the role operator, and grafana has the role viewer"));
}

TEST(RoleOfUrisTest, ACertificateWithoutARoleLimitsNothing) {
  EXPECT_EQ(RoleOfUris({}), P::ADMIN);
  EXPECT_EQ(RoleOfUris({"spiffe://lab.example/ci", "https://roles/viewer"}), P::ADMIN);
}

TEST(RoleOfUrisTest, TheLowestOfSeveralCounts) {
  EXPECT_EQ(RoleOfUris({"ipclab://roles/operator"}), P::OPERATOR);
  EXPECT_EQ(RoleOfUris({"ipclab://roles/admin", "ipclab://roles/viewer"}), P::VIEWER);
}

TEST(RoleOfUrisTest, ARoleThatIsNoneAllowsNothing) {
  for (const char* uri : {"ipclab://roles/", "ipclab://roles/root", "ipclab://roles/admin/"}) {
    EXPECT_EQ(RoleOfUris({uri}), P::ROLE_UNSPECIFIED) << uri;
  }
}

}  // namespace
}  // namespace ipclab
