#include "worker/mechanism.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"

namespace ipclab {

namespace {

// The server validates options and fills in defaults: to be here is a bug in one of us.
[[noreturn]] void Abort(std::string_view option, const char* flaw) {
  std::fprintf(stderr, "ipclab-worker: option %s %s\n", std::string(option).c_str(), flaw);
  std::abort();
}

void SetFacts(const Facts& facts, v1::Mechanism& open) {
  open.set_model(facts.model);
  open.set_interface(facts.interface);
  open.set_direction(facts.direction);
  open.set_scope(facts.scope);
  open.set_persistence(facts.persistence);
  open.set_peer_loss(facts.peer_loss);
  open.set_sharing(facts.sharing);
  open.set_keeps_borders(facts.keeps_borders);
  open.set_lossy(facts.lossy);
  open.set_lossy_with(std::string(facts.lossy_with));
  open.set_needs_synchronisation(facts.needs_synchronisation);
  open.set_only_blocks(facts.only_blocks);
  open.set_ordering(std::string(facts.ordering));
  open.set_access(std::string(facts.access));
}

}  // namespace

const std::string& ChannelSpec::Option(std::string_view name) const {
  const auto option = options.find(std::string(name));
  if (option == options.end()) Abort(name, "is missing");
  return option->second;
}

int64_t ChannelSpec::IntegerOption(std::string_view name) const {
  const std::string& text = Option(name);
  int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) Abort(name, "is no integer");
  return value;
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
  open.set_max_message_changed_by(probe.max_message_changed_by);
  open.set_max_shared_message_bytes(probe.max_shared_message_bytes);
  SetFacts(mechanism.facts, open);
  open.set_loopback(mechanism.loopback);
  open.mutable_limits()->Add(probe.limits.begin(), probe.limits.end());
  open.mutable_options()->Add(probe.options.begin(), probe.options.end());
  for (const std::string_view hazard : mechanism.hazards) open.add_hazards(std::string(hazard));
  for (const std::string_view view : mechanism.kernel_views) {
    open.add_kernel_views(std::string(view));
  }
  const ProgramFacts& program = mechanism.program;
  open.mutable_carries()->Add(program.carries.begin(), program.carries.end());
  open.set_program_view(std::string(program.view));
  open.set_program_view_absent(std::string(program.view_absent));
  open.set_discipline(program.discipline);
  record.set_fast(mechanism.facts.fast);
  record.mutable_object_name_kinds()->Add(program.name_kinds.begin(), program.name_kinds.end());
  record.mutable_name_kinds()->Add(mechanism.name_kinds.begin(), mechanism.name_kinds.end());
  return record;
}

}  // namespace ipclab
