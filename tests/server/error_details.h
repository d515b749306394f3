// What the errors of the server carry beside code and message.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "google/rpc/error_details.pb.h"

namespace ipclab {

// The detail of this type; nullopt when there is none.
template <class Detail>
std::optional<Detail> DetailOf(const absl::Status& status) {
  const auto payload =
      status.GetPayload("type.googleapis.com/" + std::string(Detail::descriptor()->full_name()));
  Detail detail;
  if (!payload || !detail.ParseFromString(std::string(*payload))) return std::nullopt;
  return detail;
}

// The reason of its ErrorInfo; empty when it has none.
inline std::string ReasonOf(const absl::Status& status) {
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  return info ? info->reason() : "";
}

// The fields that are wrong, sorted: maps have no order.
inline std::vector<std::string> WrongFields(const absl::Status& status) {
  std::vector<std::string> fields;
  const auto bad_request = DetailOf<google::rpc::BadRequest>(status);
  if (!bad_request) return fields;
  for (const auto& violation : bad_request->field_violations()) fields.push_back(violation.field());
  std::sort(fields.begin(), fields.end());
  return fields;
}

// The types of what is lacking.
inline std::vector<std::string> Lacking(const absl::Status& status) {
  std::vector<std::string> types;
  const auto failure = DetailOf<google::rpc::PreconditionFailure>(status);
  if (!failure) return types;
  for (const auto& violation : failure->violations()) types.push_back(violation.type());
  return types;
}

}  // namespace ipclab
