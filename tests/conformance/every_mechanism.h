// The parameter of the conformance suites: every mechanism of the lab, by its record; and every
// value of its options.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/may_lose.h"
#include "gtest/gtest.h"
#include "worker/mechanism.h"

namespace ipclab {

// Of a suite as it is written: so many messages. Where a sanitizer looks at every access a tenth of
// them takes as long, and a fault of memory shows in the first hundred.
#if defined(IPCLAB_SANITIZE)
inline constexpr int64_t kManyMessages = 1000;
#else
inline constexpr int64_t kManyMessages = 10'000;
#endif

// Why this build on this host cannot look at a mechanism; empty when it can.
std::string ReasonToSkip(const v1::Mechanism& mechanism);

// The options that are given, and their values; the others have their defaults.
using Choices = std::map<std::string, std::string>;

class LinkNames;

class EveryMechanismTest : public testing::TestWithParam<const Mechanism*> {
 protected:
  void SetUp() override {
    const std::string reason = ReasonToSkip(record_.mechanism());
    if (!reason.empty()) GTEST_SKIP() << reason;
  }

  // A size that a message of it may have at most; large where it has no limit of its own.
  int64_t LargestMessage() const {
    constexpr int64_t kLarge = 1 << 20;
    const int64_t limit = record_.mechanism().max_message_bytes();
    return limit == 0 || limit > kLarge ? kLarge : limit;
  }

  bool MayLose(const Choices& choices) const {
    return ipclab::MayLose(mechanism_.facts.lossy, mechanism_.facts.lossy_with, choices);
  }

  // True when this host cannot make what spec asks for, and says why.
  bool IsRefused(const ChannelSpec& spec, LinkNames& names) const;

  const Mechanism& mechanism_ = *GetParam();
  const internal::MechanismRecord record_ = Describe(mechanism_);
};

// All that may be chosen for a CHOICE or a BOOLEAN; nothing of a number.
std::vector<std::string> ValuesOf(const v1::Option& option);

// Every value of every option beside the defaults of the others, but the default itself.
std::vector<Choices> EachChoice(const v1::Mechanism& mechanism);

// Every value of every option with every one of the others.
std::vector<Choices> EveryChoice(const v1::Mechanism& mechanism);

// "kind=signal "; nothing where nothing is chosen.
std::string Words(const Choices& choices);

// Those of the patterns that a mechanism carries, in their order.
std::vector<v1::Pattern::Kind> PatternsOf(const Mechanism& mechanism,
                                          const std::vector<v1::Pattern::Kind>& patterns);

// All that carry messages; what excludes or notifies has suites of its own.
inline auto EveryMechanism() {
  std::vector<const Mechanism*> carriers;
  for (const Mechanism* const mechanism : AllMechanisms()) {
    const auto carried = PatternsOf(*mechanism, {v1::Pattern::ROUND_TRIP, v1::Pattern::STREAM});
    if (!carried.empty()) carriers.push_back(mechanism);
  }
  return testing::ValuesIn(carriers);
}

inline std::string MechanismName(const testing::TestParamInfo<const Mechanism*>& test) {
  return std::string(test.param->id);
}

// A test's own names for so many links, removed in the end whatever the test left.
class LinkNames {
 public:
  explicit LinkNames(const Mechanism& mechanism, int links = 1);
  LinkNames(const LinkNames&) = delete;
  LinkNames& operator=(const LinkNames&) = delete;
  ~LinkNames();

  const std::vector<internal::IpcName>& names() const { return names_; }

  // Removes all that is there; how many that were.
  int Reclaim();

 private:
  std::vector<internal::IpcName> names_;
};

// With all the options and names that an end is made with; the rest is for the test to say.
ChannelSpec SpecOf(const v1::Mechanism& mechanism, const LinkNames& names,
                   const Choices& choices = {});

}  // namespace ipclab
