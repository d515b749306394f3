// A real ipclabd with real workers, in a fresh folder of its own: nothing of it touches what else
// the host runs. When the test is over the server is stopped, and whatever it left behind fails the
// test: a process, an IPC object, a file other than its state.
//
// Usage:
//   LabServer server({.scripted = true});
//   const v1::Experiment experiment = server.client().CreateAndFinish(Measure("exit3_in_send"));
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/lab_client.h"
#include "tests/support/program.h"

namespace ipclab {

class LabServer {
 public:
  struct Options {
    bool scripted = false;  // with the mechanisms of scripted_mechanisms.h
    bool tcp = false;       // listens on loopback TCP too, on a port that the kernel chooses
    std::vector<std::string> flags = {};
  };

  LabServer() : LabServer(Options()) {}
  explicit LabServer(Options options);
  LabServer(const LabServer&) = delete;
  LabServer& operator=(const LabServer&) = delete;
  ~LabServer();

  // Of the server that runs now. What was kept of the one before a restart is of no use any more.
  const LabClient& client() const { return *client_; }

  pid_t pid() const { return program_->pid(); }
  // As the server says at this moment.
  pid_t ZygotePid() const { return client().Info()->zygote_pid(); }
  // All processes of this server: itself, the zygote, workers.
  std::vector<pid_t> Processes() const;

  const std::string& folder() const { return folder_; }
  std::string state_folder() const { return folder_ + "/state"; }
  std::string unix_address() const { return "unix:" + folder_ + "/s"; }
  // "127.0.0.1:port" with tcp.
  const std::string& tcp_address() const { return tcp_address_; }
  // What the server wrote to "token".
  std::string Token() const;
  // Names in /dev/shm that bear this server's tag, and FIFOs and sockets in its run folder.
  std::vector<std::string> IpcObjects() const;

  // SIGKILL, and waits for the end of this process alone.
  void Kill();
  // SIGTERM. Its exit code; nullopt when it would not end. What is left is checked at the end.
  std::optional<int> Terminate(absl::Duration patience = kPatience);
  void Signal(int signal) { program_->Signal(signal); }
  std::optional<int> AwaitExit(absl::Duration patience = kPatience);
  // Starts it again on the same state, after Kill or Terminate.
  void Restart();

  // A further server on the same folder, with other flags than these in their place.
  std::unique_ptr<ChildProgram> StartAnother(const std::vector<std::string>& flags) const;

  // What the server has complained about.
  std::string Complaints() const { return program_->Complaints(); }

 private:
  void Start();
  void ExpectNothingLeft() const;
  std::string Marker() const { return "XDG_RUNTIME_DIR=" + folder_; }

  const Options options_;
  std::string folder_;
  std::unique_ptr<ChildProgram> program_;
  std::unique_ptr<LabClient> client_;
  std::string tcp_address_;
  std::string instance_;
  bool killed_ = false;  // so that it could not remove its socket
};

}  // namespace ipclab
