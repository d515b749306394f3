// The workers of one experiment under a TestZygote, with the test as their server. Real processes
// over real mechanisms; what a test does not steer itself is done here as the server would.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/mapping.h"
#include "common/message_socket.h"
#include "common/pages.h"
#include "common/unique_fd.h"
#include "ipclab/internal/control.pb.h"
#include "tests/support/test_zygote.h"

namespace ipclab {

// The CPU of a worker with this index: different ones where this process may use two.
int TestCpu(int index);

class TestCrew {
 public:
  struct Plan {
    std::string mechanism = "pipe";
    v1::Pattern::Kind pattern = v1::Pattern::ROUND_TRIP;
    int64_t message_bytes = 64;
    bool verify_payload = false;
    bool same_cpu = false;
    std::vector<internal::IpcName> names = {};  // of each link in turn
    v1::MeasureSpec::Wait wait = v1::MeasureSpec::BLOCK;
    std::optional<v1::Load> load = std::nullopt;
    int senders = 1;
    int receivers = 1;
    int workers = 2;  // of a pattern that does not tell senders from receivers
    std::map<std::string, std::string> options = {};  // that differ from their defaults
  };

  // The spawn command that the server would send. Options have their defaults.
  static internal::Spawn MakeSpawn(const TestZygote& zygote, uint64_t experiment, const Plan& plan);

  // Spawns and maps the pages.
  TestCrew(TestZygote& zygote, const Plan& plan, uint64_t experiment = 1);

  size_t size() const { return workers_.size(); }
  pid_t pid(size_t worker) const { return workers_[worker].pid; }
  int pidfd(size_t worker) const { return workers_[worker].pidfd.get(); }
  MessageSocket& control(size_t worker) { return workers_[worker].control; }
  WorkerPage& page(size_t worker) { return WorkerPageOf(pages_.data(), static_cast<int>(worker)); }
  ControlPage& control_page() { return ControlPageOf(pages_.data()); }

  void Send(size_t worker, const internal::ToWorker& message,
            std::span<const int> descriptors = {});
  // The worker's next message; empty at its end.
  internal::FromWorker Await(size_t worker);
  // Its descriptors are put into offers.
  internal::FromWorker Await(size_t worker, std::vector<UniqueFd>& descriptors);

  // Takes Ready of all and has every link joined. False, with a failure, when that did not come.
  bool Connect();

  void StartLeg(const internal::Leg& leg);
  // Waits for the word of the last worker; fails where one says something else.
  void AwaitLeg();
  void RunLeg(const internal::Leg& leg);
  // A leg of so many messages.
  void RunLeg(int64_t messages, int64_t warm_up = 0);

  // Tells all workers to quit and takes their ends from the zygote, in order of index.
  std::vector<internal::Ended> Quit();
  // Takes the next ends, one per worker, in order of index.
  std::vector<internal::Ended> AwaitEnds();

 private:
  struct Offers {
    internal::Ready ready;
    std::vector<UniqueFd> descriptors;
  };
  struct Member {
    pid_t pid;
    UniqueFd pidfd;
    MessageSocket control;
  };

  // Has every worker join that is to. False, with a failure, when one did not.
  bool Join(const internal::Offer& offer, std::span<const int> descriptors);

  TestZygote& zygote_;
  internal::Spawn spawn_;
  Mapping pages_;
  std::vector<Member> workers_;
};

}  // namespace ipclab
