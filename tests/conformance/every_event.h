// The parameter of the suites for what wakes or notifies: every such mechanism, and every choice of
// its options.
#pragma once

#include <vector>

#include "gtest/gtest.h"
#include "tests/conformance/every_mechanism.h"

namespace ipclab {

inline std::vector<v1::Pattern::Kind> EventPatternsOf(const Mechanism& mechanism) {
  return PatternsOf(mechanism, {v1::Pattern::HAND_OFF, v1::Pattern::NOTIFY});
}

inline auto EveryEvent() {
  std::vector<const Mechanism*> events;
  for (const Mechanism* const mechanism : AllMechanisms()) {
    if (!EventPatternsOf(*mechanism).empty()) events.push_back(mechanism);
  }
  return testing::ValuesIn(events);
}

inline ChannelSpec SpecOfEvents(const v1::Mechanism& mechanism, const LinkNames& names,
                                const Choices& choices, bool duplex, bool sends) {
  ChannelSpec spec = SpecOf(mechanism, names, choices);
  spec.message_bytes = 0;
  spec.duplex = duplex;
  spec.sends = sends;
  return spec;
}

// All but those that the mechanism refuses where it carries events, as is its right.
inline std::vector<Choices> ChoicesForEvents(const Mechanism& mechanism,
                                             const v1::Mechanism& record, LinkNames& names) {
  std::vector<Choices> all = EveryChoice(record);
  std::erase_if(all, [&](const Choices& choices) {
    const auto hosted = mechanism.host(SpecOfEvents(record, names, choices, true, true));
    names.Reclaim();
    return absl::IsInvalidArgument(hosted.status());
  });
  EXPECT_FALSE(all.empty());
  return all;
}

}  // namespace ipclab
