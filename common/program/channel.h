// The mirror of a channel: how many records, then value and tag of each in order of sending; what
// is behind the last is 0.
#pragma once

#include <cstdint>

#include "common/program/program.h"

namespace ipclab {

// The tags that a channel can carry: a priority of a POSIX queue is below MQ_PRIO_MAX; the type in
// a System V queue is the tag + 1, in a long.
struct TagRange {
  int64_t least;
  int64_t most;

  bool Holds(int64_t tag) const { return least <= tag && tag <= most; }
};
TagRange TagsOf(Discipline discipline);

struct Record {
  int64_t value;
  int64_t tag;
};

// Which record is received next, by the channel's discipline; -1 for none. type: as
// Op::kReceiveType has it; 0 of a receive that asks for no type.
int NextRecord(const ProgramObject& channel, const int64_t* words, int64_t type);

// There is room for it.
void PutRecord(int64_t* words, Record record);

// There is one at this place.
Record TakeRecord(int64_t* words, int place);

}  // namespace ipclab
