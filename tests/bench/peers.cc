// Other programs that time the same calls, beside ipclab: the same CPUs, the same size, in turns in
// one run. Where two measure different things the lines below the table say so. A peer that is not
// installed or fails has a row that says it, and is no error.
//
// Usage: peers [NAME...]; all of them without arguments.

#include <algorithm>
#include <cstdio>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "tests/bench/lab.h"
#include "tests/bench/peers/own_figure.h"
#include "tests/bench/peers/peer.h"
#include "tests/bench/peers/peer_run.h"
#include "tests/bench/report.h"
#include "tests/bench/samples.h"

namespace ipclab::bench {
namespace {

constexpr int kRounds = 3;

struct Setting {
  const char* name;
  v1::Placement::Policy placement;
};

constexpr Setting kSettings[] = {{"one CPU", v1::Placement::SAME_CPU},
                                 {"two CPUs", v1::Placement::DIFFERENT_CORES}};

// "hackbench / pipe": enough to tell one from another.
std::string NameOf(const Peer& peer) { return absl::StrCat(peer.name, " / ", peer.own.mechanism); }

std::string WhyNot(const Peer& peer, const absl::Status& status) {
  if (absl::IsNotFound(status)) {
    return absl::StrCat("not installed; it is in Debian's package ", peer.package);
  }
  return std::string(status.message());
}

// One row: the medians of both. An error only where ipclab could not measure.
absl::Status Compare(Lab& lab, const Peer& peer, const Setting& setting, Report& report) {
  Samples peers;
  Samples own;
  const std::string what = absl::StrCat(NameOf(peer), ", ", setting.name);
  for (int round = 0; round < kRounds; ++round) {
    const auto measured = MeasureOwn(lab, peer.own, setting.placement);
    if (!measured.ok()) return measured.status();
    own.Add(measured->nanos);
    const auto figure = RunPeer(peer, measured->cpus);
    if (!figure.ok()) {
      report.Add({.what = what, .remark = WhyNot(peer, figure.status())});
      return absl::OkStatus();
    }
    peers.Add(*figure);
  }
  report.Add({.what = what,
              .figure = Nanos(peers.Median()),
              .control = Nanos(own.Median()),
              .remark = TextOf(peer.own)});
  return absl::OkStatus();
}

bool IsChosen(const Peer& peer, std::span<char* const> chosen) {
  return chosen.empty() || std::ranges::count(chosen, absl::string_view(peer.name)) > 0;
}

absl::Status CheckNames(std::span<char* const> chosen) {
  for (const absl::string_view name : chosen) {
    if (std::ranges::none_of(Peers(), [name](const Peer& peer) { return peer.name == name; })) {
      return absl::InvalidArgumentError(
          absl::StrCat("there is no peer '", name,
                       "'; there are perf, hackbench, pmqtest, svsematest, ptsematest, "
                       "sigwaittest, sockperf, qperf and stress-ng"));
    }
  }
  return absl::OkStatus();
}

absl::Status Measure(std::span<char* const> chosen, Report& report) {
  if (absl::Status status = CheckNames(chosen); !status.ok()) return status;
  auto lab = Lab::Start();
  if (!lab.ok()) return lab.status();
  v1::ServerInfo info;
  const grpc::Status asked = (*lab)->system().GetServerInfo(NewCall().get(), {}, &info);
  if (!asked.ok()) return ToStatus(asked, "GetServerInfo");
  report.Note(absl::StrCat("both wait in the kernel, on the same CPUs; medians of ", kRounds,
                           " runs of each, taken in turns"));
  report.Note("ratio: the peer's figure over ipclab's");
  for (const Setting& setting : kSettings) {
    if (setting.placement == v1::Placement::DIFFERENT_CORES && info.environment().cpus() < 2) {
      report.Note("this host has one CPU: nothing is measured across CPUs");
      continue;
    }
    for (const Peer& peer : Peers()) {
      if (!IsChosen(peer, chosen)) continue;
      if (absl::Status status = Compare(**lab, peer, setting, report); !status.ok()) return status;
    }
  }
  for (const Peer& peer : Peers()) {
    if (IsChosen(peer, chosen)) report.Footnote(absl::StrCat(NameOf(peer), ": ", peer.measures));
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace ipclab::bench

int main(int argc, char** argv) {
  const std::span<char* const> chosen(argv + 1, static_cast<size_t>(argc - 1));
  return ipclab::bench::Run(
      "peers: other programs that time the same calls",
      [chosen](ipclab::bench::Report& report) { return ipclab::bench::Measure(chosen, report); },
      "peer", "ipclab");
}
