#include "server/recommend/suitability.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace ipclab {
namespace {

using M = v1::Mechanism;
using v1::Pattern;

bool Carries(const M& mechanism, Pattern::Kind pattern) {
  return std::find(mechanism.patterns().begin(), mechanism.patterns().end(), pattern) !=
         mechanism.patterns().end();
}

bool IsCrowd(const Wanted& wanted) { return wanted.topology() != Wanted::ONE_TO_ONE; }

// 0: no limit.
int64_t LargestMessage(const M& mechanism, const Wanted& wanted) {
  const bool shared = IsCrowd(wanted) && mechanism.sharing() == M::MANY_TO_MANY;
  const int64_t most = mechanism.max_message_bytes();
  const int64_t most_shared = shared ? mechanism.max_shared_message_bytes() : 0;
  if (most == 0 || most_shared == 0) return std::max(most, most_shared);
  return std::min(most, most_shared);
}

std::string WhyTooSmall(const M& mechanism, const Wanted& wanted) {
  const int64_t most = LargestMessage(mechanism, wanted);
  if (most == 0 || wanted.message_bytes() <= most) return "";
  if (most != mechanism.max_message_bytes()) {
    return absl::StrCat("Where many share one, it takes ", most,
                        " bytes at most: larger messages would get mixed.");
  }
  const std::string& means = mechanism.max_message_changed_by();
  return absl::StrCat(
      "It takes ", most, " bytes at most here",
      means.empty() ? ", and nothing raises that." : absl::StrCat("; ", means, " raises that."));
}

std::string WhyOtherTraffic(const M& mechanism, const Wanted& wanted) {
  const std::vector<Pattern::Kind> patterns = PatternsFor(wanted);
  for (const Pattern::Kind pattern : patterns) {
    if (Carries(mechanism, pattern)) return "";
  }
  return absl::StrCat("It does not carry such traffic (",
                      absl::AsciiStrToLower(Pattern::Kind_Name(patterns.front())), ").");
}

std::string WhatAnEndOfTheOtherMeans(const M& mechanism) {
  switch (mechanism.peer_loss()) {
    case M::UNNOTICED:
      return "Nothing tells of the other end's death: wait with a time limit.";
    case M::NOTICED_ON_CLOSE:
      return "Nothing tells that the other end was killed: wait with a time limit.";
    default:
      return "";
  }
}

std::string WhatIsLeft(const M& mechanism) {
  switch (mechanism.persistence()) {
    case M::KERNEL:
      return "It stays until it is removed, or the host is booted: clear up after a crash.";
    case M::FILE_SYSTEM:
      return "Its file stays until it is removed: clear up after a crash.";
    default:
      return "";
  }
}

}  // namespace

std::vector<Pattern::Kind> PatternsFor(const Wanted& wanted) {
  switch (wanted.topology()) {
    case Wanted::ONE_TO_MANY:
      return {Pattern::BROADCAST, Pattern::FAN_OUT};
    case Wanted::MANY_TO_ONE:
    case Wanted::MANY_TO_MANY:
      return {Pattern::FAN_IN};
    default:
      return {wanted.direction() == Wanted::ONE_WAY ? Pattern::STREAM : Pattern::ROUND_TRIP};
  }
}

std::string WhyNot(const M& mechanism, const Wanted& wanted) {
  if (mechanism.direction() == M::NO_DATA) {
    return "It carries no messages: it excludes, counts, wakes or is bare memory.";
  }
  if (mechanism.loopback()) return "One process is both of its ends: nothing crosses a border.";
  if (wanted.across_network() && mechanism.scope() != M::NETWORK) {
    return "It does not reach another host.";
  }
  if (wanted.unrelated_processes() && mechanism.scope() == M::RELATED_PROCESSES) {
    return "Both processes need a common parent, or a Unix socket that hands its descriptors over.";
  }
  if (wanted.keeps_records() && !mechanism.keeps_borders()) {
    return "It carries bytes: the borders between messages are lost.";
  }
  if (wanted.survives_crash() && mechanism.persistence() == M::PROCESS) {
    return "What was not received goes with the processes that hold it open.";
  }
  if (std::string why = WhyOtherTraffic(mechanism, wanted); !why.empty()) return why;
  if (!mechanism.available()) {
    return absl::StrCat("Not available here: ", mechanism.unavailable_reason());
  }
  return WhyTooSmall(mechanism, wanted);
}

std::vector<std::string> Cautions(const M& mechanism, const Wanted& wanted) {
  std::vector<std::string> cautions;
  const auto mind = [&cautions](std::string text) {
    if (!text.empty()) cautions.push_back(std::move(text));
  };
  const int64_t most = LargestMessage(mechanism, wanted);
  if (mechanism.lossy()) mind("Count its messages: some may be lost.");
  if (!mechanism.keeps_borders()) {
    mind("It carries bytes: say with each message where it ends.");
  }
  if (wanted.survives_crash() && mechanism.model() == M::SHARED_MEMORY) {
    mind("A process may die in the middle of a change: what it leaves must be checked before use.");
  }
  mind(WhatAnEndOfTheOtherMeans(mechanism));
  if (IsCrowd(wanted) && mechanism.sharing() == M::ONE_TO_ONE) {
    mind("Two use one of it: more take one for each pair.");
  }
  if (wanted.direction() == Wanted::TWO_WAY && mechanism.direction() == M::ONE_WAY) {
    mind("It goes one way: two ways take two of it.");
  }
  if (most > 0 && wanted.message_bytes() > most / 2) {
    mind(
        absl::StrCat("It takes ", most, " bytes at most: little is left above what is asked for."));
  }
  mind(WhatIsLeft(mechanism));
  if (mechanism.needs_synchronisation()) {
    mind("The sender must not touch a message before it was received.");
  }
  return cautions;
}

}  // namespace ipclab
