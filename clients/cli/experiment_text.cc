#include "clients/cli/experiment_text.h"

#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/moment.h"
#include "clients/cli/parse.h"
#include "clients/cli/units.h"

namespace ipclab::cli {
namespace {

// "lost_update, mutex"; a program that came as a text has no name.
std::string ProgramWorkText(const v1::ProgramSpec& spec) {
  const std::string name = spec.program().empty() ? "a program" : Printable(spec.program());
  return spec.variant().empty() ? name : absl::StrCat(name, ", ", Printable(spec.variant()));
}

}  // namespace

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
  if (!spec.has_messages()) {
    return spec.has_duration() ? absl::FormatDuration(DurationOf(spec.duration())) : "";
  }
  const std::string plural = spec.messages() == 1 ? "" : "s";
  switch (spec.pattern()) {
    case v1::Pattern::CONTENTION:
      return absl::StrCat(spec.messages(), " acquisition", plural, " of each worker");
    case v1::Pattern::HAND_OFF:
      return absl::StrCat(spec.messages(), " round", plural);
    case v1::Pattern::NOTIFY:
      return absl::StrCat(spec.messages(), " notification", plural);
    case v1::Pattern::FAN_IN:
      return absl::StrCat(spec.messages(), " message", plural, " of each sender");
    case v1::Pattern::FAN_OUT:
      return absl::StrCat(spec.messages(), " message", plural, " for each receiver");
    default:
      return absl::StrCat(spec.messages(), " message", plural);
  }
}

int64_t AwaitedMessages(const v1::MeasureSpec& spec) {
  constexpr int kUsual = 2;  // where the spec is as asked for, and does not say
  const auto or_usual = [](int count) { return count == 0 ? kUsual : count; };
  switch (spec.pattern()) {
    case v1::Pattern::FAN_IN:
      return spec.messages() * or_usual(spec.senders());
    case v1::Pattern::FAN_OUT:
    case v1::Pattern::BROADCAST:
      return spec.messages() * or_usual(spec.receivers());
    case v1::Pattern::CONTENTION:
      return spec.messages() * or_usual(spec.workers());
    default:
      return spec.messages();
  }
}

std::string SubjectText(const v1::MeasureSpec& spec) {
  if (spec.message_bytes() == 0) return spec.mechanism();
  return absl::StrCat(spec.mechanism(), " ", SizeText(spec.message_bytes()));
}

std::string CrowdText(const v1::MeasureSpec& spec) {
  std::vector<std::string> parts;
  const bool fans_in = spec.pattern() == v1::Pattern::FAN_IN;
  const bool fans_out =
      spec.pattern() == v1::Pattern::FAN_OUT || spec.pattern() == v1::Pattern::BROADCAST;
  if (fans_in) parts.push_back(absl::StrCat(spec.senders(), " to ", spec.receivers()));
  if (fans_out) parts.push_back(absl::StrCat("1 to ", spec.receivers()));
  if (spec.workers() > 0) parts.push_back(absl::StrCat(spec.workers(), " workers"));
  if (const absl::Duration held = DurationOf(spec.critical_section());
      held > absl::ZeroDuration()) {
    parts.push_back(absl::StrCat("lock held for ", absl::FormatDuration(held)));
  }
  return absl::StrJoin(parts, ", ");
}

std::string LoadText(const v1::Load& load) {
  if (load.per_second() <= 0) return "";
  const bool by_chance = load.arrivals() == v1::Load::POISSON;
  return absl::StrCat("open loop, ", RateText(load.per_second()), "/s of each sender",
                      by_chance ? absl::StrCat(" by chance (seed ", load.seed(), ")") : "");
}

std::string WorkText(const v1::ExperimentSpec& spec) {
  if (spec.has_program()) return ProgramWorkText(spec.program());
  if (!spec.has_measure()) return "";
  const v1::MeasureSpec& measure = spec.measure();
  std::vector<std::string> parts = {measure.mechanism(),
                                    LowerName(v1::Pattern::Kind_Name(measure.pattern()))};
  const std::string size = measure.message_bytes() > 0 ? SizeText(measure.message_bytes()) : "";
  for (const std::string& part :
       {CrowdText(measure), size, PlacementText(spec.placement()), LoadText(measure.load())}) {
    if (!part.empty()) parts.push_back(part);
  }
  return absl::StrJoin(parts, ", ");
}

std::string PlacementText(const v1::Placement& placement) {
  if (placement.policy() == v1::Placement::EXPLICIT) {
    return absl::StrCat(
        placement.cpus_size() == 1 ? "CPU " : "CPUs ",
        absl::StrJoin(placement.cpus(), placement.cpus_size() == 2 ? " and " : ","));
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
