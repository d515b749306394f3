#include "common/explore/dependency_table.h"

namespace ipclab {

int DependencyTable::NumberOf(const Operation& operation) {
  const int64_t label = operation.op == Op::kAwait ? operation.argument : 0;
  const Key key{operation.op,      operation.phase,  operation.object,
                operation.element, operation.second, label};
  const int next = static_cast<int>(footprints_.size());
  const auto [found, is_new] = numbers_.try_emplace(key, next);
  if (!is_new) return found->second;
  footprints_.push_back(FootprintOf(program_, operation));
  dependent_.emplace_back();
  for (int other = 0; other <= next; ++other) {
    const bool dependent = ipclab::AreDependent(footprints_[next], footprints_[other]);
    dependent_[next].push_back(dependent);
    if (other != next) dependent_[other].push_back(dependent);
  }
  return next;
}

int64_t DependencyTable::bytes() const {
  const auto count = static_cast<int64_t>(footprints_.size());
  int64_t words = 0;
  for (const Footprint& each : footprints_) {
    words += static_cast<int64_t>(each.reads.capacity() + each.writes.capacity());
  }
  return words * 4 + count * (count / 8 + 160);
}

}  // namespace ipclab
