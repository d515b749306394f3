#include "common/program/channel.h"

#include <algorithm>
#include <limits>

namespace ipclab {
namespace {

int64_t TagAt(const int64_t* words, int place) { return words[2 + 2 * place]; }

// The first one sent of the highest tag.
int FirstByPriority(const int64_t* words) {
  int found = 0;
  for (int i = 1; i < words[0]; ++i) {
    if (TagAt(words, i) > TagAt(words, found)) found = i;
  }
  return found;
}

int FirstOfType(const int64_t* words, int64_t type) {
  for (int i = 0; i < words[0]; ++i) {
    if (TagAt(words, i) == type) return i;
  }
  return -1;
}

// The first one sent of the lowest tag that is not above a limit, which is given negated: the
// lowest number has no counterpart above 0.
int FirstOfLowest(const int64_t* words, int64_t negated_limit) {
  int found = -1;
  for (int i = 0; i < words[0]; ++i) {
    const int64_t tag = TagAt(words, i);
    if (tag > 0 && -tag < negated_limit) continue;
    if (found < 0 || tag < TagAt(words, found)) found = i;
  }
  return found;
}

}  // namespace

TagRange TagsOf(Discipline discipline) {
  using Limits = std::numeric_limits<int64_t>;
  switch (discipline) {
    case Discipline::kByPriority:
      return {0, 32767};
    case Discipline::kByType:
      return {0, Limits::max() - 2};
    case Discipline::kInOrder:
      break;
  }
  return {Limits::min(), Limits::max()};
}

int NextRecord(const ProgramObject& channel, const int64_t* words, int64_t type) {
  if (words[0] == 0) return -1;
  switch (channel.discipline) {
    case Discipline::kInOrder:
      return 0;
    case Discipline::kByPriority:
      return FirstByPriority(words);
    case Discipline::kByType:
      if (type == 0) return 0;
      return type > 0 ? FirstOfType(words, type) : FirstOfLowest(words, type);
  }
  return -1;
}

void PutRecord(int64_t* words, Record record) {
  int64_t* const place = words + 1 + 2 * words[0];
  place[0] = record.value;
  place[1] = record.tag;
  ++words[0];
}

Record TakeRecord(int64_t* words, int place) {
  int64_t* const taken = words + 1 + 2 * place;
  int64_t* const end = words + 1 + 2 * words[0];
  const Record record{taken[0], taken[1]};
  std::copy(taken + 2, end, taken);
  end[-2] = end[-1] = 0;
  --words[0];
  return record;
}

}  // namespace ipclab
