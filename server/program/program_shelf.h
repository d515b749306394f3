// The lab programs of the catalogue: one text file each in a folder, compiled when the server
// starts. A file that cannot be compiled is not in it, and is complained of.
//
// A value; never changes once made.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/program/program.h"

namespace ipclab {

struct ShelvedProgram {
  std::string id;  // "lost_update"
  std::string source;
  Program program;  // with its first variant and its own parameters
};

class ProgramShelf {
 public:
  ProgramShelf() = default;

  // Every *.lab of the folder. One that is not there, or not given, makes an empty shelf and a
  // complaint.
  static ProgramShelf Load(const std::string& folder);

  // By id.
  const std::vector<ShelvedProgram>& programs() const { return programs_; }

  // What the administrator should know: one sentence for each file that is not in it.
  const std::vector<std::string>& complaints() const { return complaints_; }

  // Null when there is none.
  const ShelvedProgram* Find(std::string_view id) const;

  // What to say to somebody who asked for an id that does not exist.
  std::string Hint(std::string_view id) const;

 private:
  void Add(const std::string& id, const std::string& path);

  std::vector<ShelvedProgram> programs_;
  std::vector<std::string> complaints_;
};

// The id of "lost_update" or "programs/lost_update"; empty for what can be neither.
std::string ProgramIdOf(const std::string& name);

}  // namespace ipclab
