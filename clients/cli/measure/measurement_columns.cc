#include "clients/cli/measure/measurement_columns.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "clients/cli/units.h"

namespace ipclab::cli {
namespace {

// What is due in a second of all that arrives.
std::string OfferedText(const Measurement& each) {
  const v1::MeasureSpec& spec = each.spec;
  if (!spec.has_load()) return kNone;
  const int lanes =
      spec.pattern() == v1::Pattern::BROADCAST ? spec.receivers() : std::max(spec.senders(), 1);
  return RateText(spec.load().per_second() * lanes);
}

// The least and the greatest part that a worker had: "12..31%".
std::string SharesText(const Measurement& each) {
  if (each.shares.empty()) return kNone;
  const auto percent = [](double share) { return absl::StrCat(std::lround(share * 100)); };
  return absl::StrCat(percent(each.shares.front()), "..", percent(each.shares.back()), "%");
}

std::string CoalescedText(const Measurement& each) {
  const int64_t sent = each.messages + each.coalesced;
  if (sent == 0) return kNone;
  return absl::StrCat(
      std::lround(static_cast<double>(each.coalesced) * 100 / static_cast<double>(sent)), "%");
}

Figure PercentileFigure(double percent) {
  return {absl::StrCat("p", percent),
          [percent](const Measurement& each) { return OrNone(each.latency.Percentile(percent)); }};
}

std::string MaxText(const Measurement& each) {
  return each.latency.empty() ? kNone : NanosText(each.latency.values.max);
}

// What is counted in a pattern.
std::string UnitOf(v1::Pattern::Kind pattern) {
  switch (pattern) {
    case v1::Pattern::CONTENTION:
      return "acquire";
    case v1::Pattern::HAND_OFF:
      return "round";
    case v1::Pattern::NOTIFY:
      return "wake-up";
    default:
      return "message";
  }
}

}  // namespace

std::string OrNone(std::optional<int64_t> nanos) { return nanos ? NanosText(*nanos) : kNone; }

std::string CpuText(const Measurement& each) {
  return each.cpu_nanos_per_message ? NanosText(*each.cpu_nanos_per_message) : kNone;
}

std::string RateCell(const Measurement& each) {
  return each.messages_per_second ? RateText(*each.messages_per_second) : kNone;
}

std::string BytesText(const Measurement& each) {
  return each.bytes_per_second ? ByteRateText(*each.bytes_per_second) : kNone;
}

std::vector<Figure> FiguresOf(v1::Pattern::Kind pattern, bool load) {
  std::vector<Figure> figures;
  for (const double percent : {50.0, 90.0, 99.0, 99.9}) {
    figures.push_back(PercentileFigure(percent));
  }
  figures.push_back({"max", MaxText});
  if (pattern == v1::Pattern::CONTENTION) {
    figures.push_back(
        {"hand-off", [](const Measurement& each) { return OrNone(each.hand_off.Percentile(50)); }});
    figures.push_back({"shares", SharesText});
  }
  if (load) figures.push_back({"offered/s", OfferedText});
  const std::string unit = UnitOf(pattern);
  figures.push_back({absl::StrCat(unit, "s/s"), RateCell});
  if (pattern == v1::Pattern::NOTIFY) figures.push_back({"merged", CoalescedText});
  if (CarriesMessages(pattern)) figures.push_back({"bytes/s", BytesText});
  figures.push_back({absl::StrCat("CPU/", unit), CpuText});
  figures.push_back(
      {"control", [](const Measurement& each) { return OrNone(each.control_nanos); }});
  if (CarriesMessages(pattern)) {
    figures.push_back({"lost", [](const Measurement& each) { return absl::StrCat(each.lost); }});
  }
  return figures;
}

std::string LatencyTitle(const v1::MeasureSpec& spec) {
  const bool due = spec.has_load();
  const std::string sent = due ? "from when the message was due" : "from before the send";
  switch (spec.pattern()) {
    case v1::Pattern::ROUND_TRIP:
      return absl::StrCat("Latency is the whole round trip: ", sent, " until the echo is there.");
    case v1::Pattern::HAND_OFF:
      return absl::StrCat("Latency is the whole round trip: from ",
                          due ? "when the other was to be woken" : "before the wake-up",
                          " until being woken in turn.");
    case v1::Pattern::CONTENTION:
      return "Latency is the acquire: from wanting the lock until having it. hand-off: the median "
             "from one holder's release to the acquire of one that waited. shares: of the worker "
             "that had the lock least, and most often.";
    case v1::Pattern::NOTIFY:
      return "Latency is the notifying call alone. merged: notifications that were seen together "
             "with another one.";
    case v1::Pattern::PIPELINE:
      return absl::StrCat("Latency is of the whole way: ", sent,
                          " until after the last worker's receive.");
    default:
      return absl::StrCat("Latency is one way: ", sent, " until after the receive.");
  }
}

}  // namespace ipclab::cli
