// The options of a mechanism in a request, against those that it lists.
#pragma once

#include "ipclab/v1/experiment.pb.h"
#include "ipclab/v1/mechanism.pb.h"
#include "server/complaints.h"

namespace ipclab {

// Complains of every option that there is not or that cannot have its value, and fills in the
// defaults of those that are absent.
void CheckOptions(v1::MeasureSpec& measure, const v1::Mechanism& mechanism, Complaints& complaints);

}  // namespace ipclab
