#include "server/errors.h"

#include "absl/strings/cord.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace ipclab {
namespace {

constexpr char kDomain[] = "ipclab.dev";
constexpr char kTypePrefix[] = "type.googleapis.com/";

// Message and details travel in the trailers. A client takes 8 KiB of these, the details as base64
// with the message in them once more, and would tell of longer ones instead of the error.
constexpr size_t kMaxMessageBytes = 1024;
constexpr size_t kMaxViolationBytes = 2048;
constexpr size_t kMaxPreconditionBytes = 1024;
constexpr size_t kEllipsisBytes = 128;  // "and 7 more"

template <class Detail>
absl::string_view TypeUrl() {
  static const std::string* const url =
      new std::string(absl::StrCat(kTypePrefix, Detail::descriptor()->full_name()));
  return *url;
}

template <class Detail>
void Attach(absl::Status& status, const Detail& detail) {
  status.SetPayload(TypeUrl<Detail>(), absl::Cord(detail.SerializeAsString()));
}

void AttachReason(absl::Status& status, std::string_view reason,
                  const ErrorMetadata& metadata = {}) {
  google::rpc::ErrorInfo info;
  info.set_domain(kDomain);
  info.set_reason(std::string(reason));
  for (const auto& [key, value] : metadata) (*info.mutable_metadata())[key] = value;
  Attach(status, info);
}

void AttachRetry(absl::Status& status, absl::Duration after) {
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(absl::ToInt64Seconds(after));
  retry.mutable_retry_delay()->set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(after % absl::Seconds(1))));
  Attach(status, retry);
}

void AttachResource(absl::Status& status, std::string_view type, std::string_view name,
                    std::string_view hint) {
  google::rpc::ResourceInfo resource;
  resource.set_resource_type(std::string(type));
  resource.set_resource_name(std::string(name));
  resource.set_description(std::string(hint));
  Attach(status, resource);
}

size_t SizeOf(const FieldViolation& each) { return each.field.size() + each.description.size(); }
size_t SizeOf(const Precondition& each) {
  return each.type.size() + each.subject.size() + each.description.size();
}

// The first ones that fit into so many bytes, and one more that counts the rest if there is any.
template <class Item>
std::vector<Item> Fitting(const std::vector<Item>& items, size_t bytes) {
  constexpr size_t kFraming = 16;
  std::vector<Item> fitting;
  bytes -= kEllipsisBytes;
  for (const Item& item : items) {
    const size_t needed = SizeOf(item) + kFraming;
    if (needed > bytes) {
      Item rest = item;
      rest.description = absl::StrCat("and ", items.size() - fitting.size(), " more");
      fitting.push_back(std::move(rest));
      break;
    }
    bytes -= needed;
    fitting.push_back(item);
  }
  return fitting;
}

void AttachPreconditions(absl::Status& status, const std::vector<Precondition>& preconditions) {
  google::rpc::PreconditionFailure failure;
  for (const Precondition& each : Fitting(preconditions, kMaxPreconditionBytes)) {
    auto* violation = failure.add_violations();
    violation->set_type(each.type);
    violation->set_subject(each.subject);
    violation->set_description(each.description);
  }
  Attach(status, failure);
}

std::string Sentences(const std::vector<Precondition>& preconditions) {
  return absl::StrJoin(
      Fitting(preconditions, kMaxMessageBytes), " ",
      [](std::string* out, const Precondition& each) { absl::StrAppend(out, each.description); });
}

// Cut where no character is.
std::string Cut(std::string text) {
  if (text.size() <= kMaxMessageBytes) return text;
  size_t end = kMaxMessageBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

}  // namespace

std::string Quoted(const std::string& text) {
  constexpr size_t kLongestQuote = 64;
  if (text.size() <= kLongestQuote) return absl::StrCat("\"", absl::CEscape(text), "\"");
  return absl::StrCat("\"", absl::CEscape(text.substr(0, kLongestQuote)), "...\" (", text.size(),
                      " bytes)");
}

absl::Status InvalidRequest(const std::vector<FieldViolation>& violations,
                            const std::vector<Precondition>& preconditions) {
  const std::string list = absl::StrJoin(Fitting(violations, kMaxMessageBytes), "; ",
                                         [](std::string* out, const FieldViolation& each) {
                                           absl::StrAppend(out, each.field, ": ", each.description);
                                         });
  absl::Status status = absl::InvalidArgumentError(list);
  google::rpc::BadRequest bad_request;
  for (const FieldViolation& each : Fitting(violations, kMaxViolationBytes)) {
    auto* violation = bad_request.add_field_violations();
    violation->set_field(each.field);
    violation->set_description(each.description);
  }
  Attach(status, bad_request);
  if (!preconditions.empty()) AttachPreconditions(status, preconditions);
  AttachReason(status, "BAD_REQUEST");
  return status;
}

absl::Status PreconditionFailed(const std::vector<Precondition>& preconditions) {
  absl::Status status = absl::FailedPreconditionError(Sentences(preconditions));
  AttachPreconditions(status, preconditions);
  AttachReason(status, preconditions.front().type, {{"subject", preconditions.front().subject}});
  return status;
}

absl::Status ResourceNotFound(std::string_view type, std::string_view name, std::string_view hint) {
  absl::Status status =
      absl::NotFoundError(absl::StrCat("there is no ", std::string(name), "; ", std::string(hint)));
  AttachResource(status, type, name, hint);
  AttachReason(status, "NOT_FOUND", {{"name", std::string(name)}});
  return status;
}

absl::Status ResourceExists(std::string_view type, std::string_view name, std::string_view hint) {
  absl::Status status = absl::AlreadyExistsError(
      absl::StrCat(std::string(name), " exists already; ", std::string(hint)));
  AttachResource(status, type, name, hint);
  AttachReason(status, "ALREADY_EXISTS", {{"name", std::string(name)}});
  return status;
}

absl::Status QuotaExceeded(std::string_view subject, std::string_view description,
                           absl::Duration retry_after) {
  absl::Status status = absl::ResourceExhaustedError(std::string(description));
  google::rpc::QuotaFailure quota;
  auto* violation = quota.add_violations();
  violation->set_subject(std::string(subject));
  violation->set_description(std::string(description));
  Attach(status, quota);
  AttachRetry(status, retry_after);
  AttachReason(status, "QUOTA_EXCEEDED", {{"subject", std::string(subject)}});
  return status;
}

absl::Status ServerStopping() {
  absl::Status status =
      absl::UnavailableError("the server is stopping; try again once it was started anew");
  AttachRetry(status, absl::Seconds(2));
  AttachReason(status, "SERVER_STOPPING");
  return status;
}

absl::Status ErrorWithReason(absl::StatusCode code, std::string_view reason,
                             std::string_view message, const ErrorMetadata& metadata) {
  absl::Status status(code, std::string(message));
  AttachReason(status, reason, metadata);
  return status;
}

absl::Status WithMetadata(absl::Status status, const ErrorMetadata& metadata) {
  google::rpc::ErrorInfo info;
  if (const auto payload = status.GetPayload(TypeUrl<google::rpc::ErrorInfo>())) {
    info.ParseFromString(std::string(*payload));
  }
  for (const auto& [key, value] : metadata) (*info.mutable_metadata())[key] = value;
  Attach(status, info);
  return status;
}

google::rpc::Status ToRpcStatus(const absl::Status& status) {
  absl::Status complete = status;
  if (!complete.GetPayload(TypeUrl<google::rpc::ErrorInfo>())) {
    AttachReason(complete, absl::StatusCodeToString(complete.code()));
  }
  google::rpc::Status details;
  details.set_code(static_cast<int>(complete.code()));
  details.set_message(Cut(std::string(complete.message())));
  complete.ForEachPayload([&details](absl::string_view url, const absl::Cord& payload) {
    auto* any = details.add_details();
    any->set_type_url(std::string(url));
    any->set_value(std::string(payload));
  });
  return details;
}

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const google::rpc::Status details = ToRpcStatus(status);
  return {static_cast<grpc::StatusCode>(details.code()), details.message(),
          details.SerializeAsString()};
}

}  // namespace ipclab
