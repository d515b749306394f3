#include "server/security/roles.h"

#include "absl/strings/ascii.h"

namespace ipclab {
namespace {

using P = v1::Principal;

constexpr MethodRole kMethodRoles[] = {
    {"ipclab.v1.ExperimentService/CreateExperiment", P::OPERATOR},
    {"ipclab.v1.ExperimentService/GetExperiment", P::VIEWER},
    {"ipclab.v1.ExperimentService/ListExperiments", P::VIEWER},
    {"ipclab.v1.ExperimentService/DeleteExperiment", P::OPERATOR},
    {"ipclab.v1.ExperimentService/RunExperiment", P::OPERATOR},
    {"ipclab.v1.ExperimentService/PauseExperiment", P::OPERATOR},
    {"ipclab.v1.ExperimentService/CancelExperiment", P::OPERATOR},
    {"ipclab.v1.ExperimentService/StepExperiment", P::OPERATOR},
    {"ipclab.v1.ExperimentService/RewindExperiment", P::OPERATOR},
    {"ipclab.v1.ExperimentService/ForkExperiment", P::OPERATOR},
    {"ipclab.v1.ExperimentService/DriveExperiment", P::OPERATOR},
    {"ipclab.v1.ExperimentService/WatchExperiment", P::VIEWER},
    {"ipclab.v1.ExperimentService/GetMetrics", P::VIEWER},
    {"ipclab.v1.ExperimentService/WatchMetrics", P::VIEWER},
    {"ipclab.v1.ExperimentService/ExportExperiment", P::VIEWER},
    {"ipclab.v1.MechanismService/ListMechanisms", P::VIEWER},
    {"ipclab.v1.MechanismService/GetMechanism", P::VIEWER},
    {"ipclab.v1.MechanismService/RecommendMechanism", P::VIEWER},
    {"ipclab.v1.ProgramService/ListPrograms", P::VIEWER},
    {"ipclab.v1.ProgramService/GetProgram", P::VIEWER},
    {"ipclab.v1.ProgramService/CheckProgram", P::VIEWER},
    {"ipclab.v1.ProgramService/ReplaySchedule", P::VIEWER},
    // Starts processes.
    {"ipclab.v1.ProgramService/ExploreProgram", P::OPERATOR},
    {"ipclab.v1.ProgramService/ShrinkSchedule", P::VIEWER},
    {"ipclab.v1.ProgramService/ExplainSchedule", P::VIEWER},
    {"ipclab.v1.SystemService/GetServerInfo", P::VIEWER},
    // Its handler wants ADMIN for the objects of others.
    {"ipclab.v1.SystemService/ListIpcObjects", P::VIEWER},
    {"ipclab.v1.SystemService/ReclaimIpcObjects", P::ADMIN},
    // Channelz tells the addresses of all clients.
    {"grpc.channelz.v1.Channelz/GetTopChannels", P::ADMIN},
    {"grpc.channelz.v1.Channelz/GetServers", P::ADMIN},
    {"grpc.channelz.v1.Channelz/GetServer", P::ADMIN},
    {"grpc.channelz.v1.Channelz/GetServerSockets", P::ADMIN},
    {"grpc.channelz.v1.Channelz/GetChannel", P::ADMIN},
    {"grpc.channelz.v1.Channelz/GetSubchannel", P::ADMIN},
    {"grpc.channelz.v1.Channelz/GetSocket", P::ADMIN},
};

}  // namespace

std::span<const MethodRole> MethodRoles() { return kMethodRoles; }

Role RoleNeeded(std::string_view method) {
  for (const MethodRole& row : kMethodRoles) {
    if (row.method.substr(row.method.rfind('/') + 1) == method) return row.role;
  }
  return P::ADMIN;
}

std::string RoleWord(Role role) { return absl::AsciiStrToLower(P::Role_Name(role)); }

Role RoleOfWord(std::string_view word) {
  for (const Role role : {P::VIEWER, P::OPERATOR, P::ADMIN}) {
    if (RoleWord(role) == word) return role;
  }
  return P::ROLE_UNSPECIFIED;
}

}  // namespace ipclab
