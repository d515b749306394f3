// One experiment that is stepped, with its stream; and the free runs beside it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <variant>

#include "clients/cli/programs/drive_stream.h"
#include "clients/cli/programs/program_experiment.h"
#include "clients/cli/terminal.h"

namespace ipclab::cli {

// A parked program that is driven. Cancelled and deleted when it is destroyed.
class StepExperiment {
 public:
  // Creates it and waits until it is parked; or why it cannot be.
  static std::variant<std::unique_ptr<StepExperiment>, Failure> Start(Connection& connection,
                                                                      const v1::ProgramSpec& spec,
                                                                      Interrupt& interrupt);

  // How its program stood when it was parked.
  const v1::ProgramView& first_view() const { return first_view_; }

  const std::string& name() const { return experiment_.name(); }
  DriveStream& stream() { return *stream_; }

 private:
  explicit StepExperiment(Connection& connection) : experiment_(connection, "step") {}

  TemporaryExperiment experiment_;
  v1::ProgramView first_view_;
  std::optional<DriveStream> stream_;
};

// One free run, on a thread of its own.
class FreeRun {
 public:
  // What came of it, in a sentence.
  struct Outcome {
    std::string text;
    Tone tone = Tone::kPlain;
  };

  FreeRun(Connection& connection, v1::ProgramSpec spec, Interrupt& interrupt);
  FreeRun(const FreeRun&) = delete;
  FreeRun& operator=(const FreeRun&) = delete;
  ~FreeRun();

  // Readable once it has ended.
  int fd() const { return done_.get(); }

  // Ends it before its time. Its outcome comes soon.
  void Stop();

  // Waits for the end.
  Outcome Finish();

 private:
  void Run();

  Connection& connection_;
  const v1::ProgramSpec spec_;
  Interrupt& interrupt_;
  UniqueFd done_;
  TemporaryExperiment experiment_;
  Outcome outcome_;  // the thread's until it has ended
  std::thread thread_;
};

}  // namespace ipclab::cli
