// What a client wants of a program's next steps: who makes them, how many, and where they end. Read
// from its request against the program as it stands. Pure.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "common/program/program.h"
#include "common/program/words.h"
#include "ipclab/v1/experiment_service.pb.h"
#include "server/errors.h"
#include "server/program/course.h"

namespace ipclab {

class Aim {
 public:
  using Stopped = v1::StepExperimentResponse::Stopped;

  // choice and until may be empty; count nullopt: as many as it takes. INVALID_ARGUMENT with
  // everything that makes no sense, FAILED_PRECONDITION when the worker that is named cannot make
  // the first step.
  static absl::StatusOr<Aim> Of(const Course& course, const v1::Choice& choice,
                                std::optional<int64_t> count, const v1::Until& until);

  // Why no step can be made, or is to be made, here; nullopt when one can.
  std::optional<Stopped> WhyNot(const Course& course) const;

  // Who makes the next step. When there is nothing against it.
  Choose Next(const Course& course) const;

  // That step was made: why it is the last one; nullopt when it need not be.
  std::optional<Stopped> WhyStop(const Course& course, const MadeStep& made);

 private:
  Aim() = default;

  // Add what is wrong in it.
  void ReadChoice(const Course& course, const v1::Choice& choice,
                  std::vector<FieldViolation>& wrong);
  void ReadUntil(const Course& course, const v1::Until& until, std::vector<FieldViolation>& wrong);
  absl::Status CheckFirst(const Course& course) const;
  bool IsThere(const Course& course) const;
  bool IsReached(const Course& course, const MadeStep& made);
  std::vector<int64_t> WordsOfObject(const Course& course) const;

  int worker_ = -1;  // -1: the policy chooses
  v1::Choice::Policy policy_ = v1::Choice::KEEP;
  uint64_t seed_ = 0;
  int wakes_ = -1;  // of the first step
  std::optional<int64_t> count_;
  int64_t made_ = 0;

  v1::Until::PointCase point_ = v1::Until::POINT_NOT_SET;
  int64_t until_step_ = 0;
  LabelSet labels_;
  int object_ = -1;
  std::vector<int64_t> object_words_;  // as they were after the step before
  int until_worker_ = -1;
  std::shared_ptr<const Program> with_predicate_;  // the program, and the predicate's code
  int predicate_ = -1;
};

}  // namespace ipclab
