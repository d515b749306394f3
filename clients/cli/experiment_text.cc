#include "clients/cli/experiment_text.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/moment.h"
#include "clients/cli/parse.h"
#include "clients/cli/units.h"

namespace ipclab::cli {

using E = v1::Experiment;

bool HasEnded(E::State state) {
  return state == E::SUCCEEDED || state == E::FAILED || state == E::CANCELLED ||
         state == E::ABORTED;
}

std::string StateText(E::State state) {
  // A newer server may know states that this client does not.
  const std::string& name = E::State_Name(state);
  return name.empty() ? absl::StrCat("state ", static_cast<int>(state)) : name;
}

Tone ToneOf(E::State state) {
  switch (state) {
    case E::RUNNING:
      return Tone::kStrong;
    case E::SUCCEEDED:
      return Tone::kGood;
    case E::FAILED:
    case E::ABORTED:
      return Tone::kBad;
    case E::PENDING:
    case E::PAUSED:
      return Tone::kWarning;
    case E::CANCELLED:
      return Tone::kFaint;
    default:
      return Tone::kPlain;
  }
}

std::string AmountText(const v1::MeasureSpec& spec) {
  if (spec.has_messages()) {
    return absl::StrCat(spec.messages(), spec.messages() == 1 ? " message" : " messages");
  }
  return spec.has_duration() ? absl::FormatDuration(DurationOf(spec.duration())) : "";
}

std::string WorkText(const v1::ExperimentSpec& spec) {
  if (!spec.has_measure()) return "";
  const v1::MeasureSpec& measure = spec.measure();
  std::string text =
      absl::StrCat(measure.mechanism(), ", ", LowerName(v1::Pattern::Kind_Name(measure.pattern())),
                   ", ", SizeText(measure.message_bytes()));
  const std::string placement = PlacementText(spec.placement());
  return placement.empty() ? text : absl::StrCat(text, ", ", placement);
}

std::string PlacementText(const v1::Placement& placement) {
  if (placement.policy() == v1::Placement::EXPLICIT) {
    return absl::StrCat(placement.cpus_size() == 1 ? "CPU " : "CPUs ",
                        absl::StrJoin(placement.cpus(), " and "));
  }
  if (placement.policy() == v1::Placement::POLICY_UNSPECIFIED) return "";
  return LowerName(v1::Placement::Policy_Name(placement.policy()));
}

std::string LabelsText(const v1::ExperimentSpec& spec) {
  const std::map<std::string, std::string> sorted(spec.labels().begin(), spec.labels().end());
  return Printable(absl::StrJoin(sorted, ", ", absl::PairFormatter("=")));
}

std::string EndText(const v1::End& end) {
  if (!end.message().empty()) return Printable(end.message());
  return absl::StrCat(LowerName(v1::End::Class_Name(end.class_())),
                      end.reason().empty() ? "" : absl::StrCat(" (", end.reason(), ")"));
}

std::string LeaseText(const v1::ControlLease& lease) {
  const std::string until = lease.has_expire_time()
                                ? absl::StrCat("until ", MomentText(TimeOf(lease.expire_time())))
                                : "while its stream is open";
  const auto on_loss =
      lease.on_loss() == v1::Control::ON_LOSS_UNSPECIFIED ? v1::Control::PAUSE : lease.on_loss();
  return absl::StrCat(until, ", then ", LowerName(v1::Control::OnLoss_Name(on_loss)));
}

}  // namespace ipclab::cli
