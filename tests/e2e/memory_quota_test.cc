// What experiments may need together is bounded before any of them starts.

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "tests/support/lab_server.h"
#include "tests/support/rich_status.h"

namespace ipclab {
namespace {

using testing::HasSubstr;

v1::CreateExperimentRequest Big(const v1::ServerLimits& limits) {
  v1::CreateExperimentRequest request = Measure("pipe", 1);
  request.mutable_spec()->mutable_measure()->set_message_bytes(limits.max_message_bytes());
  return request;
}

// Parked workers have not taken their messages' memory yet: this costs the host little.
TEST(MemoryQuotaTest, WhatWouldNeedTooMuchIsRefusedUntilSomethingEnds) {
  const LabServer server;
  const v1::ServerLimits limits = server.client().Info()->limits();
  ASSERT_GT(limits.max_memory_bytes(), 0);
  const int64_t each = 4 * limits.max_message_bytes();  // two workers, two messages
  const int64_t fit = limits.max_memory_bytes() / each;
  if (2 * fit > limits.max_workers()) GTEST_SKIP() << "this host has memory for all workers";

  std::vector<std::string> names;
  grpc::Status refused;
  while (refused.ok() && static_cast<int64_t>(names.size()) <= fit) {
    const auto answer = server.client().Create(Big(limits));
    refused = answer.status;
    if (answer.ok()) names.push_back(answer->name());
  }
  EXPECT_TRUE(Refused(refused, grpc::StatusCode::RESOURCE_EXHAUSTED, "QUOTA_EXCEEDED"));
  EXPECT_EQ(ErrorInfoOf(refused).metadata().at("subject"), "memory");
  EXPECT_THAT(refused.error_message(),
              HasSubstr("of the " + std::to_string(limits.max_memory_bytes() >> 20) + " MiB"));
  EXPECT_GT(static_cast<int64_t>(names.size()), fit * 9 / 10);

  EXPECT_TRUE(server.client().Create(Measure("pipe")).ok()) << "a small one still fits";
  ASSERT_TRUE(server.client().Cancel(names.back()).ok());
  server.client().AwaitEnd(names.back());
  EXPECT_TRUE(server.client().Create(Big(limits)).ok());
}

}  // namespace
}  // namespace ipclab
