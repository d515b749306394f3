// Which role each method needs: one table, which a test compares with the services' descriptors.
// Constant; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "ipclab/v1/system.pb.h"

namespace ipclab {

using Role = v1::Principal::Role;

struct MethodRole {
  std::string_view method;  // "ipclab.v1.ExperimentService/CreateExperiment"
  Role role;
};

std::span<const MethodRole> MethodRoles();

// The role that a method needs, by its last name ("CreateExperiment"), which is unique. ADMIN for a
// method without a row: what nobody thought of is not for everybody.
Role RoleNeeded(std::string_view method);

// "viewer", "operator", "admin"; and back, ROLE_UNSPECIFIED for any other word.
std::string RoleWord(Role role);
Role RoleOfWord(std::string_view word);

}  // namespace ipclab
