#include "clients/cli/programs/verdict_text.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace ipclab::cli {

std::string VerdictWord(const v1::ProgramVerdict& verdict) {
  if (verdict.deadlocked()) return "DEADLOCK";
  return verdict.failing() ? "CHECK FAILED" : "DONE";
}

std::string VerdictSentence(const v1::ProgramVerdict& verdict) {
  std::vector<std::string> parts;
  const std::string waits = absl::StrJoin(verdict.waits(), "; ");
  if (!waits.empty()) parts.push_back(waits);
  // Of a deadlock the check says only that it is one.
  if (!verdict.failed_check().empty() && !(verdict.deadlocked() && !waits.empty())) {
    parts.push_back(verdict.failed_check());
  }
  if (!verdict.outcome().empty() && !verdict.deadlocked()) {
    parts.push_back(absl::StrCat("outcome ", verdict.outcome()));
  }
  if (!verdict.failing()) parts.emplace_back("every check holds");
  parts.insert(parts.end(), verdict.notices().begin(), verdict.notices().end());
  return absl::StrJoin(parts, "; ");
}

}  // namespace ipclab::cli
