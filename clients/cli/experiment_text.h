// An experiment in a few words, as tables, pages and the live view all say it.
#pragma once

#include <cstdint>
#include <string>

#include "clients/cli/terminal.h"
#include "ipclab/v1/experiment.pb.h"

namespace ipclab::cli {

bool HasEnded(v1::Experiment::State state);

// "RUNNING"
std::string StateText(v1::Experiment::State state);

Tone ToneOf(v1::Experiment::State state);

// "1000 messages", "500 acquisitions of each worker", "1s"; empty when that is not said.
std::string AmountText(const v1::MeasureSpec& spec);

// How many messages arrive in all where a number was asked for.
int64_t AwaitedMessages(const v1::MeasureSpec& spec);

// "pipe 64 B"; "mutex", which has no size.
std::string SubjectText(const v1::MeasureSpec& spec);

// How many workers of a kind there are where the pattern does not say it: "4 to 1", "3 workers".
std::string CrowdText(const v1::MeasureSpec& spec);

// "open loop, 10.0 k/s of each sender"; empty in a closed loop.
std::string LoadText(const v1::Load& load);

// "pipe, round_trip, 64 B, different_cores"
std::string WorkText(const v1::ExperimentSpec& spec);

// "different_cores", "CPUs 0 and 1"
std::string PlacementText(const v1::Placement& placement);

// "team=a, run=3", by key.
std::string LabelsText(const v1::ExperimentSpec& spec);

// Why it ended, as the server says it: "worker 1 (responder) was ended by SIGKILL".
std::string EndText(const v1::End& end);

// "until 2026-01-31T09:12:15Z, then pause"
std::string LeaseText(const v1::ControlLease& lease);

}  // namespace ipclab::cli
