// The traffic patterns: the only code that reads the clock around a mechanism's calls. Each file in
// worker/patterns/ defines one constinit record; worker/patterns/list.cc lists them.
#pragma once

#include <span>

#include "common/clock.h"
#include "common/pages.h"
#include "ipclab/internal/control.pb.h"
#include "ipclab/v1/mechanism.pb.h"
#include "worker/channel.h"
#include "worker/figures.h"
#include "worker/leg_end.h"
#include "worker/leg_limit.h"
#include "worker/lock.h"
#include "worker/traffic.h"

namespace ipclab {

// One link of a worker in a leg.
struct Lane {
  Channel& channel;
  Traffic& traffic;
  uint64_t first_counted;  // this sequence number and later ones count
  LegEnd leg_end;
  const internal::LinkSetup& link;
};

// All that one leg over channels works with; borrowed from the worker.
struct LegRun {
  // Those of lane 0, which is the only one where there are two workers.
  Channel& channel;
  const Clock& clock;
  Traffic& traffic;
  Figures& figures;
  LegLimit limit;          // for the part that marks the last message
  uint64_t first_counted;  // for the part that receives first: this sequence number and later count
  bool lossy;              // messages may be lost
  LegEnd leg_end;          // used where that is so
  std::span<Lane> lanes;   // those to receive on come before those to send on
  const internal::WorkerSetup& setup;
  ControlPage& page;
  int batch = 1;  // round trips to be timed together, where the part can
};

// The same of CONTENTION.
struct LockRun {
  Lock& lock;
  const Clock& clock;
  Figures& figures;
  const internal::Leg& leg;
  const internal::WorkerSetup& setup;
  ControlPage& page;
};

// How a leg ended: kOk, or the status of the call that could not be done.
struct LegOutcome {
  IoStatus status = IoStatus::kOk;
  const char* act = "";  // "send" or "receive"
  int error = 0;         // errno, where a channel of another lane than 0 failed

  bool ok() const { return status == IoStatus::kOk; }
};

// Steps until the last one, or until one could not be done.
template <typename Party>
LegOutcome RunOf(Party party) {
  LegOutcome outcome;
  while (party.Step(outcome)) {
  }
  return outcome;
}

// What one role does in a pattern.
struct Part {
  internal::Role role;
  // Those that it records in; the worker clears and touches them before the leg.
  std::span<Histogram WorkerPage::*const> histograms;
  // Runs from where the worker is to the message marked as the last.
  LegOutcome (*run)(LegRun& leg) = nullptr;
  // Instead of it, where the workers share a lock.
  LegOutcome (*contend)(LockRun& leg) = nullptr;
};

struct Pattern {
  v1::Pattern::Kind kind;
  bool stamps = false;  // messages carry the moment they were sent where they are long enough
  std::span<const Part> parts;

  // The part with this role, or null.
  const Part* Find(internal::Role role) const;
};

// The one of this kind, or null.
const Pattern* FindPattern(v1::Pattern::Kind kind);

}  // namespace ipclab
