#include "clients/cli/measure/floor.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "clients/cli/measure/measure_selection.h"
#include "google/protobuf/util/time_util.h"

namespace ipclab::cli {
namespace {

constexpr char kNullMechanism[] = "null";
constexpr int kFloorTrials = 3;
constexpr int64_t kFloorMillis = 100;

v1::ExperimentSpec FloorSpec(const MeasurePlan& plan, const MeasureItem& item,
                             const v1::Mechanism& null) {
  v1::ExperimentSpec spec = SpecOf(plan, item, &null);
  v1::MeasureSpec& measure = *spec.mutable_measure();
  measure.clear_options();
  *measure.mutable_duration() =
      google::protobuf::util::TimeUtil::MillisecondsToDuration(kFloorMillis);
  // It has one worker, which stands where the first of the others does.
  if (spec.placement().cpus_size() > 1) spec.mutable_placement()->mutable_cpus()->Truncate(1);
  return spec;
}

}  // namespace

std::vector<PlannedItem> FloorOf(const MeasurePlan& plan, const std::vector<MeasureItem>& items,
                                 const std::vector<v1::Mechanism>& mechanisms) {
  const v1::Mechanism* const null = FindMechanism(mechanisms, kNullMechanism);
  const bool is_item = std::any_of(items.begin(), items.end(), [](const MeasureItem& item) {
    return item.mechanism == kNullMechanism;
  });
  if (null == nullptr || !null->available() || is_item || !plan.floor) return {};
  std::vector<MeasureItem> wanted;
  std::vector<PlannedItem> floors;
  for (MeasureItem item : items) {
    const auto& carried = null->patterns();
    if (std::find(carried.begin(), carried.end(), item.pattern) == carried.end()) continue;
    item.mechanism = kNullMechanism;
    if (std::find(wanted.begin(), wanted.end(), item) != wanted.end()) continue;
    wanted.push_back(item);
    floors.push_back({.spec = FloorSpec(plan, item, *null),
                      .name = absl::StrCat("floor: ", ItemText(plan, item)),
                      .quota = {.trials = kFloorTrials, .again = 0}});
  }
  return floors;
}

void AddFloors(const std::vector<Measurement>& floors, std::vector<Measurement>& measurements) {
  for (Measurement& each : measurements) {
    for (const Measurement& floor : floors) {
      const bool same = floor.spec.pattern() == each.spec.pattern() &&
                        floor.spec.message_bytes() == each.spec.message_bytes() &&
                        floor.spec.wait() == each.spec.wait();
      if (same) each.floor_nanos = floor.latency.Percentile(50);
    }
  }
}

}  // namespace ipclab::cli
