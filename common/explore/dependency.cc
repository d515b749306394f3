#include "common/explore/dependency.h"

#include <algorithm>
#include <iterator>

namespace ipclab {
namespace {

void Sort(std::vector<int32_t>& words) {
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
}

bool Meet(const std::vector<int32_t>& a, const std::vector<int32_t>& b) {
  for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end();) {
    if (*i == *j) return true;
    *i < *j ? ++i : ++j;
  }
  return false;
}

// The cells that an expression looks at. Which cell of an array that is may depend on locals: all
// of them then.
void AddPeeked(const Program& program, int expression, std::vector<int32_t>& words) {
  for (auto next = program.code.begin() + expression; next->op != Op::kEndExpression; ++next) {
    if (next->op != Op::kPeek) continue;
    const ProgramObject& cells = program.objects[next->object];
    for (int i = 0; i < cells.size; ++i) words.push_back(cells.offset + i);
  }
}

// The cells that any `always` names.
std::vector<int32_t> Watched(const Program& program) {
  std::vector<int32_t> words;
  for (const Check& check : program.checks) {
    if (check.kind == CheckKind::kAlways) AddPeeked(program, check.expression, words);
  }
  Sort(words);
  return words;
}

void AddFutex(const Operation& operation, const ProgramObject& cells, Footprint& footprint) {
  const int32_t queue = cells.offset + cells.size + 2 * operation.element;
  if (operation.op == Op::kFutexWake) {
    footprint.writes.push_back(queue);
  } else if (operation.phase == Phase::kFirst) {
    footprint.reads.push_back(cells.offset + operation.element);
    footprint.writes.push_back(queue);
  }
}

void AddCondWait(const Program& program, const Operation& operation, Footprint& footprint) {
  // Who is woken is no longer in the queue: it comes back to the mutex alone.
  if (operation.phase == Phase::kFirst) {
    footprint.writes.push_back(program.objects[operation.object].offset);
  }
  footprint.writes.push_back(program.objects[operation.second].offset);
  Sort(footprint.writes);
}

}  // namespace

Footprint FootprintOf(const Program& program, const Operation& operation) {
  Footprint footprint;
  if (operation.op == Op::kAwait) {
    const Instruction& label = program.code[operation.argument];
    AddPeeked(program, static_cast<int>(label.value), footprint.reads);
    Sort(footprint.reads);
    return footprint;
  }
  const ProgramObject& object = program.objects[operation.object];
  switch (operation.op) {
    case Op::kRead:
      footprint.reads.push_back(object.offset + operation.element);
      break;
    case Op::kWrite:
    case Op::kAtomicAdd:
    case Op::kExchange:
    case Op::kCas:
      footprint.writes.push_back(object.offset + operation.element);
      break;
    case Op::kFutexWait:
    case Op::kFutexWake:
      AddFutex(operation, object, footprint);
      break;
    case Op::kCondWait:
      AddCondWait(program, operation, footprint);
      break;
    case Op::kReadLock:
      // Readers do not shut each other out, and each sets a bit of its own.
      footprint.reads.push_back(object.offset);
      break;
    case Op::kBarrierWait:
      // Who leaves has been let go already.
      if (operation.phase == Phase::kFirst) footprint.writes.push_back(object.offset);
      break;
    default:
      footprint.writes.push_back(object.offset);
      break;
  }
  if (object.kind != ObjectKind::kCells || footprint.writes.empty()) return footprint;
  // `always` is looked at between any two writes of its cells: their order may matter.
  const std::vector<int32_t> watched = Watched(program);
  if (!std::binary_search(watched.begin(), watched.end(), footprint.writes.front())) {
    return footprint;
  }
  std::copy_if(watched.begin(), watched.end(), std::back_inserter(footprint.reads),
               [&](int32_t word) { return word != footprint.writes.front(); });
  return footprint;
}

bool AreDependent(const Footprint& a, const Footprint& b) {
  return Meet(a.writes, b.writes) || Meet(a.writes, b.reads) || Meet(a.reads, b.writes);
}

}  // namespace ipclab
