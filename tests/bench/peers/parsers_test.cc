#include "tests/bench/peers/parsers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ipclab::bench {
namespace {

using ::testing::DoubleNear;
using ::testing::HasSubstr;

void ExpectNanos(const absl::StatusOr<double>& parsed, double nanos) {
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_THAT(*parsed, DoubleNear(nanos, nanos * 1e-6));
}

TEST(Parsers, PerfSaysMicrosecondsPerRoundTrip) {
  ExpectNanos(ParsePerf("# Running 'sched/pipe' benchmark:\n"
                        "     Total time: 0.258 [sec]\n\n"
                        "       5.167580 usecs/op\n"
                        "         193514 ops/sec\n"),
              5167.58);
}

TEST(Parsers, HackbenchSaysTheSecondsOfTheRun) {
  ExpectNanos(ParseHackbench("Each sender will pass 1000 messages of 64 bytes\nTime: 0.212\n"),
              212e6);
}

TEST(Parsers, HackbenchThatWasTooQuickToBeTimedHasNoFigure) {
  EXPECT_FALSE(ParseHackbench("Time: 0.000\n").ok());
}

TEST(Parsers, RtTestsSayTheirMeanInJson) {
  ExpectNanos(ParseRtTests("#1 -> #0, Min    2, Cur    5, Avg    4, Max   54\n"
                           "{ \"receiver\": {\n  \"min\": 2,\n  \"avg\": 3.98,\n  \"max\": 54 } }"),
              3980);
}

TEST(Parsers, SockperfSaysItsMedianAmongColours) {
  ExpectNanos(ParseSockperf("sockperf: \x1b[2;35mTotal 44210 observations\x1b[0m; each\n"
                            "sockperf: ---> percentile 90.000 =   12.798\n"
                            "sockperf: ---> percentile 50.000 =   12.057\n"),
              12057);
}

TEST(Parsers, QperfSaysItsUnit) {
  ExpectNanos(ParseQperf("tcp_lat:\n    latency  =  7.47 us\n"), 7470);
  ExpectNanos(ParseQperf("udp_lat:\n    latency   =  1.2 ms\n"), 1.2e6);
  EXPECT_FALSE(ParseQperf("tcp_lat:\n    latency  =  7.47 fortnights\n").ok());
}

TEST(Parsers, StressNgSaysOperationsPerSecond) {
  ExpectNanos(
      ParseStressNg(
          "stress-ng: info:  [7] dispatching hogs: 1 msg\n"
          "stress-ng: metrc: [7] stressor  bogo ops real time  usr time  sys time   bogo ops/s\n"
          "stress-ng: metrc: [7]           (secs)    (secs)    (secs)   (real time) (usr+sys)\n"
          "stress-ng: metrc: [7] msg       200000  0.40  0.06  0.35  500000.00  483303.09  99.15\n"
          "stress-ng: metrc: [7] msg       234.39 MB per sec (geometic mean of 1 instances)\n"),
      2000);
}

TEST(Parsers, WhatIsNotKnownIsQuoted) {
  for (const Parser parse :
       {ParsePerf, ParseHackbench, ParseRtTests, ParseSockperf, ParseQperf, ParseStressNg}) {
    EXPECT_THAT(parse("\nfailed to connect\nagain\n").status().message(),
                HasSubstr("failed to connect"));
    EXPECT_THAT(parse("").status().message(), HasSubstr("it printed nothing"));
  }
}

TEST(Parsers, ALabelWithoutItsNumberIsNoFigure) {
  EXPECT_FALSE(ParsePerf("usecs/op\n").ok());
  EXPECT_FALSE(ParseHackbench("Time:").ok());
  EXPECT_FALSE(ParseRtTests("\"avg\": nan").ok());
  EXPECT_FALSE(ParseSockperf("percentile 50.000 =").ok());
}

}  // namespace
}  // namespace ipclab::bench
