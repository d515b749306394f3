// Who can make the next step: from the state alone, whatever the kernel would let through.

#include "common/program/apply.h"
#include "common/program/channel.h"
#include "common/program/machine/local_code.h"

namespace ipclab {
namespace {

LocalFrame FrameOf(const Program& program, const int64_t* state, int worker) {
  return {program, worker, const_cast<int64_t*>(state) + program.workers[worker].offset};
}

// Whether the operation would not block.
bool CanBeDone(const Program& program, const int64_t* state, int worker, const Operation& next) {
  if (next.phase == Phase::kAsleep) return false;
  const ProgramObject& object = program.objects[next.object];
  const int64_t* const words = state + object.offset;
  switch (next.op) {
    case Op::kLock:
      return words[0] == 0 || (object.error_checking && words[0] == worker + 1);
    case Op::kReadLock:
      // The mirror counts one hold per worker: a second one would be lost.
      return words[0] == 0 && (words[1] >> worker & 1) == 0;
    case Op::kWriteLock:
      return words[0] == 0 && words[1] == 0;
    case Op::kSemWait:
      return words[0] > 0;
    case Op::kCondWait:
      return next.phase == Phase::kFirst || state[program.objects[next.second].offset] == 0;
    case Op::kSend:
      // A tag that it cannot carry is refused at once.
      return words[0] < object.size || !TagsOf(object.discipline).Holds(next.argument2);
    case Op::kReceive:
      return words[0] > 0;
    case Op::kReceiveType:
      return NextRecord(object, words, next.argument) >= 0;
    default:
      return true;
  }
}

}  // namespace

Readiness ReadinessOf(const Program& program, const int64_t* state, int worker) {
  const LocalFrame local = FrameOf(program, state, worker);
  if (local.frame->run == RunState::kDone) return Readiness::kDone;
  if (local.frame->run == RunState::kStuck) return Readiness::kStuck;
  const Instruction& label = program.code[local.frame->pc];
  bool ready = false;
  if (label.op == Op::kAwait) {
    ready = Evaluate(program, state, static_cast<int>(label.value), worker) != 0;
  } else if (label.op == Op::kRead || label.op == Op::kWrite) {
    ready = true;
  } else {
    ready = CanBeDone(program, state, worker, OperationAt(program, local));
  }
  return ready ? Readiness::kReady : Readiness::kBlocked;
}

uint32_t EnabledOf(const Program& program, const int64_t* state) {
  uint32_t enabled = 0;
  for (int worker = 0; worker < static_cast<int>(program.workers.size()); ++worker) {
    if (ReadinessOf(program, state, worker) == Readiness::kReady) enabled |= 1u << worker;
  }
  return enabled;
}

uint32_t MayWake(const Program& program, const int64_t* state, int worker) {
  const LocalFrame local = FrameOf(program, state, worker);
  if (local.frame->run != RunState::kAtLabel) return 0;
  if (program.code[local.frame->pc].op != Op::kSignal) return 0;
  const Operation next = OperationAt(program, local);
  const auto& queue = *reinterpret_cast<const WaiterQueue*>(  //
      state + program.objects[next.object].offset);
  uint32_t waiting = 0;
  for (int i = 0; i < queue.count; ++i) waiting |= 1u << queue.at(i);
  return queue.count > 1 ? waiting : 0;
}

Operation Announce(const Program& program, const int64_t* state, int worker) {
  return OperationAt(program, FrameOf(program, state, worker));
}

}  // namespace ipclab
