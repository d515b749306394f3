// The file that flock, fcntl_lock and ofd_lock lock. The host makes it in the run folder; every
// worker opens it by its name, for a lock of an open file description is shared by all who inherit
// or are sent the descriptor. Its name goes when all have opened it.
//
// One end's: owned by its Lock, used by its thread.
#pragma once

#include <array>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/unique_fd.h"
#include "worker/mechanism.h"
#include "worker/mechanisms/program_facts.h"

namespace ipclab {

class LockFile {
 public:
  // The names that a mechanism with such a file needs.
  static constexpr internal::IpcName::Kind kNameKind = internal::IpcName::FILE;

  // As the record of such a mechanism has it.
  static constexpr std::array kNameKinds = {kNameKind};
  static constexpr ProgramFacts kProgram = {.carries = kCarriesLocks,
                                            .view = "held, by /proc/locks",
                                            .is_regained = true,
                                            .name_kinds = kNameKinds};

  // Makes it, and opens what was made. It must not be there.
  static absl::StatusOr<LockFile> Make(const ChannelSpec& spec);
  static absl::StatusOr<LockFile> Open(const ChannelSpec& spec);

  LockFile(LockFile&&) = default;
  LockFile& operator=(LockFile&&) = delete;
  // The host's takes the name along, if it is still there.
  ~LockFile();

  // All have opened it: the host removes its name.
  absl::Status RemoveName();

  // Whether /proc/locks has a lock of this kind on it, that somebody holds: "FLOCK", "POSIX",
  // "OFDLCK". UNIMPLEMENTED where that file does not show it, as the device of some file systems
  // has another number there than stat says: the first to ask takes the lock, shared, to see it
  // shown.
  absl::StatusOr<bool> IsHeld(std::string_view kind, Lock& lock);

  int fd() const { return file_.get(); }

 private:
  LockFile(UniqueFd file, internal::IpcName name, bool host)
      : file_(std::move(file)), name_(std::move(name)), host_(host) {}

  enum class Shown { kUnknown, kYes, kNo };

  UniqueFd file_;
  internal::IpcName name_;
  bool host_;
  Shown shown_ = Shown::kUnknown;
};

// The host_lock and join_lock of a mechanism whose End is made of a LockFile.
template <typename End>
absl::StatusOr<HostedLock> HostFileLock(const ChannelSpec& spec) {
  auto file = LockFile::Make(spec);
  if (!file.ok()) return file.status();
  return HostedLock{std::make_unique<End>(*std::move(file)), {}};
}

template <typename End>
absl::StatusOr<std::unique_ptr<Lock>> JoinFileLock(const ChannelSpec& spec, ChannelOffer) {
  auto file = LockFile::Open(spec);
  if (!file.ok()) return file.status();
  return std::make_unique<End>(*std::move(file));
}

}  // namespace ipclab
