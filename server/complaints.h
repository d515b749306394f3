// What is wrong with a request and what the host lacks for it, collected while it is validated.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "server/errors.h"

namespace ipclab {

struct Complaints {
  std::vector<FieldViolation> violations;
  std::vector<Precondition> preconditions;

  void Wrong(std::string field, std::string description) {
    violations.push_back({std::move(field), std::move(description)});
  }
  void Lacks(std::string type, std::string subject, std::string description) {
    preconditions.push_back({std::move(type), std::move(subject), std::move(description)});
  }
};

}  // namespace ipclab
