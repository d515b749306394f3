// A Unix socket that leads to another one and can be cut: what goes through it breaks off, as on a
// network, while both ends live on.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "common/unique_fd.h"

namespace ipclab {

// Cut and Mend may be called from any thread; a thread of its own carries the bytes.
class CutLine {
 public:
  // Listens at path, which is removed at the end.
  CutLine(std::string path, std::string target);
  CutLine(const CutLine&) = delete;
  CutLine& operator=(const CutLine&) = delete;
  ~CutLine();

  // Breaks every connection, and each that is tried until Mend.
  void Cut();
  void Mend();

 private:
  void Run();
  void Accept();
  void Carry(int from);

  const std::string path_;
  const std::string target_;
  UniqueFd listener_;
  UniqueFd stop_;
  std::mutex mutex_;
  bool cut_ = false;                                // guarded by mutex_
  std::map<int, std::pair<UniqueFd, int>> others_;  // each end with its other; by mutex_
  std::thread thread_;
};

}  // namespace ipclab
