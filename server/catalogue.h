// The mechanisms as the zygote found them on this host. A value; never changes once made.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ipclab/internal/control.pb.h"
#include "ipclab/v1/mechanism.pb.h"

namespace ipclab {

class Catalogue {
 public:
  explicit Catalogue(const internal::Hello& hello);

  // In the order of the workers' list.
  const std::vector<internal::MechanismRecord>& records() const { return records_; }

  // Null when there is none.
  const internal::MechanismRecord* Find(std::string_view id) const;

  // What to say to somebody who asked for an id that does not exist: the nearest one, or all.
  std::string Hint(std::string_view id) const;

  // The mechanism named "mechanisms/{id}"; NOT_FOUND with the hint.
  absl::StatusOr<v1::Mechanism> Get(const std::string& name) const;

 private:
  std::vector<internal::MechanismRecord> records_;
};

}  // namespace ipclab
