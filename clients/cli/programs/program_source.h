// Which program a command is about: one of the catalogue by its name, or a file of the user's; with
// variant, parameters and mechanisms as the command line gives them.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/cli/connection.h"
#include "clients/cli/failure.h"
#include "ipclab/v1/program_service.pb.h"

namespace CLI {
class App;
}

namespace ipclab::cli {

// What is said of an empty name.
inline constexpr char kNoName[] = "PROGRAM: the name is empty; `ipclab programs` lists all names";

// As typed.
struct ProgramFlags {
  std::string subject;
  std::string variant = {};
  std::vector<std::string> parameters = {};  // "rounds=1000"
  std::vector<std::string> mechanisms = {};  // "counter=sysv_shm", "q=posix_mq,depth=4"
};

// The positional NAME|FILE.lab and the options.
void AddProgramFlags(CLI::App& command, ProgramFlags& flags);

// True of what is a path rather than a name: "my.lab", "./x".
bool IsProgramFile(const std::string& subject);

// What goes into a request must be UTF-8. INVALID_ARGUMENT that names what it is of: "--variant".
absl::Status CheckUtf8(const std::string& what, const std::string& text);

// A text of at most 64 KiB in UTF-8, without a byte order mark. INVALID_ARGUMENT that names the
// file.
absl::StatusOr<std::string> ReadProgramFile(const std::string& path);

// INVALID_ARGUMENT when a file cannot be read or an option makes no sense.
absl::StatusOr<v1::ProgramSpec> ReadProgramFlags(const ProgramFlags& flags);

// The program with its text; of a file only if it can be compiled, else the failure has its
// diagnostics.
std::variant<v1::Program, Failure> FindProgram(Connection& connection, const ProgramFlags& flags,
                                               const v1::ProgramSpec& spec);

// As people know it: "lost_update", "my.lab".
std::string SubjectName(const std::string& subject);

}  // namespace ipclab::cli
