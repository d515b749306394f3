// The patterns that mechanisms of messages carry, for their records.
#pragma once

#include <array>
#include <string_view>

#include "ipclab/v1/mechanism.pb.h"

namespace ipclab {

// Of those with a descriptor to wait by, and those whose one object takes the messages of many.
inline constexpr std::array kDataPatterns = {v1::Pattern::ROUND_TRIP, v1::Pattern::STREAM,
                                             v1::Pattern::FAN_IN,     v1::Pattern::FAN_OUT,
                                             v1::Pattern::PIPELINE,   v1::Pattern::BROADCAST};

// Of the others, and why.
inline constexpr std::string_view kNoFanIn =
    "It has no descriptor: nobody can wait for several of them but by trying each again and again.";
inline constexpr std::array kDataPatternsButFanIn = {v1::Pattern::ROUND_TRIP, v1::Pattern::STREAM,
                                                     v1::Pattern::FAN_OUT, v1::Pattern::PIPELINE,
                                                     v1::Pattern::BROADCAST};

}  // namespace ipclab
