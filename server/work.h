// What the workers of one experiment are there for: to measure, or to execute a program. The
// experiment sees to their life and death, its work to what they do in between.
//
// A work has at most one order: what the workers are to do next, or are doing. The experiment says
// when it may begin, and is told by the crew when a leg of it is over.
//
// Strand only; owned by its experiment.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ipclab/v1/experiment.pb.h"
#include "ipclab/v1/experiment_service.pb.h"
#include "server/crew.h"
#include "server/feeds/event_feed.h"
#include "server/work_time.h"

namespace ipclab {

class Work {
 public:
  using StepReply = std::function<void(absl::StatusOr<v1::StepExperimentResponse>)>;

  // What the experiment lends to its work.
  class Place {
   public:
    // Null before the workers are started and after they are gone.
    virtual Crew* crew() = 0;
    virtual WorkTime& time() = 0;
    virtual EventFeed& events() = 0;
    virtual const v1::Experiment& record() const = 0;
    virtual int64_t step() const = 0;
    virtual void SetStep(int64_t step) = 0;
    // Something went wrong with the work: the experiment ends for this cause.
    virtual void EndBecause(const v1::End& cause) = 0;

   protected:
    ~Place() = default;
  };

  // What came of a leg.
  enum class LegEnd {
    kGoesOn,  // the workers are off again
    kParked,  // the order was carried out or cut short
    kDone,    // the workers have nothing left to do
  };

  virtual ~Work() = default;

  // The workers are connected: takes them to where they begin. False: they are off to there, and
  // OnLegDone says when they are.
  virtual bool Prepare() { return true; }

  // What is asked for becomes the order, unless there is nothing to do for it. Nothing is ordered
  // yet. Who steps is answered here when there is nothing to do, or it is refused; else by Answer,
  // Drop or Fail.
  virtual absl::Status OrderRun(const v1::RunExperimentRequest& request) = 0;
  virtual void OrderStep(const v1::StepExperimentRequest& request, StepReply reply) = 0;
  virtual absl::Status OrderRewind(int64_t step) = 0;

  // There is an order; it is a step.
  virtual bool busy() const = 0;
  virtual bool stepping() const = 0;
  // The order is to be carried out on CPUs of its own.
  virtual bool NeedsCpus() const = 0;
  // Why the order cannot be cut short; empty where it can.
  virtual std::string WhyNoPause() const { return ""; }
  // The order is just this run.
  virtual bool IsSame(const v1::RunExperimentRequest& request) const = 0;

  // The order may begin: all workers are parked, and their CPUs are theirs. The workers are sent
  // off before everything that nobody waits for.
  virtual void Begin() = 0;
  // Makes the workers end their leg soon.
  virtual void Stop() = 0;
  // pausing: Stop was called.
  virtual LegEnd OnLegDone(bool pausing) = 0;
  // After kParked or kDone: answers who steps, and writes the log. There is no order any more.
  virtual void Answer() = 0;

  // After kDone: lets every worker end by itself.
  virtual void Finish() = 0;

  // The order has not begun, and will not.
  virtual void Drop() = 0;
  // The workers are gone, perhaps in the middle of a leg: keeps what they did.
  virtual void CutShort() = 0;
  // After CutShort: who steps gets the error.
  virtual void Fail(const absl::Status& status) = 0;

  // Grows as long as the workers get on.
  virtual uint64_t Progress() = 0;
  // What may be the matter when they do not, as the end of a sentence; empty where nobody knows.
  virtual std::string HintAtStall() const { return ""; }
  // Adds how it stands; the workers are parked or gone.
  virtual void Describe(v1::Experiment&) {}
  // Of this moment.
  virtual v1::Metrics ReadMetrics() = 0;
  // What it all came to, for the experiment as it ended; nullopt where there is nothing.
  virtual std::optional<v1::Result> ToResult(const v1::Experiment& experiment) = 0;
};

}  // namespace ipclab
