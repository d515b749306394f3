// Questions about the program that is stepped, which the lab's model answers beside it: which
// schedule fails, and why this one does.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "clients/cli/connection.h"
#include "clients/cli/interrupt.h"
#include "clients/cli/terminal.h"
#include "common/unique_fd.h"
#include "ipclab/v1/explore.pb.h"

namespace ipclab::cli {

// An answer in a sentence.
struct StepAnswer {
  std::string text;
  Tone tone = Tone::kPlain;
};

// A search for a schedule that fails, from step 0, on a thread of its own.
class StepSearch {
 public:
  struct Outcome {
    std::string schedule;  // that fails; empty: none was found
    StepAnswer answer;
  };

  StepSearch(Connection& connection, v1::ProgramSpec spec, Interrupt& interrupt);
  StepSearch(const StepSearch&) = delete;
  StepSearch& operator=(const StepSearch&) = delete;
  ~StepSearch();

  // Readable once it has ended.
  int fd() const { return done_.get(); }

  // Ends it before its time. Its outcome comes soon.
  void Stop() { context_->TryCancel(); }

  // Waits for the end.
  Outcome Finish();

 private:
  void Run();

  Connection& connection_;
  v1::ExploreProgramRequest request_;
  Interrupt& interrupt_;
  UniqueFd done_;
  std::unique_ptr<grpc::ClientContext> context_;
  Outcome outcome_;  // the thread's until it has ended
  std::thread thread_;
};

// What came of a search that was not stopped.
StepSearch::Outcome OutcomeOfSearch(const v1::Exploration& exploration);

// Why the schedule fails. source: the text of a program that is not the catalogue's.
StepAnswer ExplainFailure(Connection& connection, const std::string& schedule,
                          const std::string& source, Interrupt& interrupt);

}  // namespace ipclab::cli
