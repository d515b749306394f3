#include <algorithm>
#include <array>

#include "worker/patterns/pattern.h"

namespace ipclab {

extern const Pattern kBroadcast;
extern const Pattern kContention;
extern const Pattern kFanIn;
extern const Pattern kFanOut;
extern const Pattern kHandOff;
extern const Pattern kNotify;
extern const Pattern kPipeline;
extern const Pattern kRoundTrip;
extern const Pattern kStream;

namespace {

constexpr std::array kPatterns = {&kRoundTrip, &kStream,   &kHandOff,   &kNotify,    &kFanIn,
                                  &kFanOut,    &kPipeline, &kBroadcast, &kContention};

}  // namespace

const Part* Pattern::Find(internal::Role role) const {
  const auto found = std::ranges::find(parts, role, &Part::role);
  return found == parts.end() ? nullptr : &*found;
}

const Pattern* FindPattern(v1::Pattern::Kind kind) {
  const auto found = std::ranges::find(kPatterns, kind, &Pattern::kind);
  return found == kPatterns.end() ? nullptr : *found;
}

}  // namespace ipclab
