// The operations that a program came to, by number, and which of them are dependent: for who asks
// again and again. Not for several threads.
#pragma once

#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include "common/explore/dependency.h"
#include "common/program/apply.h"
#include "common/program/program.h"

namespace ipclab {

class DependencyTable {
 public:
  // program must outlive it and not change.
  explicit DependencyTable(const Program& program) : program_(program) {}

  // Operations that touch the same have one number, whatever their operands are.
  int NumberOf(const Operation& operation);

  bool AreDependent(int a, int b) const { return dependent_[a][b]; }

  int64_t bytes() const;

 private:
  // Operation, phase, object, element, mutex, label of an await.
  using Key = std::tuple<Op, Phase, int, int, int, int64_t>;

  const Program& program_;
  std::map<Key, int> numbers_;
  std::vector<Footprint> footprints_;
  std::vector<std::vector<bool>> dependent_;
};

}  // namespace ipclab
