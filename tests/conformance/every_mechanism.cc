#include "tests/conformance/every_mechanism.h"

#include <algorithm>
#include <iterator>
#include <string_view>

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

std::vector<v1::Pattern::Kind> PatternsOf(const Mechanism& mechanism,
                                          const std::vector<v1::Pattern::Kind>& patterns) {
  std::vector<v1::Pattern::Kind> carried;
  std::ranges::copy_if(patterns, std::back_inserter(carried), [&](v1::Pattern::Kind pattern) {
    return std::ranges::count(mechanism.patterns, pattern) > 0;
  });
  return carried;
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

}  // namespace ipclab
