#include "common/mapping.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "tests/common/open_descriptors.h"

namespace ipclab {
namespace {

constexpr size_t kSize = 3 * 4096;

Mapping MapNew() {
  const absl::StatusOr<UniqueFd> file = CreateMemoryFile("test", kSize);
  EXPECT_TRUE(file.ok()) << file.status();
  absl::StatusOr<Mapping> mapping = Mapping::Shared(file->get(), kSize);
  EXPECT_TRUE(mapping.ok()) << mapping.status();
  return *std::move(mapping);
}

// Asked of the kernel, as touching it would end the test.
bool IsMapped(void* address) { return ::msync(address, kSize, MS_ASYNC) == 0; }

TEST(MemoryFileTest, IsZeroedAndCostsNothingUntilTouched) {
  const absl::StatusOr<UniqueFd> file = CreateMemoryFile("test", kSize);
  ASSERT_TRUE(file.ok()) << file.status();
  struct stat found;
  ASSERT_EQ(::fstat(file->get(), &found), 0);
  EXPECT_EQ(found.st_size, static_cast<off_t>(kSize));
  EXPECT_EQ(found.st_blocks, 0);
  char last = 'x';
  ASSERT_EQ(::pread(file->get(), &last, 1, kSize - 1), 1);
  EXPECT_EQ(last, 0);
}

TEST(MemoryFileTest, CanNeitherShrinkNorGrow) {
  const absl::StatusOr<UniqueFd> file = CreateMemoryFile("test", kSize);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(::ftruncate(file->get(), kSize / 2), -1);
  EXPECT_EQ(errno, EPERM);
  EXPECT_EQ(::ftruncate(file->get(), kSize * 2), -1);
  EXPECT_EQ(errno, EPERM);
}

TEST(MemoryFileTest, ItsSealsAreFinal) {
  const absl::StatusOr<UniqueFd> file = CreateMemoryFile("test", kSize);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(::fcntl(file->get(), F_ADD_SEALS, F_SEAL_WRITE), -1);
  EXPECT_EQ(errno, EPERM);
}

TEST(MemoryFileTest, ClosesOnExec) {
  const absl::StatusOr<UniqueFd> file = CreateMemoryFile("test", kSize);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(::fcntl(file->get(), F_GETFD), FD_CLOEXEC);
}

TEST(MemoryFileTest, FailureNamesTheActAndLeaksNothing) {
  const auto before = OpenDescriptors();
  const absl::StatusOr<UniqueFd> file = CreateMemoryFile("test", SIZE_MAX / 2 + 1);
  EXPECT_TRUE(absl::IsInvalidArgument(file.status())) << file.status();
  EXPECT_EQ(file.status().message(), "ftruncate test: Invalid argument");
  EXPECT_EQ(OpenDescriptors(), before);
}

TEST(MappingTest, TwoMappingsOfOneFileShareItsBytes) {
  const absl::StatusOr<UniqueFd> file = CreateMemoryFile("test", kSize);
  const absl::StatusOr<Mapping> one = Mapping::Shared(file->get(), kSize);
  const absl::StatusOr<Mapping> other = Mapping::Shared(file->get(), kSize);
  ASSERT_TRUE(one.ok() && other.ok());
  std::strcpy(static_cast<char*>(one->data()), "hello");
  EXPECT_STREQ(static_cast<const char*>(other->data()), "hello");
}

TEST(MappingTest, OutlivesItsDescriptor) {
  const Mapping mapping = MapNew();
  static_cast<char*>(mapping.data())[kSize - 1] = 'x';
  EXPECT_EQ(static_cast<char*>(mapping.data())[kSize - 1], 'x');
  EXPECT_EQ(mapping.size(), kSize);
}

TEST(MappingTest, RefusesAFileThatIsTooShort) {
  const absl::StatusOr<UniqueFd> file = CreateMemoryFile("test", kSize);
  const absl::StatusOr<Mapping> mapping = Mapping::Shared(file->get(), kSize + 1);
  EXPECT_TRUE(absl::IsFailedPrecondition(mapping.status())) << mapping.status();
}

TEST(MappingTest, RefusesWhatIsNoFile) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const UniqueFd reader(ends[0]);
  const UniqueFd writer(ends[1]);
  EXPECT_TRUE(absl::IsFailedPrecondition(Mapping::Shared(reader.get(), kSize).status()));
  EXPECT_FALSE(Mapping::Shared(-1, kSize).ok());
}

TEST(MappingTest, RefusesToMapNothing) {
  const absl::StatusOr<UniqueFd> file = CreateMemoryFile("test", kSize);
  EXPECT_TRUE(absl::IsInvalidArgument(Mapping::Shared(file->get(), 0).status()));
}

TEST(MappingTest, UnmapsAtItsEnd) {
  void* address;
  {
    const Mapping mapping = MapNew();
    address = mapping.data();
    ASSERT_TRUE(IsMapped(address));
  }
  EXPECT_FALSE(IsMapped(address));
}

TEST(MappingTest, MovingHandsTheRegionOver) {
  Mapping from = MapNew();
  void* const address = from.data();
  const Mapping to(std::move(from));
  EXPECT_EQ(to.data(), address);
  EXPECT_FALSE(from);  // NOLINT(bugprone-use-after-move): its state is promised
  EXPECT_TRUE(IsMapped(address));
}

TEST(MappingTest, MoveAssignmentUnmapsWhatItHeld) {
  Mapping from = MapNew();
  Mapping to = MapNew();
  void* const kept = from.data();
  void* const dropped = to.data();
  to = std::move(from);
  EXPECT_EQ(to.data(), kept);
  EXPECT_TRUE(IsMapped(kept));
  EXPECT_FALSE(IsMapped(dropped));
}

}  // namespace
}  // namespace ipclab
