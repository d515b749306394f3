// The orders that experiments are listed in. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ipclab/v1/experiment.pb.h"

namespace ipclab {

// Where an experiment stands in an order. Of two places in one order the lesser comes first.
struct Place {
  std::vector<int64_t> keys;  // what it is sorted by, turned round where it goes down
  std::string name;           // decides between equal ones
};

class ExperimentOrder {
 public:
  // "state, create_time desc"; empty: create_time desc. INVALID_ARGUMENT with a sentence without a
  // subject, for a violation of order_by: the first mistake.
  static absl::StatusOr<ExperimentOrder> Parse(const std::string& order_by);

  Place PlaceOf(const v1::Experiment& experiment) const;
  bool Before(const Place& left, const Place& right) const;

  // As text that Decode understands; nullopt for one that is none of this order.
  static std::string Encode(const Place& place);
  std::optional<Place> Decode(const std::string& text) const;

 private:
  struct Key {
    size_t field;
    bool descending;
  };

  std::vector<Key> keys_;
  bool name_descending_ = false;
};

}  // namespace ipclab
