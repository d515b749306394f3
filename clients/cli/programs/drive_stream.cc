#include "clients/cli/programs/drive_stream.h"

#include <sys/eventfd.h>

#include <random>
#include <utility>

#include "absl/strings/str_format.h"

namespace ipclab::cli {
namespace {

// Version 4.
std::string RandomUuid() {
  std::random_device random;
  const uint32_t version = (random() & 0x0fff) | 0x4000;
  const uint32_t variant = (random() & 0x3fff) | 0x8000;
  return absl::StrFormat("%08x-%04x-%04x-%04x-%08x%04x", random(), random() & 0xffff, version,
                         variant, random(), random() & 0xffff);
}

}  // namespace

DriveStream::DriveStream(Connection& connection, std::string name, Interrupt& interrupt)
    : name_(std::move(name)),
      news_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      context_(connection.NewStream()),
      guard_(interrupt, *context_),
      stream_(connection.experiments().DriveExperiment(context_.get())),
      reader_([this] { Read(); }) {}

DriveStream::~DriveStream() {
  context_->TryCancel();
  reader_.join();
}

void DriveStream::Read() {
  v1::DriveExperimentResponse answer;
  while (stream_->Read(&answer)) {
    const std::lock_guard lock(mutex_);
    answers_.push_back(std::move(answer));
    came_.notify_all();
    ::eventfd_write(news_.get(), 1);
  }
  grpc::Status status = stream_->Finish();
  const std::lock_guard lock(mutex_);
  status_ = std::move(status);
  came_.notify_all();
  ::eventfd_write(news_.get(), 1);
}

bool DriveStream::Send(v1::DriveExperimentRequest request) {
  if (std::exchange(first_, false)) {
    request.set_name(name_);
    request.mutable_control()->set_controller(RandomUuid());
    request.mutable_control()->set_on_loss(v1::Control::CANCEL);
  }
  return stream_->Write(request);
}

std::optional<v1::DriveExperimentResponse> DriveStream::Await() {
  {
    std::unique_lock lock(mutex_);
    came_.wait(lock, [this] { return !answers_.empty() || status_; });
  }
  return Take();
}

std::optional<v1::DriveExperimentResponse> DriveStream::Take() {
  const std::lock_guard lock(mutex_);
  if (answers_.empty()) {
    eventfd_t read = 0;
    if (!status_) ::eventfd_read(news_.get(), &read);
    return std::nullopt;
  }
  v1::DriveExperimentResponse answer = std::move(answers_.front());
  answers_.pop_front();
  return answer;
}

bool DriveStream::ended() {
  const std::lock_guard lock(mutex_);
  return status_ && answers_.empty();
}

grpc::Status DriveStream::status() {
  const std::lock_guard lock(mutex_);
  return status_.value_or(grpc::Status::OK);
}

}  // namespace ipclab::cli
