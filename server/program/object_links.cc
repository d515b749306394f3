#include "server/program/object_links.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "common/pages.h"

namespace ipclab {
namespace {

// The instructions that a process can come to.
std::vector<int> ReachableCode(const Program& program, const ProgramProcess& process) {
  std::vector<int> reached;
  std::vector<bool> seen(program.code.size());
  std::vector<int> open = {process.entry};
  while (!open.empty()) {
    const int pc = open.back();
    open.pop_back();
    if (pc < 0 || static_cast<size_t>(pc) >= seen.size() || seen[static_cast<size_t>(pc)]) continue;
    seen[static_cast<size_t>(pc)] = true;
    reached.push_back(pc);
    const Instruction& instruction = program.code[static_cast<size_t>(pc)];
    if (instruction.op == Op::kExit) continue;
    if (instruction.op == Op::kJump || instruction.op == Op::kJumpIfZero) {
      open.push_back(static_cast<int>(instruction.value));
    }
    if (instruction.op != Op::kJump) open.push_back(pc + 1);
  }
  return reached;
}

uint32_t WorkersOf(const Program& program, size_t process) {
  uint32_t workers = 0;
  for (size_t i = 0; i < program.workers.size(); ++i) {
    if (static_cast<size_t>(program.workers[i].process) == process) workers |= 1u << i;
  }
  return workers;
}

std::vector<int> ToList(uint32_t workers) {
  std::vector<int> list;
  for (int i = 0; workers >> i != 0; ++i) {
    if ((workers >> i & 1) != 0) list.push_back(i);
  }
  return list;
}

}  // namespace

bool HasMechanism(ObjectKind kind) {
  return kind == ObjectKind::kCells || kind == ObjectKind::kMutex ||
         kind == ObjectKind::kSemaphore || kind == ObjectKind::kRwLock ||
         kind == ObjectKind::kChannel;
}

std::vector<ChannelUse> ChannelUses(const Program& program) {
  std::vector<ChannelUse> uses(program.objects.size());
  for (size_t process = 0; process < program.processes.size(); ++process) {
    const uint32_t workers = WorkersOf(program, process);
    for (const int pc : ReachableCode(program, program.processes[process])) {
      const Instruction& instruction = program.code[static_cast<size_t>(pc)];
      const bool sends = instruction.op == Op::kSend;
      const bool typed = instruction.op == Op::kReceiveType;
      if (!sends && !typed && instruction.op != Op::kReceive) continue;
      const size_t first = static_cast<size_t>(instruction.object);
      const size_t count = static_cast<size_t>(std::max(1, instruction.elements));
      for (size_t i = first; i < std::min(first + count, uses.size()); ++i) {
        (sends ? uses[i].senders : uses[i].receivers) |= workers;
        uses[i].by_type |= typed;
      }
    }
  }
  return uses;
}

std::vector<ObjectLinkPlan> LinksOf(const Program& program) {
  const std::vector<ChannelUse> uses = ChannelUses(program);
  std::vector<int> all(program.workers.size());
  std::iota(all.begin(), all.end(), 0);
  std::vector<ObjectLinkPlan> links;
  for (size_t i = 0; i < program.objects.size(); ++i) {
    const ObjectKind kind = program.objects[i].kind;
    if (!HasMechanism(kind)) continue;
    ObjectLinkPlan& link = links.emplace_back(ObjectLinkPlan{.object = static_cast<int>(i)});
    link.is_channel = kind == ObjectKind::kChannel;
    link.senders = link.is_channel ? ToList(uses[i].senders) : all;
    link.receivers = link.is_channel ? ToList(uses[i].receivers) : all;
    if (link.senders.empty()) link.senders = {0};
    if (link.receivers.empty()) link.receivers = {0};
  }
  return links;
}

std::string TooManyLinks(const std::vector<ObjectLinkPlan>& links) {
  if (links.size() <= size_t{kMaxLinks}) return "";
  return absl::StrCat("it has ", links.size(),
                      " objects with a kernel object behind them, at most ", kMaxLinks,
                      " are possible; each of an array counts, but an array of cells is ", "one");
}

}  // namespace ipclab
