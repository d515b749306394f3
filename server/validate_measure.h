// The measurement in a request, against the catalogue and the limits.
#pragma once

#include <string>

#include "google/protobuf/duration.pb.h"
#include "ipclab/internal/control.pb.h"
#include "ipclab/v1/experiment.pb.h"
#include "server/catalogue.h"
#include "server/complaints.h"
#include "server/limits.h"

namespace ipclab {

// Complains of all that is wrong with measure and fills in its defaults. Returns its mechanism, or
// null when there is none of that name.
const internal::MechanismRecord* CheckMeasure(v1::MeasureSpec& measure, const Catalogue& catalogue,
                                              const Limits& limits, Complaints& complaints);

// A time that something may last: above 0 and at most a day.
void CheckDuration(const std::string& field, const google::protobuf::Duration& duration,
                   Complaints& complaints);

}  // namespace ipclab
