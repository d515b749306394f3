// Which locals of a worker can still be read when it stands before a label, and states without the
// others: two states that differ only in what nobody will look at again are one.
//
// For searches alone: what processes, the model and the stepping view have is never changed. A
// value.
#pragma once

#include <cstdint>
#include <vector>

#include "common/program/program.h"

namespace ipclab {

class Liveness {
 public:
  explicit Liveness(const Program& program);

  // Whether a worker that stands before this label may still read this local of its process.
  bool IsLive(int label, int local) const;

  // A copy in which 0 is: what can no longer be read of a worker's locals, all of them where it is
  // stuck, and its errno, which each operation sets anew. Same steps, same failures, same outcome.
  void Canonical(const int64_t* state, int64_t* canonical) const;

 private:
  // The frame of a worker, as Canonical goes through it.
  struct Place {
    int offset;
    int process;
    int values;  // locals and temporaries
  };

  int words_;
  std::vector<Place> workers_;
  std::vector<int> locals_;  // of each process
  // The dead locals of each label as bits: where its first word of them is; -1 where there is none.
  std::vector<int32_t> row_of_;
  std::vector<uint64_t> dead_;
};

}  // namespace ipclab
