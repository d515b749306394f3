// Threads for what takes long: exploring, shrinking, explaining. So much of it at once and no more,
// and nothing of it outlives this: neither the strand nor gRPC's threads ever wait for it.
//
// Thread safe. Begin must not be called any more once this is being destroyed.
#pragma once

#include <condition_variable>
#include <deque>
#include <list>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"

namespace ipclab {

class Desks {
 public:
  // What is to be said of the work, once its desk is free again: who hears of it may begin
  // something new at once.
  using Answer = absl::AnyInvocable<void()>;

  // Must come back soon after a stop is requested.
  using Work = absl::AnyInvocable<Answer(const std::stop_token& stop)>;

  explicit Desks(int most) : most_(most) {}
  Desks(const Desks&) = delete;
  Desks& operator=(const Desks&) = delete;
  // Requests a stop of everything, and waits until all is answered.
  ~Desks();

  // Has a thread do the work, which stop ends. RESOURCE_EXHAUSTED when all desks are taken.
  absl::Status Begin(std::stop_source stop, Work work);

 private:
  struct Piece {
    std::stop_source stop;
    Work work;
  };
  using Pieces = std::list<Piece>;

  void Run();
  // The next piece of work; nullopt when there will be none.
  std::optional<Pieces::iterator> Take();
  void Leave(Pieces::iterator piece);

  const size_t most_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  Pieces pieces_;                      // begun and not over
  std::deque<Pieces::iterator> next_;  // of these, the ones that no thread has taken
  size_t idle_ = 0;                    // threads that wait
  bool over_ = false;
  std::vector<std::thread> threads_;  // never more than most_; once started they stay
};

}  // namespace ipclab
