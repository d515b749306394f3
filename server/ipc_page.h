// One page of ListIpcObjects. Pure: everything comes in by argument.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "ipclab/v1/system.pb.h"

namespace ipclab {

// The page that the request asks for, of all objects by kind and name. INVALID_ARGUMENT when the
// token is none, or one of another list.
absl::StatusOr<v1::ListIpcObjectsResponse> PageOfIpcObjects(
    const v1::ListIpcObjectsRequest& request, std::vector<v1::IpcObject> objects);

}  // namespace ipclab
