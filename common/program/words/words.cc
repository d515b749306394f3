#include "common/program/words.h"

#include <bit>
#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "common/program/words/phrases.h"

namespace ipclab {
namespace {

std::string SleepersText(const WaiterQueue& queue) {
  if (queue.count == 0) return "nobody waits";
  std::vector<int> sleepers;
  for (int i = 0; i < queue.count; ++i) sleepers.push_back(queue.at(i));
  return absl::StrCat(Letters(sleepers), queue.count == 1 ? " sleeps" : " sleep");
}

std::string CellsText(const Program& program, const ProgramObject& object, const int64_t* words) {
  if (!object.is_array) return ValueText(program, words[0]);
  std::string text = "[";
  for (int i = 0; i < object.size; ++i) {
    absl::StrAppend(&text, i == 0 ? "" : ", ", ValueText(program, words[i]));
  }
  return text + "]";
}

}  // namespace

std::string ValueText(const Program& program, int64_t value) {
  const auto index = static_cast<uint64_t>(value) - static_cast<uint64_t>(kStringBase);
  if (index < program.strings.size()) return absl::StrCat("\"", program.strings[index], "\"");
  return absl::StrCat(value);
}

std::string ErrorText(int error) {
  if (error == 0) return "";
  const char* const name = ::strerrorname_np(error);
  return name != nullptr ? name : absl::StrCat("errno ", error);
}

std::string ObjectText(const Program& program, const int64_t* state, int object) {
  const ProgramObject& described = program.objects[object];
  const int64_t* const words = state + described.offset;
  const auto bits = [words](int i) { return static_cast<uint64_t>(words[i]); };
  switch (described.kind) {
    case ObjectKind::kCells:
      return CellsText(program, described, words);
    case ObjectKind::kMutex:
      if (words[0] == 0) return "free";
      return absl::StrCat("held by ", LetterOf(static_cast<int>(words[0]) - 1));
    case ObjectKind::kSemaphore:
      return absl::StrCat(words[0]);
    case ObjectKind::kCondition:
      return SleepersText(*reinterpret_cast<const WaiterQueue*>(words));
    case ObjectKind::kRwLock:
      if (words[0] != 0) {
        return absl::StrCat("held by ", LetterOf(static_cast<int>(words[0]) - 1), " to write");
      }
      if (words[1] != 0) return absl::StrCat("held by ", Letters(WorkersOf(bits(1))), " to read");
      return "free";
    case ObjectKind::kBarrier: {
      std::string text =
          absl::StrCat(std::popcount(bits(0)), " of ", described.size, " have arrived");
      if (words[1] != 0) absl::StrAppend(&text, ", ", Letters(WorkersOf(bits(1))), " may leave");
      return text;
    }
    case ObjectKind::kChannel:
      return absl::StrCat(words[0], " of ", RecordsText(described.size));
    case ObjectKind::kCritical:
      return words[0] == 0 ? "nobody inside" : absl::StrCat(Letters(WorkersOf(bits(0))), " inside");
  }
  return "";
}

std::string PrintedText(const Program& program, const Printed& printed) {
  std::string text = absl::StrCat(LetterOf(printed.worker), ": ");
  int next = 0;
  for (const PrintPiece& piece : program.prints[printed.print]) {
    if (!piece.is_value) {
      text += piece.text;
    } else if (next < kMaxPrintValues) {
      const int64_t value = printed.values[next++];
      const auto index = static_cast<uint64_t>(value) - static_cast<uint64_t>(kStringBase);
      // Strings are printed as they are, without quotes.
      text += index < program.strings.size() ? program.strings[index] : absl::StrCat(value);
    }
  }
  return text;
}

}  // namespace ipclab
