// What `ipclab explore` takes, and the request that it becomes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "clients/cli/programs/program_source.h"
#include "ipclab/v1/explore.pb.h"

namespace ipclab::cli {

// As typed. What was not typed is not sent: the server knows what is right then, and refuses what
// makes no sense together.
struct ExploreFlags {
  ProgramFlags program;
  std::string mode = "find";
  std::string engine = "real";
  std::string reduction = {};
  std::string sampler = {};
  std::optional<int32_t> depth = {};
  std::optional<uint64_t> seed = {};
  std::optional<int32_t> max_preemptions = {};
  std::optional<int64_t> max_schedules = {};
  std::optional<int64_t> max_steps = {};
  std::string time_limit = {};
  std::string memory = {};
};

// The program and the options.
void AddExploreFlags(CLI::App& command, ExploreFlags& flags);

// INVALID_ARGUMENT, naming the option, when one cannot be read.
absl::StatusOr<v1::ExploreProgramRequest> ReadExploreFlags(const ExploreFlags& flags);

}  // namespace ipclab::cli
