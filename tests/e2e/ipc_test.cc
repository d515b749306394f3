// The kernel objects with names: listed with whose they are, and removed only when they are the
// server's own and nobody uses them.

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "common/ipc_name.h"
#include "common/unique_fd.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/lab_server.h"
#include "tests/support/rich_status.h"

namespace ipclab {
namespace {

namespace fs = std::filesystem;

using E = v1::Experiment;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using v1::IpcObject;

// A shared memory object made by nobody in particular.
class Shm {
 public:
  explicit Shm(std::string name) : name_(std::move(name)) {
    const UniqueFd fd(::shm_open(name_.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600));
    EXPECT_TRUE(fd) << name_;
    EXPECT_EQ(::ftruncate(fd.get(), 4096), 0);
  }
  Shm(const Shm&) = delete;
  Shm& operator=(const Shm&) = delete;
  ~Shm() { ::shm_unlink(name_.c_str()); }

  const std::string& name() const { return name_; }
  bool Exists() const { return fs::exists("/dev/shm" + name_); }

 private:
  const std::string name_;
};

// What an object is to the server.
std::string Line(const IpcObject& object) {
  std::string line = IpcObject::Kind_Name(object.kind());
  if (object.own()) line += " own";
  if (object.reclaimable()) line += " reclaimable";
  if (!object.experiment().empty()) line += " of " + object.experiment();
  if (!object.error().empty()) line += " error";
  return line;
}

template <class Objects>
std::vector<std::string> Lines(const Objects& objects) {
  std::vector<std::string> lines;
  for (const IpcObject& object : objects) lines.push_back(Line(object));
  return lines;
}

template <class Objects>
std::vector<std::string> Names(const Objects& objects) {
  std::vector<std::string> names;
  for (const IpcObject& object : objects) names.push_back(object.name());
  return names;
}

class IpcTest : public testing::Test {
 protected:
  grpc::Status List(const v1::ListIpcObjectsRequest& request,
                    v1::ListIpcObjectsResponse& response) const {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoSeconds(kPatience));
    return system_->ListIpcObjects(&context, request, &response);
  }

  std::vector<IpcObject> All(bool all) const {
    v1::ListIpcObjectsRequest request;
    request.set_all(all);
    std::vector<IpcObject> objects;
    do {
      v1::ListIpcObjectsResponse page;
      const grpc::Status status = List(request, page);
      EXPECT_TRUE(status.ok()) << status.error_message();
      objects.insert(objects.end(), page.ipc_objects().begin(), page.ipc_objects().end());
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return objects;
  }
  std::vector<IpcObject> Own() const { return All(false); }

  v1::ReclaimIpcObjectsResponse Reclaim(std::optional<bool> dry_run) const {
    v1::ReclaimIpcObjectsRequest request;
    if (dry_run) request.set_dry_run(*dry_run);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoSeconds(kPatience));
    v1::ReclaimIpcObjectsResponse response;
    const grpc::Status status = system_->ReclaimIpcObjects(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }

  std::string OwnName(int number) const {
    return "/ipclab-" + server_.client().Info()->instance() + "-deadbeef-" + std::to_string(number);
  }

  LabServer server_ = LabServer({.scripted = true});
  const std::unique_ptr<v1::SystemService::Stub> system_ = v1::SystemService::NewStub(
      grpc::CreateChannel(server_.unix_address(), grpc::InsecureChannelCredentials()));
};

TEST_F(IpcTest, AServerThatHasMadeNothingListsNothing) {
  EXPECT_THAT(Own(), IsEmpty());
  EXPECT_THAT(Reclaim(false).ipc_objects(), IsEmpty());
}

TEST_F(IpcTest, WhatALivingExperimentUsesIsListedAndStays) {
  const std::string name = server_.client().CreateReady(Measure("leaves_shm")).name();
  EXPECT_THAT(Lines(Own()), ElementsAre("POSIX_SHM own of " + name, "FIFO own of " + name));
  EXPECT_THAT(Reclaim(false).ipc_objects(), IsEmpty());
  EXPECT_EQ(server_.IpcObjects().size(), 3u);
  ASSERT_TRUE(server_.client().Cancel(name).ok());
  EXPECT_THAT(Own(), IsEmpty());
}

TEST_F(IpcTest, NothingIsRemovedUnlessItIsAskedFor) {
  const Shm stray(OwnName(0));
  EXPECT_THAT(Lines(Own()), ElementsAre("POSIX_SHM own reclaimable"));
  for (const std::optional<bool> dry_run : {std::optional<bool>(), std::optional(true)}) {
    const auto told = Reclaim(dry_run);
    EXPECT_TRUE(told.dry_run());
    EXPECT_THAT(Names(told.ipc_objects()), ElementsAre(stray.name()));
    EXPECT_TRUE(stray.Exists());
  }
  const auto done = Reclaim(false);
  EXPECT_FALSE(done.dry_run());
  EXPECT_THAT(Lines(done.ipc_objects()), ElementsAre("POSIX_SHM own reclaimable"));
  EXPECT_FALSE(stray.Exists());
  EXPECT_THAT(Reclaim(false).ipc_objects(), IsEmpty()) << "once is enough";
  EXPECT_THAT(Own(), IsEmpty());
}

TEST_F(IpcTest, WhatOthersMadeIsShownToWhoAsksAndNeverTouched) {
  const Shm of_another_lab("/ipclab-" + MakeInstanceTag() + "-deadbeef-0");
  const Shm of_anybody("/" + MakeInstanceTag() + "-" + std::to_string(::getpid()));
  EXPECT_THAT(Own(), IsEmpty());
  for (const Shm* each : {&of_another_lab, &of_anybody}) {
    const auto all = All(true);
    const auto found = std::find_if(all.begin(), all.end(), [each](const IpcObject& object) {
      return object.name() == each->name();
    });
    ASSERT_NE(found, all.end());
    EXPECT_EQ(Line(*found), "POSIX_SHM");
    EXPECT_EQ(found->bytes(), 4096);
    EXPECT_EQ(found->owner_uid(), static_cast<int32_t>(::geteuid()));
    EXPECT_GT(found->change_time().seconds(), 0);
  }
  EXPECT_THAT(Reclaim(false).ipc_objects(), IsEmpty());
  EXPECT_TRUE(of_another_lab.Exists());
  EXPECT_TRUE(of_anybody.Exists());
}

TEST_F(IpcTest, SystemVObjectsAreListedAndNeverTouched) {
  const int id = ::shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
  if (id < 0) GTEST_SKIP() << "this host has no System V shared memory";
  if (!fs::exists("/proc/sysvipc/shm")) GTEST_SKIP() << "nor tells of it";
  EXPECT_THAT(Names(All(true)), Contains(std::to_string(id)));
  EXPECT_THAT(Own(), IsEmpty());
  Reclaim(false);
  shmid_ds status;
  EXPECT_EQ(::shmctl(id, IPC_STAT, &status), 0);
  EXPECT_EQ(::shmctl(id, IPC_RMID, nullptr), 0);
}

// The workers were killed while an object could not be removed; later it can be.
TEST_F(IpcTest, WhatAnEndedExperimentLeftIsReclaimedByItsName) {
  const E ready = server_.client().CreateReady(Measure("leaves_shm"));
  const std::string fifo = Own().at(1).name();
  ASSERT_EQ(::unlink(fifo.c_str()), 0);
  ASSERT_EQ(::mkdir(fifo.c_str(), 0700), 0);
  ::kill(ready.workers(0).pid(), SIGKILL);
  EXPECT_EQ(server_.client().AwaitEnd(ready.name()).state(), E::FAILED);
  EXPECT_THAT(Own(), IsEmpty()) << "the shared memory is gone, and a folder is no object";
  ASSERT_EQ(::rmdir(fifo.c_str()), 0);
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);

  EXPECT_THAT(Lines(Own()), ElementsAre("FIFO own reclaimable of " + ready.name()));
  EXPECT_THAT(Names(Reclaim(false).ipc_objects()), ElementsAre(fifo));
  EXPECT_THAT(Own(), IsEmpty());
  EXPECT_THAT(server_.IpcObjects(), IsEmpty());
}

TEST_F(IpcTest, PagesFollowEachOther) {
  const Shm a(OwnName(0));
  const Shm b(OwnName(1));
  const Shm c(OwnName(2));
  v1::ListIpcObjectsRequest request;
  request.set_page_size(2);
  v1::ListIpcObjectsResponse first;
  ASSERT_TRUE(List(request, first).ok());
  EXPECT_THAT(Names(first.ipc_objects()), ElementsAre(a.name(), b.name()));
  request.set_page_token(first.next_page_token());
  v1::ListIpcObjectsResponse second;
  ASSERT_TRUE(List(request, second).ok());
  EXPECT_THAT(Names(second.ipc_objects()), ElementsAre(c.name()));
  EXPECT_EQ(second.next_page_token(), "");

  request.set_all(true);
  v1::ListIpcObjectsResponse none;
  const grpc::Status refused = List(request, none);
  EXPECT_TRUE(Refused(refused, grpc::StatusCode::INVALID_ARGUMENT, "BAD_REQUEST"));
  EXPECT_THAT(ViolatedFields(refused), ElementsAre("page_token"));
}

}  // namespace
}  // namespace ipclab
