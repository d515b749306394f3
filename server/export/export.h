// What an experiment measured, as a file in one of the forms that others read. Pure.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "ipclab/v1/experiment_service.pb.h"

namespace ipclab {

struct ExportFile {
  std::string name;        // "x-1a2b3c4d.csv"
  std::string media_type;  // "text/csv"
  std::string data;
};

// FAILED_PRECONDITION while the experiment has not ended or when it left no figures (JSON takes
// both), INVALID_ARGUMENT for a format that is none.
absl::StatusOr<ExportFile> Export(const v1::Experiment& experiment,
                                  v1::ExportExperimentRequest::Format format);

}  // namespace ipclab
