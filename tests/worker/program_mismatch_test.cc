// Whoever changes a kernel object behind the lab's back is noticed with the next step; so is a
// worker that was made of something else than the server.

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sem.h>
#include <unistd.h>

#include <semaphore.h>

#include "absl/strings/numbers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/program_crew.h"

namespace ipclab {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class ProgramMismatchTest : public testing::Test {
 protected:
  // The object's memory, which its host has offered by descriptor.
  template <typename T>
  static T& Memory(ProgramCrew& crew, const char* object) {
    const auto& offer = crew.offer(object);
    void* const memory = ::mmap(nullptr, kPageBytes, PROT_READ | PROT_WRITE, MAP_SHARED,
                                offer.descriptors.at(0).get(), 0);
    EXPECT_NE(memory, MAP_FAILED);
    return *static_cast<T*>(memory);
  }

  static void ExpectMismatch(const internal::FromWorker& said, const std::string& object) {
    EXPECT_EQ(said.failed().kind(), internal::Failed::MISMATCH) << said.ShortDebugString();
    EXPECT_THAT(said.failed().message(), AllOf(HasSubstr("step 1, worker A"), HasSubstr(object),
                                               HasSubstr("kernel"), HasSubstr("model")));
  }

  TestZygote zygote_{IPCLAB_WORKER};
};

TEST_F(ProgramMismatchTest, ACellThatAStrangerWroteIsNoticed) {
  ProgramCrew crew(zygote_, {.source = "shared x = 1\nshared y = 2\nprocess A { y = 3 }\n",
                             .over = {{"cells", {"memfd"}}}});
  ASSERT_TRUE(crew.Connect()) << crew.complaint();
  Memory<int64_t>(crew, "x") = 77;
  const internal::FromWorker said = crew.Steps({{0}});
  ExpectMismatch(said, "77 of x");
}

TEST_F(ProgramMismatchTest, AReadThatGivesWhatNobodyWroteIsNoticed) {
  ProgramCrew crew(zygote_, {.source = "shared x = 1\nprocess A { y = x\n print(y) }\n",
                             .over = {{"cells", {"memfd"}}}});
  ASSERT_TRUE(crew.Connect()) << crew.complaint();
  Memory<int64_t>(crew, "x") = 77;
  ExpectMismatch(crew.Steps({{0}}), "the kernel gave 77, the model gave 1");
}

TEST_F(ProgramMismatchTest, ASemaphoreThatAStrangerPostedIsNoticed) {
  ProgramCrew crew(zygote_, {.source = "semaphore s = 1\nprocess A { wait(s) }\n"});
  ASSERT_TRUE(crew.Connect()) << crew.complaint();
  ASSERT_EQ(::sem_post(&Memory<sem_t>(crew, "s")), 0);
  ExpectMismatch(crew.Steps({{0}}), "1 of s (sem_getvalue), the model 0");
}

TEST_F(ProgramMismatchTest, ASemaphoreSetThatAStrangerTookFromIsNoticed) {
  ProgramCrew crew(zygote_, {.source = "semaphore s = 1\nprocess A { wait(s) }\n",
                             .over = {{"s", {"sysv_sem"}}}});
  ASSERT_TRUE(crew.Connect()) << crew.complaint();
  int set = -1;
  ASSERT_TRUE(absl::SimpleAtoi(crew.offer("s").bytes, &set));
  ASSERT_EQ(::semctl(set, 0, SETVAL, 0), 0);
  ExpectMismatch(crew.Steps({{0}}), "would have it wait");
}

TEST_F(ProgramMismatchTest, ARecordThatAStrangerSentIsNoticed) {
  ProgramCrew crew(zygote_, {.source = "channel c\nprocess A { send(c, 1) }\n"
                                       "process B { x = receive(c)\n print(x) }\n"});
  ASSERT_TRUE(crew.Connect()) << crew.complaint();
  // What is offered is the reader's end: opened anew it can be written to.
  const std::string path =
      "/proc/self/fd/" + std::to_string(crew.offer("c").descriptors.at(0).get());
  const UniqueFd pipe(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  const int64_t record[2] = {5, 0};
  ASSERT_EQ(::write(pipe.get(), record, sizeof record), static_cast<ssize_t>(sizeof record));
  ExpectMismatch(crew.Steps({{0}}), "32 of c (bytes by FIONREAD), the model 16");
}

TEST_F(ProgramMismatchTest, ALockThatAStrangerTookIsNoticed) {
  ProgramCrew crew(zygote_, {.source = "mutex m\nprocess A { lock(m)\n unlock(m) }\n",
                             .over = {{"m", {"futex_lock"}}}});
  ASSERT_TRUE(crew.Connect()) << crew.complaint();
  Memory<uint32_t>(crew, "m") = 1;
  ExpectMismatch(crew.Steps({{0}}), "lock(m): the kernel would have it wait");
}

TEST_F(ProgramMismatchTest, AProgramThatIsAnotherToTheServerIsRefused) {
  ProgramCrew crew(zygote_, {.source = "shared x = 1\nprocess A { x = 2 }\n", .hash = "00000000"});
  EXPECT_FALSE(crew.Connect());
  EXPECT_THAT(crew.complaint(), HasSubstr("both must be of one build"));
}

TEST_F(ProgramMismatchTest, AQueueThatTheKernelDoesNotGrantIsRefusedWithBothNumbers) {
  ProgramCrew crew(zygote_, {.source = "channel c[4000]\nprocess A { send(c, 1) }\n"
                                       "process B { x = receive(c)\n print(x) }\n",
                             .over = {{"c", {"sysv_mq"}}}});
  EXPECT_FALSE(crew.Connect());
  EXPECT_THAT(crew.complaint(),
              AllOf(HasSubstr("c over sysv_mq"), HasSubstr("64000 bytes"), HasSubstr("msgmnb")));
}

TEST_F(ProgramMismatchTest, AMechanismWithTwoEndsIsRefusedForMore) {
  ProgramCrew crew(zygote_, {.source = "channel c\nprocess A[2] { send(c, 1) }\n"
                                       "process B { x = receive(c)\n print(x) }\n",
                             .over = {{"c", {"unix_stream"}}}});
  EXPECT_FALSE(crew.Connect());
  EXPECT_THAT(crew.complaint(), HasSubstr("one sender with one receiver"));
}

}  // namespace
}  // namespace ipclab
