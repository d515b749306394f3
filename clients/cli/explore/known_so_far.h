// What is known of an exploration while it goes on, and what is left of it when it breaks off.
#pragma once

#include <optional>
#include <string>

#include "ipclab/v1/explore.pb.h"

namespace ipclab::cli {

struct KnownSoFar {
  std::optional<v1::ExploreProgress> progress;  // the last
  std::optional<v1::ExploreFinding> finding;    // the first

  void Take(const v1::ExploreEvent& event);
};

// The exploration as far as it is known; never complete. stopped_at: as in Exploration.
v1::Exploration BrokenOff(const KnownSoFar& known, const v1::ExploreProgramRequest& request,
                          const std::string& stopped_at);

// True when a schedule that fails is known.
bool KnowsFailure(const v1::Exploration& exploration);

}  // namespace ipclab::cli
