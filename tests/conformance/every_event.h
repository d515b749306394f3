// The parameter of the suites for what wakes or notifies: every such mechanism, and every choice of
// its options.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/conformance/every_mechanism.h"

namespace ipclab {

using EventOptions = std::map<std::string, std::string>;

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

// Every choice of every option with every one of the others.
inline std::vector<EventOptions> EveryChoice(const v1::Mechanism& mechanism) {
  std::vector<EventOptions> all = {{}};
  for (const v1::Option& option : mechanism.options()) {
    std::vector<std::string> values(option.choices().begin(), option.choices().end());
    if (option.type() == v1::Option::BOOLEAN) values = {"false", "true"};
    if (values.empty()) continue;
    std::vector<EventOptions> longer;
    for (const EventOptions& options : all) {
      for (const std::string& value : values) {
        longer.push_back(options);
        longer.back()[option.name()] = value;
      }
    }
    all = std::move(longer);
  }
  return all;
}

inline ChannelSpec SpecOf(const v1::Mechanism& mechanism, const LinkNames& names,
                          const EventOptions& given, bool duplex, bool sends) {
  ChannelSpec spec;
  spec.message_bytes = 0;
  spec.duplex = duplex;
  spec.sends = sends;
  for (const v1::Option& option : mechanism.options()) {
    spec.options[option.name()] = option.default_value();
  }
  for (const auto& [name, value] : given) spec.options[name] = value;
  spec.names = names.names();
  return spec;
}

// All but those that the mechanism refuses where it carries events, as is its right.
inline std::vector<EventOptions> ChoicesForEvents(const Mechanism& mechanism,
                                                  const v1::Mechanism& record, LinkNames& names) {
  std::vector<EventOptions> choices = EveryChoice(record);
  std::erase_if(choices, [&](const EventOptions& options) {
    const auto hosted = mechanism.host(SpecOf(record, names, options, true, true));
    names.Reclaim();
    return absl::IsInvalidArgument(hosted.status());
  });
  EXPECT_FALSE(choices.empty());
  return choices;
}

inline std::string Words(const EventOptions& options) {
  std::string words;
  for (const auto& [name, value] : options) words += name + "=" + value + " ";
  return words;
}

}  // namespace ipclab
