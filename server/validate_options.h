// The options of a mechanism in a request, against those that it lists.
#pragma once

#include <string>

#include "google/protobuf/map.h"
#include "ipclab/v1/mechanism.pb.h"
#include "server/complaints.h"

namespace ipclab {

// Complains of every option that there is not or that cannot have its value, and fills in the
// defaults of those that are absent.
// field: where they are in the request: "spec.measure.options".
void CheckOptions(google::protobuf::Map<std::string, std::string>& given, const std::string& field,
                  const v1::Mechanism& mechanism, Complaints& complaints);

}  // namespace ipclab
