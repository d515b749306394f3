#include "server/validate_measure.h"

#include <algorithm>
#include <random>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/pages.h"
#include "server/crew_shape.h"
#include "server/durations.h"
#include "server/errors.h"
#include "server/validate_options.h"
#include "server/warm_up.h"

namespace ipclab {
namespace {

using v1::MeasureSpec;
using v1::Mechanism;
using v1::Pattern;

constexpr int64_t kDefaultMessages = 10'000;
constexpr int64_t kLeastSharedBytes = 8;  // a whole sequence number
constexpr double kLowestRate = 0.01;
constexpr double kHighestRate = 1e8;
constexpr int kTimeEveryFast = 64;
constexpr int kMostTimeEvery = 1000;
constexpr absl::Duration kLongest = absl::Hours(24);
constexpr absl::Duration kLongestCriticalSection = absl::Seconds(1);

// How many workers of a kind a pattern has.
struct Crowd {
  int least;
  int usual;
  int most;
};
constexpr Crowd kOne = {1, 1, 1};
constexpr Crowd kSome = {1, 2, kMaxWorkers - 1};
constexpr Crowd kNotSaid = {0, 0, 0};  // the pattern says it already

std::string NameOf(Pattern::Kind pattern) { return Pattern::Kind_Name(pattern); }

std::string ListOf(const google::protobuf::RepeatedField<int>& patterns) {
  return absl::StrJoin(patterns, ", ", [](std::string* out, int pattern) {
    absl::StrAppend(out, NameOf(static_cast<Pattern::Kind>(pattern)));
  });
}

bool IsKnown(Pattern::Kind pattern) {
  return Pattern::Kind_IsValid(pattern) && pattern != Pattern::KIND_UNSPECIFIED;
}

bool CarriesMessages(Pattern::Kind pattern) {
  return pattern != Pattern::CONTENTION && pattern != Pattern::HAND_OFF &&
         pattern != Pattern::NOTIFY;
}

std::string RaisedBy(const Mechanism& mechanism) {
  const std::string& means = mechanism.max_message_changed_by();
  return means.empty() ? "" : absl::StrCat("; raise it with ", means);
}

class MeasureCheck {
 public:
  MeasureCheck(MeasureSpec& measure, const Catalogue& catalogue, const Limits& limits,
               Complaints& complaints)
      : measure_(measure), catalogue_(catalogue), limits_(limits), complaints_(complaints) {}

  const internal::MechanismRecord* Run() {
    CheckPattern();
    CheckSize();
    CheckAmount();
    CheckWait();
    CheckLoad();
    CheckCriticalSection();
    const internal::MechanismRecord* const record = FindMechanism();
    // Of no mechanism it is not known what its workers share.
    CheckCrowds(record != nullptr && SharesObject(measure_.pattern(), record->mechanism()));
    SetWarmUp();
    CheckTimeEvery(record);
    if (record != nullptr) CheckMechanism(record->mechanism());
    return record;
  }

 private:
  void Wrong(const std::string& field, std::string description) {
    complaints_.Wrong(absl::StrCat("spec.measure.", field), std::move(description));
  }

  void CheckPattern() {
    if (IsKnown(measure_.pattern())) return;
    std::vector<std::string> names;
    const auto& kinds = *Pattern::Kind_descriptor();
    for (int i = 1; i < kinds.value_count(); ++i) names.push_back(kinds.value(i)->name());
    Wrong("pattern", absl::StrCat("is required: ", absl::StrJoin(names, ", ")));
  }

  void CheckSize() {
    const int64_t bytes = measure_.message_bytes();
    if (!CarriesMessages(measure_.pattern())) {
      if (bytes == 0) return;
      Wrong("message_bytes", absl::StrCat("is ", bytes, ", must be 0: ", NameOf(measure_.pattern()),
                                          " carries no messages"));
    } else if (bytes < 1) {
      Wrong("message_bytes", absl::StrCat("is ", bytes, ", must be 1 at least"));
    } else if (bytes > limits_.max_message_bytes) {
      Wrong("message_bytes",
            absl::StrCat("is ", bytes, ", this server takes at most ", limits_.max_message_bytes));
    }
  }

  void CheckAmount() {
    switch (measure_.amount_case()) {
      case MeasureSpec::kMessages:
        CheckCount("messages", measure_.messages(), 1);
        break;
      case MeasureSpec::kDuration:
        CheckDuration("spec.measure.duration", measure_.duration(), complaints_);
        break;
      case MeasureSpec::AMOUNT_NOT_SET:
        measure_.set_messages(kDefaultMessages);
        break;
    }
    if (measure_.has_warm_up_messages()) {
      CheckCount("warm_up_messages", measure_.warm_up_messages(), 0);
    }
  }

  // After the crowds are known.
  void SetWarmUp() {
    if (measure_.has_warm_up_messages() || IsWarmUpWatched(measure_)) return;
    measure_.set_warm_up_messages(WarmUpWindow(measure_));
  }

  void CheckCount(const std::string& field, int64_t count, int64_t least) {
    if (count < least || count > limits_.max_messages) {
      Wrong(field, absl::StrCat("is ", count, ", must be ", least, " to ", limits_.max_messages));
    }
  }

  void CheckWait() {
    if (!MeasureSpec::Wait_IsValid(measure_.wait())) {
      Wrong("wait", "must be BLOCK, SPIN or SPIN_THEN_BLOCK");
    } else if (measure_.wait() == MeasureSpec::WAIT_UNSPECIFIED) {
      measure_.set_wait(MeasureSpec::BLOCK);
    }
  }

  void CheckLoad() {
    if (!measure_.has_load()) return;
    v1::Load& load = *measure_.mutable_load();
    if (measure_.pattern() == Pattern::CONTENTION) {
      Wrong("load", "must be absent: in CONTENTION every worker wants the lock again at once");
    }
    // Written so that what is no number is refused too.
    if (!(load.per_second() >= kLowestRate && load.per_second() <= kHighestRate)) {
      Wrong("load.per_second", absl::StrCat("is ", load.per_second(), ", must be ", kLowestRate,
                                            " to ", kHighestRate));
    }
    if (!v1::Load::Arrivals_IsValid(load.arrivals())) {
      Wrong("load.arrivals", "must be FIXED or POISSON");
    } else if (load.arrivals() == v1::Load::ARRIVALS_UNSPECIFIED) {
      load.set_arrivals(v1::Load::FIXED);
    }
    if (load.seed() < 0)
      Wrong("load.seed", absl::StrCat("is ", load.seed(), ", must be 0 or more"));
    if (load.arrivals() == v1::Load::POISSON && load.seed() == 0) {
      load.set_seed(1 + static_cast<int64_t>(std::random_device()()));
    }
  }

  void CheckCriticalSection() {
    if (!measure_.has_critical_section()) return;
    if (IsKnown(measure_.pattern()) && measure_.pattern() != Pattern::CONTENTION) {
      Wrong("critical_section", "goes with CONTENTION only");
    }
    const absl::Duration time = FromProto(measure_.critical_section());
    if (!IsValid(measure_.critical_section()) || time < absl::ZeroDuration() ||
        time > kLongestCriticalSection) {
      Wrong("critical_section",
            absl::StrCat("must be 0 to ", absl::FormatDuration(kLongestCriticalSection)));
    }
  }

  void CheckCrowds(bool shared) {
    Crowd senders = kOne;
    Crowd receivers = kOne;
    Crowd workers = kNotSaid;
    switch (measure_.pattern()) {
      case Pattern::FAN_IN:
        senders = kSome;
        if (shared) receivers = {1, 1, kMaxWorkers - 1};
        break;
      case Pattern::FAN_OUT:
      case Pattern::BROADCAST:
        receivers = kSome;
        break;
      case Pattern::PIPELINE:
        workers = {2, 3, kMaxWorkers};
        break;
      case Pattern::CONTENTION:
        workers = {1, 2, kMaxWorkers};
        break;
      default:
        break;
    }
    if (workers.most > 0) senders = receivers = kNotSaid;
    measure_.set_senders(Checked("senders", measure_.senders(), senders));
    measure_.set_receivers(Checked("receivers", measure_.receivers(), receivers));
    measure_.set_workers(Checked("workers", measure_.workers(), workers));
    const int64_t all = int64_t{measure_.senders()} + measure_.receivers();
    if (all > kMaxWorkers && measure_.senders() <= kMaxWorkers &&
        measure_.receivers() <= kMaxWorkers) {
      Wrong("receivers", absl::StrCat("with the senders there are ", all,
                                      " workers; an experiment has at most ", kMaxWorkers));
    }
  }

  // The count to use: 0 asks for the usual one.
  int Checked(const std::string& field, int count, const Crowd& crowd) {
    if (count == 0) return crowd.usual;
    if (count >= crowd.least && count <= crowd.most) return count;
    if (!IsKnown(measure_.pattern())) return count;
    Wrong(field,
          absl::StrCat("is ", count, ", must be ",
                       crowd.most == 0             ? "0"
                       : crowd.least == crowd.most ? absl::StrCat(crowd.most)
                                                   : absl::StrCat(crowd.least, " to ", crowd.most),
                       " with ", NameOf(measure_.pattern()),
                       field == "receivers" && measure_.pattern() == Pattern::FAN_IN
                           ? " over a link for each pair"
                           : ""));
    return count;
  }

  // Timing costs the clock twice: much beside what is nothing but a few cache lines.
  void CheckTimeEvery(const internal::MechanismRecord* record) {
    const int given = measure_.time_every();
    const bool streams = measure_.pattern() == Pattern::STREAM;
    if (given < 0 || given > kMostTimeEvery) {
      Wrong("time_every", absl::StrCat("is ", given, ", must be 0 to ", kMostTimeEvery));
    } else if (given > 1 && IsKnown(measure_.pattern()) && !streams) {
      Wrong("time_every", absl::StrCat("goes with STREAM only; in ", NameOf(measure_.pattern()),
                                       " all are timed"));
    } else if (given > 1 && measure_.has_load()) {
      Wrong("time_every", "must be 1 or 0 with a load: every message is due at a time of its own");
    }
    if (given != 0) return;
    const bool fast = record != nullptr && record->fast() && streams && !measure_.has_load();
    measure_.set_time_every(fast ? kTimeEveryFast : 1);
  }

  const internal::MechanismRecord* FindMechanism() {
    const std::string& id = measure_.mechanism();
    if (id.empty()) {
      Wrong("mechanism", absl::StrCat("is required: say which mechanism; ", catalogue_.Hint("")));
      return nullptr;
    }
    const internal::MechanismRecord* const record = catalogue_.Find(id);
    if (record == nullptr) {
      Wrong("mechanism",
            absl::StrCat("there is no mechanism ", Quoted(id), "; ", catalogue_.Hint(id)));
    }
    return record;
  }

  void CheckMechanism(const Mechanism& mechanism) {
    if (!mechanism.available()) {
      complaints_.Lacks("MECHANISM_UNAVAILABLE", mechanism.name(),
                        absl::StrCat(mechanism.id(), " cannot be used on this host: ",
                                     mechanism.unavailable_reason()));
    }
    const Pattern::Kind pattern = measure_.pattern();
    const bool carried = std::ranges::find(mechanism.patterns(), static_cast<int>(pattern)) !=
                         mechanism.patterns().end();
    if (IsKnown(pattern) && !carried) {
      Wrong("pattern", absl::StrCat(mechanism.id(), " cannot carry ", NameOf(pattern),
                                    "; it carries ", ListOf(mechanism.patterns())));
    }
    if (mechanism.only_blocks() && measure_.wait() != MeasureSpec::BLOCK) {
      Wrong("wait", absl::StrCat("must be BLOCK: ", mechanism.id(),
                                 " has no form that tries without waiting"));
    }
    if (CarriesMessages(pattern)) CheckSizeOf(mechanism);
    CheckOptions(*measure_.mutable_options(), "spec.measure.options", mechanism, complaints_);
  }

  void CheckSizeOf(const Mechanism& mechanism) {
    const int64_t bytes = measure_.message_bytes();
    if (mechanism.max_message_bytes() > 0 && bytes > mechanism.max_message_bytes()) {
      Wrong("message_bytes",
            absl::StrCat("is ", bytes, ", ", mechanism.id(), " takes at most ",
                         mechanism.max_message_bytes(), " on this host", RaisedBy(mechanism)));
      return;
    }
    if (!SharesObject(measure_.pattern(), mechanism)) return;
    if (bytes > 0 && bytes < kLeastSharedBytes) {
      Wrong("message_bytes",
            absl::StrCat("is ", bytes, ", must be ", kLeastSharedBytes,
                         " at least where several workers share one object: each message carries a "
                         "whole sequence number"));
    }
    const int64_t most = mechanism.max_shared_message_bytes();
    if (most > 0 && bytes > most) {
      Wrong("message_bytes",
            absl::StrCat("is ", bytes, ", ", mechanism.id(), " takes at most ", most,
                         " where several workers share one object: larger ones would get mixed"));
    }
  }

  MeasureSpec& measure_;
  const Catalogue& catalogue_;
  const Limits& limits_;
  Complaints& complaints_;
};

}  // namespace

const internal::MechanismRecord* CheckMeasure(MeasureSpec& measure, const Catalogue& catalogue,
                                              const Limits& limits, Complaints& complaints) {
  return MeasureCheck(measure, catalogue, limits, complaints).Run();
}

void CheckDuration(const std::string& field, const google::protobuf::Duration& duration,
                   Complaints& complaints) {
  const absl::Duration value = FromProto(duration);
  if (!IsValid(duration) || value <= absl::ZeroDuration() || value > kLongest) {
    complaints.Wrong(field,
                     absl::StrCat("must be above 0 and at most ", absl::FormatDuration(kLongest)));
  }
}

}  // namespace ipclab
