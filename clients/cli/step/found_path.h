// A schedule that a search found, and where the course of the steps so far stands on it.
#pragma once

#include <string>

#include "common/program/schedule.h"

namespace ipclab::cli {

struct PathStand {
  enum Kind {
    kOn,   // next goes on along it
    kOff,  // the course went another way
    kEnd,  // all of it is made
  };
  Kind kind = kOff;
  Choose next = {};
};

// path and course: schedules, whole or their items alone.
PathStand StandOn(const std::string& path, const std::string& course);

}  // namespace ipclab::cli
