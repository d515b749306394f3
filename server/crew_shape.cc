#include "server/crew_shape.h"

#include <numeric>

namespace ipclab {
namespace {

using v1::Pattern;

// count workers, from first on.
std::vector<int> Range(int first, int count) {
  std::vector<int> workers(static_cast<size_t>(count));
  std::iota(workers.begin(), workers.end(), first);
  return workers;
}

void Add(std::vector<internal::Role>& roles, int count, internal::Role role) {
  roles.insert(roles.end(), static_cast<size_t>(count), role);
}

// Senders before receivers, over one object or over a link for each pair.
CrewShape Fan(int senders, int receivers, bool one_object) {
  CrewShape shape;
  Add(shape.roles, senders, internal::SENDER);
  Add(shape.roles, receivers, internal::RECEIVER);
  if (one_object) {
    shape.links.push_back({Range(0, senders), Range(senders, receivers)});
    return shape;
  }
  for (int sender = 0; sender < senders; ++sender) {
    for (int receiver = 0; receiver < receivers; ++receiver) {
      shape.links.push_back({{sender}, {senders + receiver}});
    }
  }
  return shape;
}

CrewShape Pipeline(int workers) {
  CrewShape shape;
  Add(shape.roles, 1, internal::SENDER);
  Add(shape.roles, workers - 2, internal::RELAY);
  Add(shape.roles, 1, internal::RECEIVER);
  for (int i = 0; i + 1 < workers; ++i) shape.links.push_back({{i}, {i + 1}});
  return shape;
}

CrewShape Contention(int workers) {
  CrewShape shape;
  Add(shape.roles, workers, internal::CONTENDER);
  shape.links.push_back({Range(0, workers), Range(0, workers)});
  return shape;
}

// Two workers; the second answers where messages go both ways.
CrewShape Pair(bool duplex) {
  if (duplex) return {{internal::INITIATOR, internal::RESPONDER}, {{{0}, {1}, true}}};
  return {{internal::SENDER, internal::RECEIVER}, {{{0}, {1}}}};
}

bool IsDuplex(Pattern::Kind pattern) {
  return pattern == Pattern::ROUND_TRIP || pattern == Pattern::HAND_OFF;
}

}  // namespace

bool SharesObject(Pattern::Kind pattern, const v1::Mechanism& mechanism) {
  switch (pattern) {
    case Pattern::CONTENTION:
      return true;
    case Pattern::FAN_IN:
    case Pattern::FAN_OUT:
      return mechanism.sharing() == v1::Mechanism::MANY_TO_MANY;
    case Pattern::BROADCAST:
      return mechanism.sharing() == v1::Mechanism::ONE_TO_ALL;
    default:
      return false;
  }
}

CrewShape ShapeOf(const v1::MeasureSpec& measure, const v1::Mechanism& mechanism) {
  const Pattern::Kind pattern = measure.pattern();
  if (mechanism.loopback()) return {{internal::BOTH}, {{{0}, {0}, IsDuplex(pattern)}}};
  switch (pattern) {
    case Pattern::FAN_IN:
    case Pattern::FAN_OUT:
    case Pattern::BROADCAST:
      return Fan(measure.senders(), measure.receivers(), SharesObject(pattern, mechanism));
    case Pattern::PIPELINE:
      return Pipeline(measure.workers());
    case Pattern::CONTENTION:
      return Contention(measure.workers());
    default:
      return Pair(IsDuplex(pattern));
  }
}

int64_t ArrivalsPerStep(const v1::MeasureSpec& measure) {
  switch (measure.pattern()) {
    case Pattern::FAN_IN:
      return measure.senders();
    case Pattern::FAN_OUT:
    case Pattern::BROADCAST:
      return measure.receivers();
    case Pattern::CONTENTION:
      return measure.workers();
    default:
      return 1;
  }
}

}  // namespace ipclab
