// The course of a program so far: every step that was made, and the state that they lead to by the
// lab's model. What the workers do is compared with it.
//
// A value without I/O; used by who steps experiments, and by who replays schedules without any.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/program/apply.h"
#include "common/program/program.h"
#include "common/program/schedule.h"

namespace ipclab {

// A step, and what it did.
struct MadeStep {
  int64_t number = 0;  // the first is 1
  bool preemption = false;
  bool woke_one_of_several = false;
  Event event = {};
  std::string failed_check = {};  // and by which values, where it failed with this step
};

// What was done in all, that which was rewound too.
struct CourseTally {
  int64_t hand_offs = 0;
  std::vector<int64_t> steps;          // by worker
  std::vector<int64_t> blocked_steps;  // by worker: of others, while it was blocked
};

class Course {
 public:
  // At step 0. program must outlive this and its copies, and not change.
  explicit Course(const Program& program);

  const Program& program() const { return *program_; }
  const int64_t* state() const { return state_.data(); }
  const PrintLog& prints() const { return *prints_; }
  const std::vector<Choose>& steps() const { return steps_; }
  int64_t step() const { return static_cast<int64_t>(steps_.size()); }
  // Who made the newest step; -1 at step 0.
  int last_worker() const { return steps_.empty() ? -1 : steps_.back().worker; }
  int64_t preemptions() const { return preemptions_; }
  // What the steps took, as Event::instructions has it.
  int64_t instructions() const { return instructions_; }
  // It is as long as a course may be.
  bool is_full() const {
    return step() >= ProgramLimits::kSteps || instructions_ >= ProgramLimits::kCourseInstructions;
  }
  // Steps of each worker since step 0.
  const std::vector<int64_t>& steps_of() const { return steps_of_; }
  const CourseTally& tally() const { return tally_; }
  // The first check that failed, with the values that it was seen by; empty for none.
  const std::string& failure() const { return failure_; }

  // The whole course, as FormatSchedule has it, without going through it again.
  std::string schedule() const;

  // A step of a worker that is ready. Made again it is not counted in the tally.
  MadeStep Make(Choose choice);
  MadeStep MakeAgain(Choose choice);

  // Back to an earlier step.
  void Rewind(int64_t step);

  // At step 0, instead of what the model says: what a free run has left and printed.
  void Replace(const std::vector<int64_t>& state, const PrintLog& prints);

 private:
  void Begin();
  void AddItem(Choose choice, bool preemption);

  const Program* program_;
  std::string heading_;
  std::vector<int64_t> state_;
  std::shared_ptr<PrintLog> prints_;
  std::vector<Choose> steps_;
  std::vector<int64_t> steps_of_;
  int64_t preemptions_ = 0;
  int64_t instructions_ = 0;
  std::string failure_;
  CourseTally tally_;

  // The items of the schedule: those that are complete, and the last one.
  std::string items_;
  Choose last_ = {};
  int64_t last_count_ = 0;
};

}  // namespace ipclab
