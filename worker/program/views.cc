#include "worker/program/views.h"

namespace ipclab {
namespace {

// How such an object stands, in the unit that the mirror is compared in.
absl::StatusOr<int64_t> ToldOf(const ObjectEnd& end) {
  if (end.semaphore) return end.semaphore->Value();
  if (end.lock) {
    const absl::StatusOr<bool> held = end.lock->IsHeld();
    if (!held.ok()) return held.status();
    return *held ? 1 : 0;
  }
  return end.channel().Depth();
}

int64_t MirrorOf(const ProgramObject& object, const ObjectEnd& end, const int64_t* words) {
  switch (object.kind) {
    case ObjectKind::kMutex:
      return words[0] != 0;
    case ObjectKind::kRwLock:
      return words[0] != 0 || words[1] != 0;
    case ObjectKind::kChannel:
      return words[0] * end.mechanism->program.depth_per_record;
    default:
      return words[0];
  }
}

class Look {
 public:
  Look(const Program& program, const int64_t* state, BatonPage* baton)
      : program_(program), state_(state), baton_(baton) {}

  void At(int index, const ObjectEnd& end) {
    const ProgramObject& object = program_.objects[static_cast<size_t>(index)];
    const int64_t* const mirror = state_ + object.offset;
    if (object.kind == ObjectKind::kCells) {
      for (int element = 0; element < object.size; ++element) {
        Note(index, element, end.cell(element).load(std::memory_order_relaxed), mirror[element]);
      }
    } else {
      const absl::StatusOr<int64_t> told = ToldOf(end);
      if (!told.ok()) return;
      Note(index, 0, *told, MirrorOf(object, end, mirror));
    }
    if (baton_ != nullptr) baton_->told[static_cast<size_t>(index)] = 1;
  }

  const std::optional<Difference>& first() const { return first_; }

 private:
  void Note(int index, int element, int64_t kernel, int64_t mirror) {
    const int offset = program_.objects[static_cast<size_t>(index)].offset + element;
    if (baton_ != nullptr) baton_->kernel[static_cast<size_t>(offset)] = kernel;
    if (kernel != mirror && !first_) first_ = {index, element, kernel, mirror};
  }

  const Program& program_;
  const int64_t* const state_;
  BatonPage* const baton_;
  std::optional<Difference> first_;
};

}  // namespace

std::optional<Difference> LookAtObjects(const Program& program, const int64_t* state,
                                        Objects& objects, BatonPage* baton) {
  Look look(program, state, baton);
  for (int object = 0; object < static_cast<int>(program.objects.size()); ++object) {
    if (objects[object].is_seen) look.At(object, objects[object]);
  }
  return look.first();
}

std::optional<Difference> LookAtObject(int object, const Program& program, const int64_t* state,
                                       Objects& objects, BatonPage& baton) {
  Look look(program, state, &baton);
  if (objects[object].is_seen) look.At(object, objects[object]);
  return look.first();
}

void Forget(int object, BatonPage& baton) { baton.told[static_cast<size_t>(object)] = 0; }

void TakeOver(const Program& program, Objects& objects, int64_t* state) {
  for (int index = 0; index < static_cast<int>(program.objects.size()); ++index) {
    const ProgramObject& object = program.objects[static_cast<size_t>(index)];
    const ObjectEnd& end = objects[index];
    if (end.mechanism == nullptr) continue;
    if (object.kind == ObjectKind::kCells) {
      for (int element = 0; element < object.size; ++element) {
        state[object.offset + element] = end.cell(element).load();
      }
    } else if (end.semaphore) {
      state[object.offset] = end.semaphore->Value().value_or(0);
    }
  }
}

}  // namespace ipclab
