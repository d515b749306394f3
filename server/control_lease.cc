#include "server/control_lease.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/durations.h"
#include "server/errors.h"
#include "server/uuid.h"

namespace ipclab {
namespace {

constexpr absl::Duration kDefaultTtl = absl::Seconds(30);
constexpr absl::Duration kLeastTtl = absl::Seconds(1);
constexpr absl::Duration kGreatestTtl = absl::Hours(24);

absl::Status CheckControl(const v1::Control& control) {
  std::vector<FieldViolation> wrong;
  if (!IsUuid(control.controller())) {
    wrong.push_back({"control.controller",
                     absl::StrCat(Quoted(control.controller()),
                                  " must be a UUID: 123e4567-e89b-12d3-a456-426614174000")});
  }
  if (control.has_lease_ttl()) {
    const bool valid = IsValid(control.lease_ttl()) &&
                       FromProto(control.lease_ttl()) >= kLeastTtl &&
                       FromProto(control.lease_ttl()) <= kGreatestTtl;
    if (!valid) {
      wrong.push_back(
          {"control.lease_ttl", absl::StrCat("must be ", absl::FormatDuration(kLeastTtl), " to ",
                                             absl::FormatDuration(kGreatestTtl))});
    }
  }
  if (!v1::Control::OnLoss_IsValid(control.on_loss())) {
    wrong.push_back({"control.on_loss", absl::StrCat("is ", control.on_loss(),
                                                     ", must be PAUSE, CONTINUE or CANCEL")});
  }
  return wrong.empty() ? absl::OkStatus() : InvalidRequest(wrong);
}

}  // namespace

ControlLease::ControlLease(EventLoop& loop, std::string experiment, Listener listener)
    : loop_(loop), experiment_(std::move(experiment)), listener_(std::move(listener)) {}

ControlLease::~ControlLease() { Drop(); }

absl::Status ControlLease::Check(const v1::Control* control) const {
  if (control != nullptr) {
    if (absl::Status status = CheckControl(*control); !status.ok()) return status;
  }
  if (holder_.empty() || (control != nullptr && control->controller() == holder_)) {
    return absl::OkStatus();
  }
  ErrorMetadata metadata = {{"controller", holder_}};
  if (holds_ == 0) {
    metadata.emplace_back("expires_in", absl::FormatDuration(renewed_ + ttl_ - MonotonicNow()));
  }
  return ErrorWithReason(
      absl::StatusCode::kAborted, "CONTROLLED_BY_ANOTHER",
      absl::StrCat(experiment_, " is controlled by ", holder_,
                   "; wait until its lease runs out, watch meanwhile, or cancel it"),
      metadata);
}

void ControlLease::Take(const v1::Control& control) {
  ttl_ = control.has_lease_ttl() ? FromProto(control.lease_ttl()) : kDefaultTtl;
  on_loss_ = control.on_loss() == v1::Control::ON_LOSS_UNSPECIFIED ? v1::Control::PAUSE
                                                                   : control.on_loss();
  renewed_ = MonotonicNow();
  Arm();
  if (std::exchange(holder_, control.controller()) != holder_) listener_.on_change();
}

void ControlLease::Unhold(const v1::Control& control, bool orderly) {
  --holds_;
  if (control.controller() != holder_ || holds_ > 0) return;
  if (orderly) return Release();
  renewed_ = MonotonicNow();
  Arm();
}

void ControlLease::Drop() {
  holder_.clear();
  loop_.CancelTimer(std::exchange(timer_, 0));
}

std::optional<v1::ControlLease> ControlLease::state() const {
  if (holder_.empty()) return std::nullopt;
  v1::ControlLease lease;
  lease.set_controller(holder_);
  lease.set_on_loss(on_loss_);
  if (holds_ == 0) {
    *lease.mutable_expire_time() = ToProto(absl::Now() + (renewed_ + ttl_ - MonotonicNow()));
  }
  return lease;
}

// A renewal leaves an earlier timer be, which will find that it is not time yet: a step must be
// cheap.
void ControlLease::Arm() {
  const absl::Time due = renewed_ + ttl_;
  if (timer_ != 0 && timer_due_ <= due) return;
  loop_.CancelTimer(timer_);
  timer_due_ = due;
  timer_ = loop_.After(due - MonotonicNow(), [this] { OnTimer(); });
}

void ControlLease::OnTimer() {
  timer_ = 0;
  if (holder_.empty() || holds_ > 0) return;
  if (MonotonicNow() < renewed_ + ttl_) return Arm();
  Release();
  listener_.on_loss(on_loss_);
}

void ControlLease::Release() {
  Drop();
  listener_.on_change();
}

}  // namespace ipclab
