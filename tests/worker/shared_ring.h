// What the tests of rings in shared memory have in common: memory that children share, children,
// messages whose every word tells which one it is, and ends that wait.
#pragma once

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <functional>
#include <span>
#include <vector>

#include "gtest/gtest.h"
#include "worker/ring/shared_channel.h"

namespace ipclab {

// Zeroed memory that children inherit and share.
class SharedMemory {
 public:
  explicit SharedMemory(size_t bytes)
      : bytes_(bytes),
        data_(::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
    if (data_ == MAP_FAILED) std::abort();
  }
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;
  ~SharedMemory() { ::munmap(data_, bytes_); }

  void* data() const { return data_; }

 private:
  const size_t bytes_;
  void* const data_;
};

// Runs each in a process of its own; all must be true, and no process may die.
inline void ExpectTrueInChildren(const std::vector<std::function<bool()>>& acts) {
  std::vector<pid_t> pids;
  for (const auto& act : acts) {
    pids.push_back(::fork());
    if (pids.back() == 0) ::_exit(act() ? 0 : 1);
    ASSERT_GT(pids.back(), 0);
  }
  for (size_t i = 0; i < pids.size(); ++i) {
    int status = 0;
    ASSERT_EQ(::waitpid(pids[i], &status, 0), pids[i]);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "child " << i << ": " << status;
  }
}

// A message that says the same in each of its words: what is torn shows.
class Words {
 public:
  explicit Words(size_t count) : words_(count) {}

  std::span<std::byte> bytes() { return std::as_writable_bytes(std::span(words_)); }
  std::span<const std::byte> Filled(uint64_t value) {
    for (uint64_t& word : words_) word = value;
    return bytes();
  }
  uint64_t value() const { return words_.front(); }
  bool IsWhole() const {
    for (const uint64_t word : words_) {
      if (word != words_.front()) return false;
    }
    return true;
  }

 private:
  std::vector<uint64_t> words_;
};

// What a channel does with the two sides of a ring.
template <typename Writer>
IoStatus SendOn(Writer& writer, std::span<const std::byte> message) {
  return Await(writer.futex(), [&] {
    const IoStatus status = writer.TrySend(message);
    if (status == IoStatus::kOk) writer.Notify();
    return status;
  });
}
template <typename Reader>
IoStatus ReceiveOn(Reader& reader, std::span<std::byte> message) {
  return Await(reader.futex(), [&] {
    const IoStatus status = reader.TryReceive(message);
    if (status == IoStatus::kOk) reader.Notify();
    return status;
  });
}

}  // namespace ipclab
