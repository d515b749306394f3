#include "server/validate.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "server/durations.h"
#include "server/errors.h"
#include "server/placement.h"
#include "server/uuid.h"

namespace ipclab {
namespace {

using v1::MeasureSpec;
using v1::Pattern;

constexpr int64_t kDefaultWarmUp = 1000;
constexpr int64_t kDefaultWarmUpBytes = 64 << 20;  // of large messages it is fewer
constexpr int64_t kDefaultMessages = 10'000;
constexpr absl::Duration kLongest = absl::Hours(24);
constexpr size_t kMaxLabels = 64;
constexpr size_t kMaxLabelKey = 63;
constexpr size_t kMaxLabelValue = 255;

bool IsId(std::string_view id) {
  constexpr size_t kMaxId = 63;
  const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto allowed = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '-'; };
  return !id.empty() && id.size() <= kMaxId && letter(id.front()) && id.back() != '-' &&
         std::all_of(id.begin(), id.end(), allowed);
}

// Collects what is wrong while the plan takes shape.
class Validation {
 public:
  Validation(const v1::CreateExperimentRequest& request, const Catalogue& catalogue,
             const Topology& topology, const Limits& limits)
      : request_(request), catalogue_(catalogue), topology_(topology), limits_(limits) {}

  absl::StatusOr<ExperimentPlan> Run() {
    CheckIds();
    plan_.spec = request_.spec();
    CheckCommon();
    if (plan_.spec.has_measure()) {
      CheckMeasure(*plan_.spec.mutable_measure());
      CheckPlacement();
    } else {
      Wrong("spec.measure", "is required: say what is to be measured");
    }
    if (!violations_.empty()) return InvalidRequest(violations_, preconditions_);
    if (!preconditions_.empty()) return PreconditionFailed(preconditions_);
    return std::move(plan_);
  }

 private:
  void Wrong(std::string field, std::string description) {
    violations_.push_back({std::move(field), std::move(description)});
  }
  void Lacks(std::string type, std::string subject, std::string description) {
    preconditions_.push_back({std::move(type), std::move(subject), std::move(description)});
  }

  void CheckIds() {
    if (!request_.experiment_id().empty() && !IsId(request_.experiment_id())) {
      Wrong("experiment_id", absl::StrCat(Quoted(request_.experiment_id()),
                                          " must be 1 to 63 characters of a-z, 0-9 and \"-\", a "
                                          "letter first and no \"-\" last"));
    }
    if (!request_.request_id().empty() && !IsUuid(request_.request_id())) {
      Wrong("request_id", absl::StrCat(Quoted(request_.request_id()),
                                       " must be a UUID: 123e4567-e89b-12d3-a456-426614174000"));
    }
  }

  void CheckCommon() {
    v1::ExperimentSpec& spec = plan_.spec;
    if (static_cast<size_t>(spec.labels_size()) > kMaxLabels) {
      Wrong("spec.labels", absl::StrCat("has ", spec.labels_size(), " entries, at most ",
                                        kMaxLabels, " are kept"));
    }
    for (const auto& [key, value] : spec.labels()) {
      if (key.empty() || key.size() > kMaxLabelKey || value.size() > kMaxLabelValue) {
        Wrong("spec.labels",
              absl::StrCat("the entry ", Quoted(key), " must have a key of 1 to ", kMaxLabelKey,
                           " and a value of at most ", kMaxLabelValue, " characters"));
      }
    }
    if (!v1::ExperimentSpec::Start_IsValid(spec.start())) {
      Wrong("spec.start", "must be PARKED or RUN");
    } else if (spec.start() == v1::ExperimentSpec::START_UNSPECIFIED) {
      spec.set_start(v1::ExperimentSpec::PARKED);
    }
    if (spec.has_time_limit()) CheckDuration("spec.time_limit", spec.time_limit());
  }

  void CheckDuration(const std::string& field, const google::protobuf::Duration& duration) {
    const absl::Duration value = FromProto(duration);
    if (!IsValid(duration) || value <= absl::ZeroDuration() || value > kLongest) {
      Wrong(field, absl::StrCat("must be above 0 and at most ", absl::FormatDuration(kLongest)));
    }
  }

  void CheckMeasure(MeasureSpec& measure) {
    CheckPattern(measure);
    CheckSize(measure);
    CheckAmount(measure);
    if (!MeasureSpec::Wait_IsValid(measure.wait())) {
      Wrong("spec.measure.wait", "must be BLOCK, SPIN or SPIN_THEN_BLOCK");
    } else if (measure.wait() == MeasureSpec::WAIT_UNSPECIFIED) {
      measure.set_wait(MeasureSpec::BLOCK);
    }
    if (measure.mechanism().empty()) {
      Wrong("spec.measure.mechanism",
            absl::StrCat("is required: say which mechanism; ", catalogue_.Hint("")));
      return;
    }
    plan_.mechanism = catalogue_.Find(measure.mechanism());
    if (!plan_.mechanism) {
      Wrong("spec.measure.mechanism",
            absl::StrCat("there is no mechanism ", Quoted(measure.mechanism()), "; ",
                         catalogue_.Hint(measure.mechanism())));
      return;
    }
    CheckMechanism(measure, plan_.mechanism->mechanism());
  }

  void CheckPattern(const MeasureSpec& measure) {
    if (!Pattern::Kind_IsValid(measure.pattern()) ||
        measure.pattern() == Pattern::KIND_UNSPECIFIED) {
      Wrong("spec.measure.pattern", "is required: ROUND_TRIP or STREAM");
    }
  }

  void CheckSize(const MeasureSpec& measure) {
    if (measure.message_bytes() < 1) {
      Wrong("spec.measure.message_bytes",
            absl::StrCat("is ", measure.message_bytes(), ", must be 1 at least"));
    } else if (measure.message_bytes() > limits_.max_message_bytes) {
      Wrong("spec.measure.message_bytes",
            absl::StrCat("is ", measure.message_bytes(), ", this server takes at most ",
                         limits_.max_message_bytes));
    }
  }

  void CheckAmount(MeasureSpec& measure) {
    switch (measure.amount_case()) {
      case MeasureSpec::kMessages:
        CheckCount("spec.measure.messages", measure.messages(), 1);
        break;
      case MeasureSpec::kDuration:
        CheckDuration("spec.measure.duration", measure.duration());
        break;
      case MeasureSpec::AMOUNT_NOT_SET:
        measure.set_messages(kDefaultMessages);
        break;
    }
    if (measure.has_warm_up_messages()) {
      CheckCount("spec.measure.warm_up_messages", measure.warm_up_messages(), 0);
    } else {
      const int64_t fit = kDefaultWarmUpBytes / std::max<int64_t>(measure.message_bytes(), 1);
      measure.set_warm_up_messages(std::clamp<int64_t>(fit, 1, kDefaultWarmUp));
    }
  }

  void CheckCount(const std::string& field, int64_t count, int64_t least) {
    if (count < least || count > limits_.max_messages) {
      Wrong(field, absl::StrCat("is ", count, ", must be ", least, " to ", limits_.max_messages));
    }
  }

  void CheckMechanism(MeasureSpec& measure, const v1::Mechanism& mechanism) {
    if (!mechanism.available()) {
      Lacks("MECHANISM_UNAVAILABLE", mechanism.name(),
            absl::StrCat(mechanism.id(),
                         " cannot be used on this host: ", mechanism.unavailable_reason()));
    }
    const auto& patterns = mechanism.patterns();
    if (measure.pattern() != Pattern::KIND_UNSPECIFIED &&
        Pattern::Kind_IsValid(measure.pattern()) &&
        std::find(patterns.begin(), patterns.end(), measure.pattern()) == patterns.end()) {
      Wrong("spec.measure.pattern",
            absl::StrCat(
                mechanism.id(), " cannot carry ", Pattern::Kind_Name(measure.pattern()),
                "; it carries ", absl::StrJoin(patterns, ", ", [](std::string* out, int pattern) {
                  absl::StrAppend(out, Pattern::Kind_Name(static_cast<Pattern::Kind>(pattern)));
                })));
    }
    if (mechanism.max_message_bytes() > 0 &&
        measure.message_bytes() > mechanism.max_message_bytes()) {
      Wrong("spec.measure.message_bytes",
            absl::StrCat("is ", measure.message_bytes(), ", ", mechanism.id(), " takes at most ",
                         mechanism.max_message_bytes(), " on this host", RaisedBy(mechanism)));
    }
    CheckOptions(measure, mechanism);
    plan_.roles = RolesOf(measure.pattern(), mechanism.loopback());
  }

  void CheckOptions(MeasureSpec& measure, const v1::Mechanism& mechanism) {
    auto& given = *measure.mutable_options();
    for (const auto& [name, value] : given) {
      const auto option =
          std::find_if(mechanism.options().begin(), mechanism.options().end(),
                       [&name = name](const v1::Option& each) { return each.name() == name; });
      const std::string field = absl::StrCat("spec.measure.options[", Quoted(name), "]");
      if (option == mechanism.options().end()) {
        Wrong(field,
              absl::StrCat(mechanism.id(), " has no such option; it has ", OptionNames(mechanism)));
      } else if (std::string wrong = WhatIsWrong(*option, value); !wrong.empty()) {
        Wrong(field, std::move(wrong));
      }
    }
    for (const v1::Option& option : mechanism.options()) {
      given.insert({option.name(), option.default_value()});
    }
  }

  static std::string RaisedBy(const v1::Mechanism& mechanism) {
    const std::string& means = mechanism.max_message_changed_by();
    return means.empty() ? "" : absl::StrCat("; raise it with ", means);
  }

  static std::string OptionNames(const v1::Mechanism& mechanism) {
    if (mechanism.options().empty()) return "none";
    return absl::StrJoin(mechanism.options(), ", ", [](std::string* out, const v1::Option& each) {
      absl::StrAppend(out, each.name());
    });
  }

  static std::string WhatIsWrong(const v1::Option& option, const std::string& value) {
    switch (option.type()) {
      case v1::Option::INTEGER: {
        int64_t number = 0;
        const char* const end = value.data() + value.size();
        const auto [stop, error] = std::from_chars(value.data(), end, number);
        if (error == std::errc() && stop == end && number >= option.minimum() &&
            number <= option.maximum()) {
          return "";
        }
        return absl::StrCat(Quoted(value), " must be an integer from ", option.minimum(), " to ",
                            option.maximum());
      }
      case v1::Option::BOOLEAN:
        if (value == "true" || value == "false") return "";
        return absl::StrCat(Quoted(value), " must be true or false");
      case v1::Option::CHOICE:
        if (std::find(option.choices().begin(), option.choices().end(), value) !=
            option.choices().end()) {
          return "";
        }
        return absl::StrCat(Quoted(value), " must be one of ",
                            absl::StrJoin(option.choices(), ", "));
      default:
        return "has a type that this server does not know";
    }
  }

  void CheckPlacement() {
    const int workers = plan_.roles.empty() ? 2 : static_cast<int>(plan_.roles.size());
    auto placement = PlanPlacement(topology_, plan_.spec.placement(), workers);
    if (placement.ok()) {
      *plan_.spec.mutable_placement() = std::move(placement->placement);
      plan_.cpus = std::move(placement->cpus);
      if (plan_.cpus.size() == 2) {
        plan_.cpu_relation = RelationOf(topology_, plan_.cpus[0], plan_.cpus[1]);
      }
    } else if (absl::IsInvalidArgument(placement.status())) {
      Wrong("spec.placement", std::string(placement.status().message()));
    } else {
      Lacks("PLACEMENT", "spec.placement", std::string(placement.status().message()));
    }
  }

  static std::vector<internal::Role> RolesOf(Pattern::Kind pattern, bool loopback) {
    if (loopback) return {internal::BOTH};
    if (pattern == Pattern::STREAM) return {internal::SENDER, internal::RECEIVER};
    return {internal::INITIATOR, internal::RESPONDER};
  }

  const v1::CreateExperimentRequest& request_;
  const Catalogue& catalogue_;
  const Topology& topology_;
  const Limits& limits_;
  ExperimentPlan plan_;
  std::vector<FieldViolation> violations_;
  std::vector<Precondition> preconditions_;
};

}  // namespace

absl::StatusOr<ExperimentPlan> ValidateCreate(const v1::CreateExperimentRequest& request,
                                              const Catalogue& catalogue, const Topology& topology,
                                              const Limits& limits) {
  return Validation(request, catalogue, topology, limits).Run();
}

absl::Status ValidateExperimentName(const std::string& name) {
  absl::string_view id = name;
  if (absl::ConsumePrefix(&id, "experiments/") && IsId({id.data(), id.size()})) {
    return absl::OkStatus();
  }
  return InvalidRequest({{"name", absl::StrCat(Quoted(name),
                                               " must be of the form experiments/{id}: "
                                               "experiments/my-first")}});
}

}  // namespace ipclab
