#include "clients/cli/step/object_pane.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/step/glyphs.h"

namespace ipclab::cli {
namespace {

using Object = v1::ProgramObject;

constexpr size_t kLongestObjectName = 16;
constexpr size_t kLongestMechanism = 18;
constexpr size_t kColumnsForMechanisms = 64;
constexpr char kColumnBar[] = " | ";
constexpr size_t kColumnBarColumns = 3;

// The index of the object that the last step touched; -1 before the first.
int TouchedObject(const StepScreen& screen) {
  if (screen.history.empty()) return -1;
  const std::string& name = screen.history.back().object();
  for (int i = 0; i < screen.view.objects_size(); ++i) {
    const std::string& each = screen.view.objects(i).name();
    // Of an array of cells the operation may name the cell: "a[2]".
    if (!name.empty() && (each == name || absl::StartsWith(name, absl::StrCat(each, "[")))) {
      return i;
    }
  }
  return -1;
}

int TopObject(const StepScreen& screen, size_t rows) {
  const auto shown = static_cast<int>(rows);
  const int touched = TouchedObject(screen);
  return touched < shown ? 0 : std::min(touched - shown / 2, screen.view.objects_size() - shown);
}

size_t Widest(const StepScreen& screen, size_t most, std::string (*text)(const Object&)) {
  size_t widest = 0;
  for (const Object& object : screen.view.objects()) {
    widest = std::max(widest, ColumnsTaken(Screened(text(object))));
  }
  return std::min(widest, most);
}

std::string NameOf(const Object& object) { return object.name(); }
std::string MechanismOf(const Object& object) {
  return object.mechanism().empty() ? "the lab's own" : object.mechanism();
}

// "sem_getvalue: 0" is "0 (sem_getvalue)", or "0" alone where room is short.
std::string KernelText(const Object& object, bool wide) {
  const std::string& told = object.kernel_value();
  if (!told.empty()) {
    const size_t call = told.find(": ");
    if (call == std::string::npos) return WithShortStrings(told);
    return absl::StrCat(told.substr(call + 2),
                        wide ? absl::StrCat(" (", told.substr(0, call), ")") : "");
  }
  if (object.mechanism().empty()) return wide ? "" : "-";
  return wide && !object.kernel_absent().empty() ? absl::StrCat("- ", object.kernel_absent()) : "-";
}

size_t WidestKernel(const StepScreen& screen, bool wide) {
  size_t widest = 0;
  for (const Object& object : screen.view.objects()) {
    widest = std::max(widest, ColumnsTaken(Screened(KernelText(object, wide))));
  }
  return widest;
}

}  // namespace

std::string ObjectValueText(const Object& object) {
  std::string text = WithShortStrings(object.value());
  std::vector<std::string> records;
  for (const v1::ProgramRecord& record : object.records()) {
    const std::string value = WithShortStrings(record.value());
    records.push_back(record.tag() == 0 ? value : absl::StrCat(value, "/", record.tag()));
  }
  if (!records.empty()) absl::StrAppend(&text, ": ", absl::StrJoin(records, " "));
  if (object.waiters_size() > 0) {
    absl::StrAppend(&text, "; ", absl::StrJoin(object.waiters(), " "),
                    object.waiters_size() == 1 ? " waits" : " wait");
  }
  return text;
}

StyledLines ObjectLines(const StepScreen& screen, size_t columns, size_t rows, Scrolls& scrolls) {
  const int count = screen.view.objects_size();
  const auto shown = std::min(static_cast<int>(rows), count);
  const int by_itself = TopObject(screen, rows);
  scrolls.objects = std::clamp(by_itself + scrolls.objects, 0, count - shown) - by_itself;
  const int top = by_itself + scrolls.objects;

  const bool wide = columns >= kColumnsForMechanisms;
  const size_t names = Widest(screen, kLongestObjectName, NameOf);
  const size_t mechanisms = wide ? Widest(screen, kLongestMechanism, MechanismOf) + 1 : 0;
  // The kernel's word is shorter, and cut off last.
  const size_t kernels = std::min(WidestKernel(screen, wide), columns * 2 / 5);
  const size_t taken = 1 + names + 1 + mechanisms + kColumnBarColumns + kernels;
  const size_t values = Widest(screen, columns - std::min(columns, taken), ObjectValueText);
  StyledLines lines;
  const int touched = TouchedObject(screen);
  for (int i = top; i < top + shown; ++i) {
    const Object& object = screen.view.objects(i);
    StyledLine line(i == touched ? ">" : " ", kStrongStyle);
    line.Add(LastColumns(Screened(object.name()), names), kStrongStyle).PadTo(1 + names + 1);
    if (wide) {
      line.Add(StyledLine(MechanismOf(object), kFaintStyle).CutTo(mechanisms - 1));
      line.PadTo(1 + names + 1 + mechanisms);
    }
    const std::string kernel = KernelText(object, wide);
    const bool shared = !kernel.empty();
    const size_t before = line.columns();
    line.Add(StyledLine(ObjectValueText(object)).CutTo(shared ? values : columns - before));
    line.PadTo(before + values);
    if (shared) line.Add(kColumnBar, kFaintStyle).Add(kernel, kFaintStyle);
    lines.push_back(line.CutTo(columns));
  }
  return lines;
}

std::string ObjectTitle(const StepScreen& screen, size_t rows, const Scrolls& scrolls) {
  constexpr char kTitle[] = "objects: the lab | the kernel";
  const int count = screen.view.objects_size();
  if (count <= static_cast<int>(rows)) return kTitle;
  const int top = TopObject(screen, rows) + scrolls.objects;
  return absl::StrCat("objects ", top + 1, "-", top + static_cast<int>(rows), " of ", count);
}

}  // namespace ipclab::cli
