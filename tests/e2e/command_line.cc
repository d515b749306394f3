#include "tests/e2e/command_line.h"

#include <google/protobuf/util/json_util.h>

#include "gtest/gtest.h"

namespace ipclab {

Ran Finish(ChildProgram& program) {
  Ran ran;
  while (auto line = program.AwaitLine()) ran.lines.push_back(*line);
  ran.exit_code = program.AwaitExit();
  ran.complaints = program.Complaints();
  return ran;
}

std::map<std::string, std::string> ShellVariables(const LabServer& server) {
  return {{"XDG_RUNTIME_DIR", server.folder()}, {"NO_COLOR", "1"}};
}

std::unique_ptr<ChildProgram> StartIpclab(const LabServer& server,
                                          const std::vector<std::string>& arguments,
                                          bool with_server) {
  std::vector<std::string> words = {IPCLAB_CLI};
  words.insert(words.end(), arguments.begin(), arguments.end());
  if (with_server) {
    words.emplace_back("--server");
    words.push_back(server.unix_address());
  }
  return std::make_unique<ChildProgram>(words, ShellVariables(server));
}

Ran Ipclab(const LabServer& server, const std::vector<std::string>& arguments, bool with_server) {
  return Finish(*StartIpclab(server, arguments, with_server));
}

google::protobuf::Struct Json(const std::string& line) {
  google::protobuf::Struct object;
  const auto status = google::protobuf::util::JsonStringToMessage(line, &object);
  EXPECT_TRUE(status.ok()) << line;
  return object;
}

std::string Field(const std::string& line, const std::string& key) {
  const auto object = Json(line);
  const auto field = object.fields().find(key);
  return field == object.fields().end() ? "" : field->second.string_value();
}

}  // namespace ipclab
