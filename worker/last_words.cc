#include "worker/last_words.h"

#include <unistd.h>

#include <utility>

namespace ipclab {

void Fail(MessageSocket& control, internal::Failed::Kind kind, std::string message) {
  internal::FromWorker last_words;
  last_words.mutable_failed()->set_kind(kind);
  last_words.mutable_failed()->set_message(std::move(message));
  control.Send(last_words).IgnoreError();
  ::_exit(1);
}

void Fail(MessageSocket& control, const absl::Status& status) {
  Fail(control, internal::Failed::ERROR, std::string(status.message()));
}

void Tell(MessageSocket& control, const internal::FromWorker& message,
          std::span<const int> descriptors) {
  absl::Status status = control.Send(message, descriptors);
  if (absl::IsUnavailable(status)) ::_exit(0);
  if (!status.ok()) Fail(control, status);
}

}  // namespace ipclab
