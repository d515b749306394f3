#include "clients/cli/step/end_watch.h"

#include <sys/eventfd.h>

namespace ipclab::cli {
namespace {

bool EndsExperiment(const v1::ExperimentEvent& event) {
  const v1::Experiment::State state =
      event.has_snapshot() ? event.snapshot().state() : event.state_change().to();
  return state >= v1::Experiment::SUCCEEDED;
}

}  // namespace

EndWatch::EndWatch(Connection& connection, const std::string& name, Interrupt& interrupt)
    : ended_(::eventfd(0, EFD_CLOEXEC)),
      context_(connection.NewStream()),
      guard_(interrupt, *context_),
      thread_([this, &connection, name] {
        v1::WatchExperimentRequest request;
        request.set_name(name);
        const auto stream = connection.experiments().WatchExperiment(context_.get(), request);
        v1::ExperimentEvent event;
        while (stream->Read(&event) && !EndsExperiment(event)) {
        }
        context_->TryCancel();
        (void)stream->Finish();
        ::eventfd_write(ended_.get(), 1);
      }) {}

EndWatch::~EndWatch() {
  context_->TryCancel();
  thread_.join();
}

}  // namespace ipclab::cli
