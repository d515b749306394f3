#include "server/listing/match.h"

#include <algorithm>
#include <string>

namespace ipclab {
namespace {

using Kind = FilterField::Kind;

// In the order of ExperimentFilterFields.
enum Field {
  kName,
  kUid,
  kState,
  kMechanism,
  kPattern,
  kProgram,
  kLabels,
  kCreateTime,
  kEndTime,
  kStep
};

// The values of an enum that exist in fact: 0 is never returned.
std::vector<std::string> ValuesOf(const google::protobuf::EnumDescriptor& type) {
  std::vector<std::string> values;
  for (int i = 0; i < type.value_count(); ++i) {
    if (type.value(i)->number() != 0) values.push_back(type.value(i)->name());
  }
  return values;
}

bool HoldsText(const std::string& text, const FilterComparison& comparison) {
  return Holds(text, comparison.op, std::get<std::string>(comparison.value));
}

bool HoldsTime(const google::protobuf::Timestamp& time, const FilterComparison& comparison) {
  const absl::Time left = absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
  return Holds(left, comparison.op, std::get<absl::Time>(comparison.value));
}

bool Match(const FilterComparison& comparison, const v1::Experiment& experiment) {
  switch (static_cast<Field>(comparison.field)) {
    case kName:
      return HoldsText(experiment.name(), comparison);
    case kUid:
      return HoldsText(experiment.uid(), comparison);
    case kState:
      return HoldsText(v1::Experiment::State_Name(experiment.state()), comparison);
    case kMechanism:
      return HoldsText(experiment.spec().measure().mechanism(), comparison);
    case kPattern:
      return HoldsText(v1::Pattern::Kind_Name(experiment.spec().measure().pattern()), comparison);
    case kProgram:
      return HoldsText(experiment.spec().program().program(), comparison);
    case kLabels: {
      const auto label = experiment.spec().labels().find(comparison.key);
      return HoldsText(label == experiment.spec().labels().end() ? "" : label->second, comparison);
    }
    case kCreateTime:
      return HoldsTime(experiment.create_time(), comparison);
    case kEndTime:
      if (!experiment.has_end_time()) return comparison.op == FilterOperator::kNotEqual;
      return HoldsTime(experiment.end_time(), comparison);
    case kStep:
      return Holds(experiment.step(), comparison.op, std::get<int64_t>(comparison.value));
  }
  return false;
}

}  // namespace

const std::vector<FilterField>& ExperimentFilterFields() {
  static const auto& fields = *new std::vector<FilterField>{
      {"name", Kind::kText},
      {"uid", Kind::kText},
      {"state", Kind::kChoice, ValuesOf(*v1::Experiment::State_descriptor())},
      {"mechanism", Kind::kText},
      {"pattern", Kind::kChoice, ValuesOf(*v1::Pattern::Kind_descriptor())},
      {"program", Kind::kText},
      {"labels", Kind::kMap},
      {"create_time", Kind::kTime},
      {"end_time", Kind::kTime},
      {"step", Kind::kNumber},
  };
  return fields;
}

bool Matches(const std::vector<FilterComparison>& comparisons, const v1::Experiment& experiment) {
  return std::all_of(comparisons.begin(), comparisons.end(),
                     [&](const FilterComparison& each) { return Match(each, experiment); });
}

}  // namespace ipclab
