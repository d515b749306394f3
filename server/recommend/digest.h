// What one experiment measured, as far as a recommendation needs it: a few numbers that outlive the
// experiment. A value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "ipclab/v1/experiment.pb.h"

namespace ipclab {

class Catalogue;

struct Digest {
  // What was measured, and on which host; these and circumstances are what digests are kept by.
  std::string mechanism = {};
  v1::Pattern::Kind pattern = v1::Pattern::KIND_UNSPECIFIED;
  int64_t message_bytes = 0;
  std::string host_class = {};  // empty: not known
  std::string kernel = {};      // likewise

  // How it was taken, in words: "block, different_cores". Figures with the same words are alike.
  std::string circumstances = {};

  std::string experiment = {};  // its resource name; it may be deleted by now
  double per_second = 0;        // messages due in a second, of all senders; 0: a closed loop
  int receivers = 0;

  // Medians and means as Result has them. 0: there is none.
  int64_t p50_nanos = 0;
  int64_t p99_nanos = 0;
  double messages_per_second = 0;
  int64_t cpu_nanos_per_message = 0;
  int64_t control_nanos = 0;

  // True when both are of the same thing in the same circumstances, so that one may stand for the
  // other.
  bool SameKey(const Digest& other) const;

  bool operator==(const Digest&) const = default;
};

// What is kept of an experiment that has ended: nothing unless it succeeded, ran free, carried
// messages in a pattern that recommendations ask for, and had its CPUs to itself on a platform that
// stayed as it was. The catalogue tells which options were not left alone.
std::optional<Digest> DigestOf(const v1::Experiment& experiment, const Catalogue& catalogue);

// Figures of this latency are the ones that a pattern is judged by.
v1::Latency::Kind LatencyKindOf(v1::Pattern::Kind pattern);

}  // namespace ipclab
