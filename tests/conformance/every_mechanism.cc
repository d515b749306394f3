#include "tests/conformance/every_mechanism.h"

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <string_view>
#include <utility>

#include "common/ipc_name.h"

namespace ipclab {

std::string ReasonToSkip(const v1::Mechanism& mechanism) {
  if (!mechanism.available()) return mechanism.id() + ": " + mechanism.unavailable_reason();
#if defined(IPCLAB_SANITIZE)
  if (std::string_view(IPCLAB_SANITIZE) == "thread" &&
      mechanism.interface() == v1::Mechanism::LIBRARY) {
    return mechanism.id() + ": how its library orders its threads is not seen by this sanitizer";
  }
#endif
  return "";
}

bool EveryMechanismTest::IsRefused(const ChannelSpec& spec, LinkNames& names) const {
  const absl::Status status = mechanism_.host(spec).status();
  names.Reclaim();
  if (status.ok()) return false;
  EXPECT_FALSE(status.message().empty());
  // What this host lacks, and nothing that is wrong with the choice.
  EXPECT_TRUE(absl::IsResourceExhausted(status) || absl::IsUnavailable(status) ||
              absl::IsPermissionDenied(status) || absl::IsFailedPrecondition(status))
      << status;
  std::printf("%s: refused here: %s\n", record_.mechanism().id().c_str(),
              status.ToString().c_str());
  return true;
}

std::vector<v1::Pattern::Kind> PatternsOf(const Mechanism& mechanism,
                                          const std::vector<v1::Pattern::Kind>& patterns) {
  std::vector<v1::Pattern::Kind> carried;
  std::ranges::copy_if(patterns, std::back_inserter(carried), [&](v1::Pattern::Kind pattern) {
    return std::ranges::count(mechanism.patterns, pattern) > 0;
  });
  return carried;
}

std::vector<std::string> ValuesOf(const v1::Option& option) {
  if (option.type() == v1::Option::BOOLEAN) return {"false", "true"};
  return {option.choices().begin(), option.choices().end()};
}

std::vector<Choices> EachChoice(const v1::Mechanism& mechanism) {
  std::vector<Choices> each;
  for (const v1::Option& option : mechanism.options()) {
    for (const std::string& value : ValuesOf(option)) {
      if (value != option.default_value()) each.push_back({{option.name(), value}});
    }
  }
  return each;
}

std::vector<Choices> EveryChoice(const v1::Mechanism& mechanism) {
  std::vector<Choices> all = {{}};
  for (const v1::Option& option : mechanism.options()) {
    const std::vector<std::string> values = ValuesOf(option);
    if (values.empty()) continue;
    std::vector<Choices> longer;
    for (const Choices& choices : all) {
      for (const std::string& value : values) {
        longer.push_back(choices);
        longer.back()[option.name()] = value;
      }
    }
    all = std::move(longer);
  }
  return all;
}

std::string Words(const Choices& choices) {
  std::string words;
  for (const auto& [name, value] : choices) words += name + "=" + value + " ";
  return words;
}

LinkNames::LinkNames(const Mechanism& mechanism, int links) {
  const auto folder = RuntimeFolder();
  EXPECT_TRUE(folder.ok()) << folder.status();
  // Tests run beside each other: the tag makes the experiment's folder this one's own, too.
  const std::string tag = MakeInstanceTag();
  for (int link = 0; link < links; ++link) {
    for (const internal::IpcName::Kind kind : mechanism.name_kinds) {
      names_.push_back(
          MakeIpcName(kind, tag, tag + "00", static_cast<int>(names_.size()) + 1, *folder));
    }
  }
}

LinkNames::~LinkNames() { Reclaim(); }

int LinkNames::Reclaim() {
  int removed = 0;
  for (const internal::IpcName& name : names_) {
    const absl::StatusOr<bool> was_there = RemoveIpcObject(name);
    EXPECT_TRUE(was_there.ok()) << was_there.status();
    removed += was_there.value_or(false);
  }
  return removed;
}

ChannelSpec SpecOf(const v1::Mechanism& mechanism, const LinkNames& names, const Choices& choices) {
  ChannelSpec spec;
  for (const v1::Option& option : mechanism.options()) {
    spec.options[option.name()] = option.default_value();
  }
  for (const auto& [name, value] : choices) spec.options[name] = value;
  spec.names = names.names();
  return spec;
}

}  // namespace ipclab
