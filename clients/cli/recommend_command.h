// `ipclab recommend`: which mechanism suits what is to be carried, and why.
#pragma once

#include "absl/status/statusor.h"
#include "clients/cli/command.h"
#include "clients/cli/command_flags.h"
#include "ipclab/v1/mechanism.pb.h"

namespace ipclab::cli {

// As typed; empty where nothing was.
struct RecommendFlags {
  std::string bytes = "64";
  std::string pattern = "1:1";
  std::string rate = {};
  std::string first = "latency";
  bool one_way = false;
  bool unrelated = false;
  bool network = false;
  bool records = false;
  bool survives_crash = false;
  bool all = false;
};

Command AddRecommendCommand(CLI::App& app, CommonFlags& common);

// INVALID_ARGUMENT that names the flag and what it should be.
absl::StatusOr<v1::RecommendMechanismRequest> ReadRecommendFlags(const RecommendFlags& flags);

}  // namespace ipclab::cli
