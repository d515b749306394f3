#include "tests/conformance/every_mechanism.h"

#include "common/ipc_name.h"

namespace ipclab {

LinkNames::LinkNames(const Mechanism& mechanism) {
  const auto folder = RuntimeFolder();
  EXPECT_TRUE(folder.ok()) << folder.status();
  // Tests run beside each other: the tag makes the experiment's folder this one's own, too.
  const std::string tag = MakeInstanceTag();
  for (const internal::IpcName::Kind kind : mechanism.name_kinds) {
    names_.push_back(
        MakeIpcName(kind, tag, tag + "00", static_cast<int>(names_.size()) + 1, *folder));
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
