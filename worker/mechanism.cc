#include "worker/mechanism.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"

namespace ipclab {

int64_t ChannelSpec::IntegerOption(std::string_view name) const {
  const auto option = options.find(std::string(name));
  int64_t value = 0;
  if (option != options.end()) {
    const char* const end = option->second.data() + option->second.size();
    const auto [stop, error] = std::from_chars(option->second.data(), end, value);
    if (error == std::errc() && stop == end) return value;
  }
  // The server validates options and fills in defaults: to be here is a bug in one of us.
  std::fprintf(stderr, "ipclab-worker: option %s is missing or no integer\n",
               std::string(name).c_str());
  std::abort();
}

const Mechanism* FindMechanism(std::span<const Mechanism* const> mechanisms, std::string_view id) {
  const auto found = std::ranges::find(mechanisms, id, &Mechanism::id);
  return found == mechanisms.end() ? nullptr : *found;
}

internal::MechanismRecord Describe(const Mechanism& mechanism) {
  const Probe probe = mechanism.probe();
  const std::string id(mechanism.id);

  internal::MechanismRecord record;
  v1::Mechanism& open = *record.mutable_mechanism();
  open.set_name(absl::StrCat("mechanisms/", id));
  open.set_id(id);
  open.set_family(mechanism.family);
  open.set_summary(std::string(mechanism.summary));
  open.set_available(probe.unavailable_reason.empty());
  open.set_unavailable_reason(probe.unavailable_reason);
  open.mutable_patterns()->Add(mechanism.patterns.begin(), mechanism.patterns.end());
  open.set_max_message_bytes(probe.max_message_bytes);
  open.set_loopback(mechanism.loopback);
  open.mutable_limits()->Add(probe.limits.begin(), probe.limits.end());
  open.mutable_options()->Add(probe.options.begin(), probe.options.end());
  for (const std::string_view hazard : mechanism.hazards) open.add_hazards(std::string(hazard));
  record.mutable_name_kinds()->Add(mechanism.name_kinds.begin(), mechanism.name_kinds.end());
  return record;
}

}  // namespace ipclab
