// Where an export goes: standard output, a device, or a file that appears whole or not at all.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/unique_fd.h"

namespace ipclab::cli {

// Not thread safe. Unless Commit was called, destroying it leaves the place as it was: the bytes
// are in a file without a name, or, on file systems that have no such thing, in one beside the
// target that is removed.
class OutputFile {
 public:
  // "-" is standard output. What exists and is no regular file (a device, a FIFO) is written to as
  // it is. Errors name the path.
  static absl::StatusOr<OutputFile> Open(const std::string& path);

  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();

  // All of the bytes, or an error.
  absl::Status Write(std::string_view bytes);

  // Puts the file in its place, over the one that was there. Nothing is written after that.
  absl::Status Commit();

 private:
  enum class Kind { kDirect, kNameless, kBeside };

  OutputFile(Kind kind, std::string path, std::string beside, UniqueFd fd);

  Kind kind_;
  std::string path_;
  std::string beside_;  // the temporary name; with kNameless only from Commit on
  UniqueFd fd_;
};

}  // namespace ipclab::cli
