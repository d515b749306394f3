#include "common/explore/draws.h"

#include <cstddef>
#include <utility>
#include <vector>

namespace ipclab {
namespace {

class UniformDraws final : public Draws {
 public:
  void Begin(int64_t /*longest*/, Lots& /*lots*/) override {}
  int Pick(int64_t /*step*/, uint32_t enabled, Lots& lots) override { return lots.BitOf(enabled); }
};

class PctDraws final : public Draws {
 public:
  PctDraws(int workers, int depth)
      : priorities_(static_cast<size_t>(workers)), changes_(static_cast<size_t>(depth - 1)) {}

  void Begin(int64_t longest, Lots& lots) override {
    // Those of the changes are below: 0 to depth - 2.
    for (size_t i = 0; i < priorities_.size(); ++i) priorities_[i] = changes_.size() + i;
    for (size_t i = priorities_.size(); i > 1; --i) {
      std::swap(priorities_[i - 1], priorities_[lots.Below(i)]);
    }
    // How long the first one will be nobody knows.
    for (int64_t& change : changes_) {
      change = longest == 0 ? 0 : 1 + static_cast<int64_t>(lots.Below(longest));
    }
  }

  int Pick(int64_t step, uint32_t enabled, Lots& /*lots*/) override {
    for (size_t i = 0; i < changes_.size(); ++i) {
      if (changes_[i] == step) priorities_[static_cast<size_t>(Highest(enabled))] = i;
    }
    return Highest(enabled);
  }

 private:
  int Highest(uint32_t enabled) const {
    int highest = std::countr_zero(enabled);
    for (; enabled != 0; enabled &= enabled - 1) {
      const int worker = std::countr_zero(enabled);
      if (priorities_[static_cast<size_t>(worker)] > priorities_[static_cast<size_t>(highest)]) {
        highest = worker;
      }
    }
    return highest;
  }

  std::vector<size_t> priorities_;  // of each worker; no two are equal
  std::vector<int64_t> changes_;    // the steps where somebody falls; 0: nowhere
};

}  // namespace

std::unique_ptr<Draws> MakeUniformDraws() { return std::make_unique<UniformDraws>(); }

std::unique_ptr<Draws> MakePctDraws(int workers, int depth) {
  return std::make_unique<PctDraws>(workers, depth);
}

}  // namespace ipclab
