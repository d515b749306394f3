#include "server/export/export.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "server/errors.h"
#include "server/export/csv.h"
#include "server/export/hdr_log.h"
#include "server/export/json.h"

namespace ipclab {
namespace {

using Request = v1::ExportExperimentRequest;

absl::Status CheckFigures(const v1::Experiment& experiment) {
  const std::string& name = experiment.name();
  if (!experiment.has_end_time()) {
    return PreconditionFailed(
        {{"NOT_ENDED", name,
          absl::StrCat(name, " is ", v1::Experiment::State_Name(experiment.state()),
                       "; export it after its end, or as JSON, which is possible at any time")}});
  }
  if (experiment.spec().has_program()) {
    return PreconditionFailed(
        {{"NO_FIGURES", name,
          absl::StrCat(name, " is of a program, which is not timed; JSON has what came of it")}});
  }
  if (!experiment.result().has_metrics() && !experiment.result().has_stepped_metrics()) {
    return PreconditionFailed(
        {{"NO_FIGURES", name,
          absl::StrCat(name, " ended as ", v1::Experiment::State_Name(experiment.state()),
                       " and left no figures; its end says why, and JSON has it")}});
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ExportFile> Export(const v1::Experiment& experiment, Request::Format format) {
  const std::string id(absl::StripPrefix(experiment.name(), "experiments/"));
  const bool with_figures = format == Request::CSV || format == Request::HDR_LOG;
  if (const absl::Status status = CheckFigures(experiment); with_figures && !status.ok()) {
    return status;
  }
  switch (format) {
    case Request::FORMAT_UNSPECIFIED:
    case Request::JSON: {
      absl::StatusOr<std::string> data = ExportJson(experiment);
      if (!data.ok()) return data.status();
      return ExportFile{id + ".json", "application/json", *std::move(data)};
    }
    case Request::CSV:
      return ExportFile{id + ".csv", "text/csv", ExportCsv(experiment)};
    case Request::HDR_LOG:
      return ExportFile{id + ".hlog", "text/plain", ExportHdrLog(experiment)};
    default:
      return InvalidRequest({{"format", "must be JSON, CSV or HDR_LOG"}});
  }
}

}  // namespace ipclab
