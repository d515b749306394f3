#include "tests/support/lab_server.h"

#include <signal.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <utility>

#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/support/process_ends.h"

namespace ipclab {

namespace fs = std::filesystem;

namespace {

constexpr char kListening[] = "listening on ";

std::string MakeFolder() {
  std::string folder = testing::TempDir() + "ipclab-e2e-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) ADD_FAILURE() << "mkdtemp: " << errno;
  return folder;
}

// A sanitizer's own handler would turn the death by SIGSEGV that a test wants into an exit code.
std::string WithoutHandlers(const char* variable) {
  const char* const value = std::getenv(variable);
  return (value != nullptr ? std::string(value) + ":" : "") + "handle_segv=0";
}

std::map<std::string, std::string> Environment(const std::string& folder) {
  std::map<std::string, std::string> environment = {{"XDG_RUNTIME_DIR", folder},
                                                    {"XDG_STATE_HOME", folder}};
  for (const char* sanitizer : {"ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"}) {
    environment[sanitizer] = WithoutHandlers(sanitizer);
  }
  return environment;
}

}  // namespace

LabServer::LabServer(Options options) : options_(std::move(options)), folder_(MakeFolder()) {
  Start();
}

LabServer::~LabServer() {
  if (program_->running()) {
    EXPECT_EQ(Terminate(), 0) << Complaints();
  }
  ExpectNothingLeft();
  if (testing::Test::HasFailure()) fprintf(stderr, "the server said:\n%s\n", Complaints().c_str());
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void LabServer::Start() {
  std::vector<std::string> arguments = {IPCLAB_SERVER, "--listen", unix_address(), "--state-dir",
                                        state_folder()};
  if (options_.tcp) arguments.insert(arguments.end(), {"--listen", "127.0.0.1:0"});
  if (options_.scripted) {
    arguments.insert(arguments.end(), {"--worker-binary", IPCLAB_SCRIPTED_WORKER});
  }
  arguments.insert(arguments.end(), options_.flags.begin(), options_.flags.end());
  program_ = std::make_unique<ChildProgram>(arguments, Environment(folder_));
  for (int expected = options_.tcp ? 2 : 1; expected > 0; --expected) {
    const std::string line = program_->AwaitLine().value_or("");
    if (!line.starts_with(kListening)) {
      ADD_FAILURE() << "the server does not listen: \"" << line << "\" " << Complaints();
      break;
    }
    const std::string address = line.substr(sizeof kListening - 1);
    if (!address.starts_with("unix:")) tcp_address_ = address;
  }
  killed_ = false;
  client_ = std::make_unique<LabClient>(unix_address());
  instance_ = client_->Info()->instance();
}

std::vector<pid_t> LabServer::Processes() const { return ProcessesWith(Marker()); }

std::string LabServer::Token() const {
  std::ifstream file(state_folder() + "/token");
  std::string token;
  std::getline(file, token);
  return token;
}

std::vector<std::string> LabServer::IpcObjects() const {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/dev/shm", error)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("ipclab-" + instance_ + "-")) names.push_back(entry.path().string());
  }
  for (const auto& entry : fs::recursive_directory_iterator(folder_ + "/ipclab", error)) {
    names.push_back(entry.path().string());
  }
  return names;
}

void LabServer::Kill() {
  Signal(SIGKILL);
  AwaitExit();
}

std::optional<int> LabServer::Terminate(absl::Duration patience) {
  Signal(SIGTERM);
  return AwaitExit(patience);
}

std::optional<int> LabServer::AwaitExit(absl::Duration patience) {
  const std::optional<int> code = program_->AwaitExit(patience);
  if (code == -SIGKILL) killed_ = true;
  return code;
}

void LabServer::Restart() {
  EXPECT_FALSE(program_->running()) << "stop it first";
  Start();
}

std::unique_ptr<ChildProgram> LabServer::StartAnother(const std::vector<std::string>& flags) const {
  std::vector<std::string> arguments = {IPCLAB_SERVER};
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  return std::make_unique<ChildProgram>(arguments, Environment(folder_));
}

void LabServer::ExpectNothingLeft() const {
  // After the server's own end its zygote still kills, removes and leaves.
  EXPECT_TRUE(ProcessGroup(Processes()).AwaitEnd(kPatience).has_value())
      << "processes of the server are left";
  EXPECT_EQ(IpcObjects(), std::vector<std::string>());
  for (const auto& entry : fs::directory_iterator(folder_)) {
    const std::string name = entry.path().filename().string();
    const bool of_socket = name == "s" || name == "s.lock";
    EXPECT_TRUE(name == "state" || name == "ipclab" || (of_socket && killed_))
        << "a file is left: " << name;
  }
}

}  // namespace ipclab
