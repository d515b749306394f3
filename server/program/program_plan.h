// A lab program that may be started: compiled, with a mechanism behind each of its objects and the
// links by which the workers reach them. A value; never changes once made.
#pragma once

#include <string>
#include <vector>

#include "common/program/program.h"
#include "common/program/schedule.h"
#include "ipclab/internal/control.pb.h"
#include "ipclab/v1/program.pb.h"

namespace ipclab {

// What is behind one object.
struct ObjectPlan {
  const internal::MechanismRecord* record = nullptr;  // null: it is the lab's own
  v1::ObjectMechanism mechanism = {};                 // every option filled in
};

// One object as a link. Of a channel each sender has an end, and each receiver another one; of all
// else each worker has one, and both lists are all workers.
struct ObjectLinkPlan {
  int object = 0;
  std::vector<int> senders = {};  // the first one hosts
  std::vector<int> receivers = {};
  bool is_channel = false;

  bool operator==(const ObjectLinkPlan&) const = default;
};

struct ProgramPlan {
  std::string source;
  Program program;  // with what the mechanisms decide
  std::vector<ObjectPlan> objects;
  std::vector<ObjectLinkPlan> links;
  std::vector<Choose> schedule;  // steps to be made before it is READY
};

}  // namespace ipclab
