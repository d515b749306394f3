// The names of experiments: short where people type and read them, whole where the server does.
#pragma once

#include <string>
#include <vector>

namespace ipclab::cli {

// "experiments/x-123" of "x-123" or of itself. Whether it is a good one is for the server to say.
std::string ExperimentName(const std::string& typed);

// "x-123" of "experiments/x-123".
std::string ExperimentId(const std::string& name);

// Every name once, in the order in which it came first.
std::vector<std::string> ExperimentNames(const std::vector<std::string>& typed);

// What a positional is called in the help, and how the completion knows that it is one.
inline constexpr char kExperimentType[] = "NAME";

}  // namespace ipclab::cli
