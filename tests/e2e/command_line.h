// The real ipclab, run as scripts run it: its lines, its complaints and its exit code.
#pragma once

#include <google/protobuf/struct.pb.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/lab_server.h"
#include "tests/support/program.h"

namespace ipclab {

struct Ran {
  std::optional<int> exit_code;
  std::vector<std::string> lines;
  std::string complaints;

  std::string text() const {
    std::string all;
    for (const std::string& line : lines) all += line + "\n";
    return all;
  }
};

// All that the program says until its end.
Ran Finish(ChildProgram& program);

// The environment that a user's shell would have, were the server's folder the user's own.
std::map<std::string, std::string> ShellVariables(const LabServer& server);

// Starts it with the server's address behind the arguments; without, it finds none.
std::unique_ptr<ChildProgram> StartIpclab(const LabServer& server,
                                          const std::vector<std::string>& arguments,
                                          bool with_server = true);

// Runs it to its end.
Ran Ipclab(const LabServer& server, const std::vector<std::string>& arguments,
           bool with_server = true);

// The object of one line.
google::protobuf::Struct Json(const std::string& line);

// A text of that object; empty where there is none.
std::string Field(const std::string& line, const std::string& key);

}  // namespace ipclab
