#include "worker/waiting_lock.h"

#include <cstdint>
#include <utility>

#include "worker/spin.h"
#include "worker/waiting_channel.h"

namespace ipclab {
namespace {

class WaitingLock final : public Lock {
 public:
  // ticks: how long an Acquire tries at most. blocks: then it calls the blocking form.
  WaitingLock(std::unique_ptr<Lock> lock, const Clock& clock, uint64_t ticks, bool blocks)
      : lock_(std::move(lock)), ticks_(ticks), blocks_(blocks), spin_(clock) {}

  absl::Status Connect() override { return lock_->Connect(); }

  IoStatus Acquire() override {
    IoStatus status = lock_->TryAcquire();
    if (status == IoStatus::kOk) [[likely]] {
      return status;
    }
    if (status == IoStatus::kWouldBlock) {
      status = spin_.Until(ticks_, [&] { return lock_->TryAcquire(); });
    }
    if (blocks_ && status == IoStatus::kWouldBlock) status = lock_->Acquire();
    return Pass(status);
  }

  IoStatus TryAcquire() override { return Pass(lock_->TryAcquire()); }
  IoStatus Release() override { return Pass(lock_->Release()); }
  bool IsHeldAlone() const override { return lock_->IsHeldAlone(); }

 private:
  IoStatus Pass(IoStatus status) {
    return status == IoStatus::kError ? Fail(lock_->error()) : status;
  }

  const std::unique_ptr<Lock> lock_;
  const uint64_t ticks_;
  const bool blocks_;
  Spin spin_;
};

}  // namespace

std::unique_ptr<Lock> MakeWaiting(std::unique_ptr<Lock> lock, v1::MeasureSpec::Wait wait,
                                  const Clock& clock) {
  switch (wait) {
    case v1::MeasureSpec::SPIN:
      return std::make_unique<WaitingLock>(std::move(lock), clock, Spin::kForever,
                                           /*blocks=*/false);
    case v1::MeasureSpec::SPIN_THEN_BLOCK: {
      const auto ticks = clock.Ticks(std::chrono::nanoseconds(kSpinTime).count());
      return std::make_unique<WaitingLock>(std::move(lock), clock, ticks, /*blocks=*/true);
    }
    default:
      return lock;
  }
}

}  // namespace ipclab
