// The part of an experiment that knows who drives it, and what happens when that client is gone.

#include <utility>

#include "server/ends.h"
#include "server/experiment.h"
#include "spdlog/spdlog.h"

namespace ipclab {
namespace {

using E = v1::Experiment;

}  // namespace

void Experiment::TakeControl(const v1::Control& control) {
  if (ended() || state() == E::STOPPING) return;
  lease_.Take(control);
  *record_.mutable_control_lease() = *lease_.state();
}

void Experiment::HoldControl() {
  lease_.Hold();
  if (auto lease = lease_.state()) *record_.mutable_control_lease() = *lease;
}

void Experiment::UnholdControl(const v1::Control& control, bool orderly) {
  lease_.Unhold(control, orderly);
  if (auto lease = lease_.state()) *record_.mutable_control_lease() = *lease;
}

void Experiment::OnControlChange() {
  record_.clear_control_lease();
  v1::ExperimentEvent event;
  event.mutable_control_change();
  if (auto lease = lease_.state()) {
    *record_.mutable_control_lease() = *lease;
    *event.mutable_control_change() = *std::move(lease);
  }
  events_->Append(std::move(event));
}

void Experiment::OnControllerLost(v1::Control::OnLoss on_loss) {
  if (ended() || state() == E::STOPPING) return;
  const auto ignore = [](const absl::StatusOr<v1::Experiment>&) {};
  spdlog::info("{}: its controller was not heard of; {}", name(),
               v1::Control::OnLoss_Name(on_loss));
  if (on_loss == v1::Control::PAUSE) Pause(ignore);
  if (on_loss == v1::Control::CANCEL) {
    Stop(MakeEnd(v1::End::KILLED_BY_LAB, "CONTROLLER_LOST",
                 "its controller's lease ran out, and with it what it controlled"));
  }
}

}  // namespace ipclab
