#include "server/feeds/file_feed.h"

#include <algorithm>
#include <utility>

namespace ipclab {
namespace {

constexpr size_t kPieceBytes = 64 << 10;

class FileFeed {
 public:
  // Holds the outlet weakly, because that holds it.
  FileFeed(ExportFile file, std::weak_ptr<FileOutlet> outlet)
      : file_(std::move(file)), outlet_(std::move(outlet)) {}

  void Pump() {
    const auto outlet = outlet_.lock();
    if (!outlet || !outlet->Idle()) return;
    if (begun_ && sent_ == file_.data.size()) return outlet->Finish(absl::OkStatus());
    v1::ExportExperimentResponse piece;
    if (!std::exchange(begun_, true)) {
      piece.set_file_name(file_.name);
      piece.set_media_type(file_.media_type);
    }
    const size_t size = std::min(kPieceBytes, file_.data.size() - sent_);
    piece.set_data(file_.data.data() + sent_, size);
    sent_ += size;
    outlet->Write(std::move(piece));
  }

 private:
  const ExportFile file_;
  const std::weak_ptr<FileOutlet> outlet_;
  bool begun_ = false;
  size_t sent_ = 0;
};

}  // namespace

void SendFile(EventLoop& loop, ExportFile file, const std::shared_ptr<FileOutlet>& outlet) {
  const auto feed = std::make_shared<FileFeed>(std::move(file), outlet);
  outlet->OnChange([&loop, feed] { loop.Post([feed] { feed->Pump(); }); });
  feed->Pump();
}

}  // namespace ipclab
