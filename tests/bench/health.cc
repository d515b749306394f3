#include "tests/bench/health.h"

#include <grpcpp/support/byte_buffer.h>

#include <string>
#include <utility>

#include "tests/bench/lab.h"

namespace ipclab::bench {
namespace {

constexpr char kMethod[] = "/grpc.health.v1.Health/Check";
constexpr char kServing[] = "\x08\x01";  // HealthCheckResponse{status: SERVING}

std::string BytesOf(const grpc::ByteBuffer& buffer) {
  grpc::Slice slice;
  if (!buffer.DumpToSingleSlice(&slice).ok()) return "";
  return std::string(reinterpret_cast<const char*>(slice.begin()), slice.size());
}

}  // namespace

HealthProbe::HealthProbe(std::shared_ptr<grpc::Channel> channel) : stub_(std::move(channel)) {}

HealthProbe::~HealthProbe() {
  queue_.Shutdown();
  void* tag;
  bool ok;
  while (queue_.Next(&tag, &ok)) {
  }
}

absl::Status HealthProbe::Check() {
  const grpc::Slice empty;  // HealthCheckRequest{}: the server as a whole
  const grpc::ByteBuffer request(&empty, 1);
  grpc::ByteBuffer response;
  grpc::Status status;
  const auto context = NewCall();
  const auto call = stub_.PrepareUnaryCall(context.get(), kMethod, request, &queue_);
  call->StartCall();
  call->Finish(&response, &status, nullptr);
  void* tag;
  bool ok = false;
  if (!queue_.Next(&tag, &ok) || !ok) return absl::UnavailableError("health: no answer");
  if (!status.ok()) return ToStatus(status, "health");
  if (BytesOf(response) != kServing) return absl::UnavailableError("health: not serving");
  return absl::OkStatus();
}

}  // namespace ipclab::bench
