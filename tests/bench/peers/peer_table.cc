#include "tests/bench/peers/peer.h"

namespace ipclab::bench {
namespace {

using P = v1::Pattern;
using Own = OwnFigure;

// Long enough for tenths of a second on a slow host, short enough for three rounds.
constexpr double kStreamed = 200'000;

std::vector<std::string> Hackbench(const char* carrier) {
  std::vector<std::string> command = {"hackbench", "-g", "1",  "-f",    "1",
                                      "-s",        "64", "-l", "200000"};
  if (*carrier != '\0') command.emplace_back(carrier);
  return command;
}

std::vector<std::string> RtTest(const char* program) {
  return {program, "-l", "2000", "-i", "200", "-q", "--json=/dev/stdout"};
}

std::vector<std::string> Sockperf(std::vector<std::string> more) {
  std::vector<std::string> command = {"sockperf", "ping-pong", "-i",        "127.0.0.1",
                                      "-p",       "{port}",    "-m",        "64",
                                      "-t",       "1",         "--full-rtt"};
  command.insert(command.end(), more.begin(), more.end());
  return command;
}

std::vector<std::string> Qperf(const char* test) {
  return {"qperf", "127.0.0.1", "-lp", "{port}", "-t", "1", "-m", "64", test};
}

std::vector<std::string> StressNg(std::vector<std::string> stressor) {
  std::vector<std::string> command = {"stress-ng", "--metrics", "--timeout", "5"};
  command.insert(command.end(), stressor.begin(), stressor.end());
  return command;
}

}  // namespace

const std::vector<Peer>& Peers() {
  static const auto* const peers = new std::vector<Peer>{
      {.name = "perf",
       .package = "linux-perf",
       .command = {"perf", "bench", "sched", "pipe", "-l", "30000"},
       .parse = ParsePerf,
       .threads = 2,
       .own = {"pipe", P::ROUND_TRIP, 4, Own::kMean},
       .measures = "perf bench sched pipe: mean round trip of 4 bytes between two processes, start "
                   "included"},
      {.name = "hackbench",
       .package = "rt-tests",
       .command = Hackbench("-p"),
       .parse = ParseHackbench,
       .times = 1 / kStreamed,
       .threads = 3,
       .own = {"pipe", P::STREAM, 64, Own::kPerMessage},
       .measures = "hackbench -p: one sender, one receiver, one way by a pipe; whole run over "
                   "messages, start and end included; ipclab also checks and times each "
                   "message"},
      {.name = "hackbench",
       .package = "rt-tests",
       .command = Hackbench(""),
       .parse = ParseHackbench,
       .times = 1 / kStreamed,
       .threads = 3,
       .own = {"unix_stream", P::STREAM, 64, Own::kPerMessage},
       .measures = "hackbench: the same by a socketpair"},
      {.name = "pmqtest",
       .package = "rt-tests",
       .command = RtTest("pmqtest"),
       .parse = ParseRtTests,
       .threads = 3,
       .own = {"posix_mq", P::ROUND_TRIP, 64, Own::kMean, 0.5},
       .measures = "pmqtest: mean from mq_send to the waiting thread, 200 us of sleep between; "
                   "ipclab: half of a round trip, without sleep, by processes"},
      {.name = "svsematest",
       .package = "rt-tests",
       .command = RtTest("svsematest"),
       .parse = ParseRtTests,
       .threads = 3,
       .own = {"sysv_sem", P::HAND_OFF, 0, Own::kMean, 0.5},
       .measures = "svsematest: the same by a System V semaphore; ipclab: half of a hand-off there "
                   "and back"},
      {.name = "ptsematest",
       .package = "rt-tests",
       .command = RtTest("ptsematest"),
       .parse = ParseRtTests,
       .threads = 3,
       .own = {"futex_event", P::HAND_OFF, 0, Own::kMean, 0.5},
       .measures = "ptsematest: the same by a mutex of threads; ipclab: half of a hand-off by the "
                   "futex that such a mutex waits on, of processes"},
      {.name = "sigwaittest",
       .package = "rt-tests",
       .command = RtTest("sigwaittest"),
       .parse = ParseRtTests,
       .threads = 3,
       .own = {"signal", P::HAND_OFF, 0, Own::kMean, 0.5},
       .measures = "sigwaittest: the same by a signal to a thread in sigwait; ipclab: half of a "
                   "hand-off of processes"},
      {.name = "sockperf",
       .package = "sockperf",
       .command = Sockperf({"--tcp"}),
       .server = {"sockperf", "server", "-i", "127.0.0.1", "-p", "{port}", "--tcp"},
       .parse = ParseSockperf,
       .own = {"tcp", P::ROUND_TRIP, 64, Own::kMedian},
       .measures = "sockperf ping-pong --tcp --full-rtt: median round trip (without --full-rtt it "
                   "says half of it)"},
      {.name = "sockperf",
       .package = "sockperf",
       .command = Sockperf({}),
       .server = {"sockperf", "server", "-i", "127.0.0.1", "-p", "{port}"},
       .parse = ParseSockperf,
       .own = {"udp", P::ROUND_TRIP, 64, Own::kMedian},
       .measures = "sockperf ping-pong --full-rtt: the same by UDP"},
      {.name = "qperf",
       .package = "qperf",
       .command = Qperf("tcp_lat"),
       .server = {"qperf", "-lp", "{port}"},
       .parse = ParseQperf,
       .times = 2,
       .own = {"tcp", P::ROUND_TRIP, 64, Own::kMean},
       .measures = "qperf tcp_lat: mean; it says half of a round trip, doubled here"},
      {.name = "qperf",
       .package = "qperf",
       .command = Qperf("udp_lat"),
       .server = {"qperf", "-lp", "{port}"},
       .parse = ParseQperf,
       .times = 2,
       .own = {"udp", P::ROUND_TRIP, 64, Own::kMean},
       .measures = "qperf udp_lat: mean; it says half of a round trip, doubled here"},
      {.name = "stress-ng",
       .package = "stress-ng",
       .command = StressNg({"--eventfd", "1", "--eventfd-ops", "20000"}),
       .parse = ParseStressNg,
       .threads = 3,
       .own = {"eventfd", P::HAND_OFF, 0, Own::kMean},
       .measures =
           "stress-ng --eventfd: mean round trip; each also reads /proc/PID/fdinfo and makes "
           "two calls that are refused"},
      {.name = "stress-ng",
       .package = "stress-ng",
       .command = StressNg({"--msg", "1", "--msg-bytes", "64", "--msg-ops", "200000"}),
       .parse = ParseStressNg,
       .threads = 3,
       .own = {"sysv_mq", P::STREAM, 64, Own::kPerMessage},
       .measures = "stress-ng --msg: one way by a System V queue, run over messages; it also makes "
                   "and removes a thousand queues"},
      {.name = "stress-ng",
       .package = "stress-ng",
       .command = StressNg({"--pipe", "1", "--pipe-data-size", "512", "--pipe-ops", "200000"}),
       .parse = ParseStressNg,
       .threads = 3,
       .own = {"pipe", P::STREAM, 512, Own::kPerMessage},
       .measures = "stress-ng --pipe: one way, 512 bytes (the least that it writes), run over "
                   "messages; it fills each message anew"},
  };
  return *peers;
}

}  // namespace ipclab::bench
