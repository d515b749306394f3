#include "worker/figures.h"

namespace ipclab {

void Figures::Clear(bool warms_up) {
  for (std::atomic<int64_t>* counter :
       {&page_.messages, &page_.bytes, &page_.lost, &page_.duplicated, &page_.reordered,
        &page_.corrupted, &page_.migrations, &page_.coalesced, &page_.retries, &page_.span_nanos,
        &page_.cpu_user_nanos, &page_.cpu_system_nanos, &page_.voluntary_switches,
        &page_.involuntary_switches, &page_.minor_faults, &page_.major_faults,
        &page_.run_delay_nanos}) {
    counter->store(0, std::memory_order_relaxed);
  }
  page_.batch.store(1, std::memory_order_relaxed);
  cpu_ = pinned_;
  use_at_first_.reset();
  warms_up_ = warms_up;
}

void Figures::WarmUpIsOver() {
  if (warms_up_ && meter_ != nullptr) use_at_first_ = meter_->Read();
}

void Figures::OutOfOrder(const Arrival& arrival) {
  switch (arrival.kind) {
    case Arrival::kNext:
      break;
    case Arrival::kAfterGap:
      Add(page_.lost, arrival.lost);
      break;
    case Arrival::kLate:
      Add(page_.reordered, int64_t{1});
      // It may have been counted as lost in an earlier leg, whose figures are gone.
      if (page_.lost.load(std::memory_order_relaxed) > 0) Add(page_.lost, int64_t{-1});
      break;
    case Arrival::kDuplicate:
      Add(page_.duplicated, int64_t{1});
      break;
  }
}

}  // namespace ipclab
