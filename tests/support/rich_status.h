// What a refused call carries beside its code: google.rpc details.
#pragma once

#include <string>
#include <vector>

#include "google/rpc/error_details.pb.h"
#include "grpcpp/support/status.h"
#include "gtest/gtest.h"

namespace ipclab {

// True for this code with this ErrorInfo.reason in the lab's domain, and a message to read.
testing::AssertionResult Refused(const grpc::Status& status, grpc::StatusCode code,
                                 const std::string& reason);

google::rpc::ErrorInfo ErrorInfoOf(const grpc::Status& status);
google::rpc::BadRequest BadRequestOf(const grpc::Status& status);
google::rpc::PreconditionFailure PreconditionFailureOf(const grpc::Status& status);
google::rpc::ResourceInfo ResourceInfoOf(const grpc::Status& status);

// The fields of BadRequest, in its order.
std::vector<std::string> ViolatedFields(const grpc::Status& status);

}  // namespace ipclab
