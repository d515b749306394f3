// What any kind of counting semaphore is to the patterns: a lock of one with one permit, and a
// channel of events of one for each way; and itself, to lab programs. Used by the mechanisms that
// have a semaphore.
//
// Templates and no virtual functions: taking a free semaphore costs about as much as two calls
// through a table.
#pragma once

#include <sched.h>

#include <cerrno>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "worker/channel.h"
#include "worker/counting_semaphore.h"
#include "worker/give_way.h"
#include "worker/lock.h"
#include "worker/mechanism.h"

namespace ipclab {

// One semaphore as one process sees it. None of them allocates, logs or is disturbed by a signal.
template <typename T>
concept Semaphore = requires(T semaphore, const T& fixed) {
  { semaphore.Wait() } -> std::same_as<IoStatus>;     // takes one, when there is one
  { semaphore.TryWait() } -> std::same_as<IoStatus>;  // kWouldBlock when there is none
  { semaphore.Post() } -> std::same_as<IoStatus>;     // kWouldBlock when it counts no further
  { fixed.Value() } -> std::same_as<absl::StatusOr<int64_t>>;
  { fixed.error() } -> std::same_as<int>;  // errno of the last kError
};

// Holds the one permit of a semaphore. Home is what the semaphore lies in: it goes after it.
template <Semaphore S, typename Home>
class SemaphoreLock final : public Lock {
 public:
  SemaphoreLock(S semaphore, Home home)
      : home_(std::move(home)), semaphore_(std::move(semaphore)) {}

  IoStatus Acquire() override { return Pass(semaphore_.Wait()); }
  IoStatus TryAcquire() override { return Pass(semaphore_.TryWait()); }
  // There is room for the one that was taken, unless a stranger has posted.
  IoStatus Release() override {
    const IoStatus status = semaphore_.Post();
    return status == IoStatus::kWouldBlock ? Fail(EOVERFLOW) : Pass(status);
  }

  absl::StatusOr<bool> IsHeld() override {
    const absl::StatusOr<int64_t> value = semaphore_.Value();
    if (!value.ok()) return value.status();
    return *value <= 0;
  }

 private:
  IoStatus Pass(IoStatus status) {
    return status == IoStatus::kError ? Fail(semaphore_.error()) : status;
  }

  Home home_;
  S semaphore_;
};

// The semaphore itself. on_connect: what its host does once all have joined; may be empty.
template <Semaphore S, typename Home>
class SemaphoreEnd final : public CountingSemaphore {
 public:
  SemaphoreEnd(S semaphore, Home home, std::function<absl::Status()> on_connect = nullptr)
      : home_(std::move(home)),
        semaphore_(std::move(semaphore)),
        on_connect_(std::move(on_connect)) {}

  absl::Status Connect() override {
    return on_connect_ ? std::exchange(on_connect_, nullptr)() : absl::OkStatus();
  }
  IoStatus Wait() override { return semaphore_.Wait(); }
  IoStatus TryWait() override { return semaphore_.TryWait(); }
  IoStatus Post() override { return semaphore_.Post(); }
  absl::StatusOr<int64_t> Value() const override { return semaphore_.Value(); }
  int error() const override { return semaphore_.error(); }

 private:
  Home home_;
  S semaphore_;
  std::function<absl::Status()> on_connect_;
};

// The value that a semaphore is made with, if it counts as far as that.
absl::StatusOr<unsigned> InitialValue(const ChannelSpec& spec, std::string_view id, int64_t most);

// Posts to one semaphore and waits for another; a one-way end has but one of them. One wait takes
// one notification: a semaphore counts, and nothing is merged.
template <Semaphore S, typename Home>
class SemaphoreEvents final : public Channel {
 public:
  SemaphoreEvents(std::optional<S> in, std::optional<S> out, Home home)
      : home_(std::move(home)), in_(std::move(in)), out_(std::move(out)) {}

  // Nothing tells when a semaphore that counts no further has room again.
  IoStatus Send(std::span<const std::byte> message) override {
    GiveWay give_way;
    IoStatus status;
    while ((status = TrySend(message)) == IoStatus::kWouldBlock) give_way();
    return status;
  }
  IoStatus TrySend(std::span<const std::byte>) override { return Pass(*out_, out_->Post()); }
  IoStatus Receive(std::span<std::byte>) override { return Pass(*in_, in_->Wait()); }
  IoStatus TryReceive(std::span<std::byte>) override { return Pass(*in_, in_->TryWait()); }

  absl::StatusOr<int64_t> Depth() const override {
    if (!in_) return absl::UnimplementedError("this end only notifies");
    return in_->Value();
  }

 private:
  IoStatus Pass(const S& semaphore, IoStatus status) {
    return status == IoStatus::kError ? Fail(semaphore.error()) : status;
  }

  Home home_;
  std::optional<S> in_;
  std::optional<S> out_;
};

// The end that spec asks for, of the two semaphores of a link: one is posted to by the host, the
// other one by who joins.
template <Semaphore S, typename Home>
std::unique_ptr<Channel> MakeEvents(const ChannelSpec& spec, bool host, S from_host, S to_host,
                                    Home home) {
  std::optional<S> in(host ? to_host : from_host);
  std::optional<S> out(host ? from_host : to_host);
  if (!spec.duplex) (spec.sends ? in : out).reset();
  return std::make_unique<SemaphoreEvents<S, Home>>(std::move(in), std::move(out), std::move(home));
}

}  // namespace ipclab
