#include "server/explore/desks.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/errors.h"

namespace ipclab {

Desks::~Desks() {
  std::vector<std::stop_source> stops;
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
    for (const Piece& piece : pieces_) stops.push_back(piece.stop);
  }
  changed_.notify_all();
  for (std::stop_source& stop : stops) stop.request_stop();
  for (std::thread& thread : threads_) thread.join();
}

absl::Status Desks::Begin(std::stop_source stop, Work work) {
  const std::lock_guard lock(mutex_);
  if (pieces_.size() == most_) {
    return QuotaExceeded("explorations",
                         absl::StrCat("this server explores, shrinks or explains at most ", most_,
                                      " programs at once; wait for one to end, or cancel one"),
                         absl::Seconds(1));
  }
  next_.push_back(pieces_.insert(pieces_.end(), {std::move(stop), std::move(work)}));
  // A thread that still answers counts for neither: it comes back for more by itself.
  if (next_.size() > idle_ && threads_.size() < most_) {
    threads_.emplace_back([this] { Run(); });
  }
  changed_.notify_one();
  return absl::OkStatus();
}

void Desks::Run() {
  while (const auto piece = Take()) {
    Answer answer = (*piece)->work((*piece)->stop.get_token());
    Leave(*piece);
    answer();
  }
}

std::optional<Desks::Pieces::iterator> Desks::Take() {
  std::unique_lock lock(mutex_);
  ++idle_;
  changed_.wait(lock, [this] { return over_ || !next_.empty(); });
  --idle_;
  if (next_.empty()) return std::nullopt;
  const Pieces::iterator piece = next_.front();
  next_.pop_front();
  return piece;
}

void Desks::Leave(Pieces::iterator piece) {
  Pieces over;  // what the work holds is let go without the lock
  const std::lock_guard lock(mutex_);
  over.splice(over.begin(), pieces_, piece);
}

}  // namespace ipclab
