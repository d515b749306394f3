#include "server/store.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "absl/types/span.h"
#include "server/storage/sqlite.h"
#include "server/storage/store_file.h"
#include "server/storage/store_records.h"

namespace ipclab {
namespace {

class SqliteStore final : public Store {
 public:
  SqliteStore(std::unique_ptr<Database> database, RecordWriter writer, std::string instance,
              StoreContents contents)
      : database_(std::move(database)),
        writer_(std::move(writer)),
        instance_(std::move(instance)),
        contents_(std::move(contents)),
        thread_([this] { Run(); }) {}

  ~SqliteStore() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }

  const std::string& instance() const override { return instance_; }

  absl::StatusOr<StoreContents> Load() override {
    if (!contents_) return absl::FailedPreconditionError("the store was loaded before");
    return *std::exchange(contents_, std::nullopt);
  }

  void Write(WriteBatch batch, Done done) override {
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back({std::move(batch), std::move(done)});
    }
    changed_.notify_one();
  }

 private:
  struct Waiting {
    WriteBatch batch;
    Done done;
  };

  // The storage thread: all that waits is one group, and while it is synced the next one gathers.
  void Run() {
    for (;;) {
      std::vector<Waiting> group = NextGroup();
      if (group.empty()) return;
      // When the group fails it may be for one batch's sake, or for a disk with room for some.
      const bool together = group.size() > 1 && Commit(group).ok();
      for (Waiting& waiting : group) {
        waiting.done(together ? absl::OkStatus() : Commit(absl::MakeConstSpan(&waiting, 1)));
      }
    }
  }

  // Empty at the end.
  std::vector<Waiting> NextGroup() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    return std::exchange(waiting_, {});
  }

  // One transaction: all of the group is on disk when it returns OK, otherwise none of it.
  absl::Status Commit(absl::Span<const Waiting> group) {
    absl::StatusOr<Transaction> transaction = Transaction::Begin(*database_);
    if (!transaction.ok()) return transaction.status();
    for (const Waiting& waiting : group) {
      if (absl::Status status = writer_.Apply(waiting.batch); !status.ok()) return status;
    }
    return transaction->Commit();
  }

  const std::unique_ptr<Database> database_;  // the storage thread's, once that runs
  RecordWriter writer_;                       // likewise
  const std::string instance_;
  std::optional<StoreContents> contents_;  // the opener's, until loaded

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Waiting> waiting_;  // guarded by mutex_
  bool stopping_ = false;         // guarded by mutex_
  std::thread thread_;            // last: it uses all of the above
};

absl::StatusOr<std::unique_ptr<Store>> OpenSound(const std::string& path) {
  absl::StatusOr<std::unique_ptr<Database>> database = OpenStoreFile(path);
  if (!database.ok()) return database.status();
  absl::StatusOr<std::string> instance = LoadInstanceTag(**database);
  if (!instance.ok()) return instance.status();
  absl::StatusOr<StoreContents> contents = LoadRecords(**database);
  if (!contents.ok()) return contents.status();
  absl::StatusOr<RecordWriter> writer = RecordWriter::Prepare(**database);
  if (!writer.ok()) return writer.status();
  return std::make_unique<SqliteStore>(*std::move(database), *std::move(writer),
                                       *std::move(instance), *std::move(contents));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> Store::Open(const std::string& path) {
  absl::StatusOr<std::unique_ptr<Store>> store = OpenSound(path);
  // Every connection of OpenSound is closed by now.
  if (absl::IsDataLoss(store.status())) return SetAside(path, store.status());
  return store;
}

}  // namespace ipclab
