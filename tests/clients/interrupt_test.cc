#include "clients/cli/interrupt.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <thread>

#include "common/unique_fd.h"
#include "ipclab/v1/system.grpc.pb.h"
#include "tests/support/nap.h"

namespace ipclab::cli {
namespace {

// A socket that takes connections and never says a word.
class MuteServer {
 public:
  MuteServer() {
    std::string folder = ::testing::TempDir() + "/mute-XXXXXX";
    folder_ = ::mkdtemp(folder.data());
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path().c_str(), sizeof(address.sun_path) - 1);
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)),
              0);
    EXPECT_EQ(::listen(socket_.get(), 8), 0);
  }
  ~MuteServer() { std::filesystem::remove_all(folder_); }

  std::string path() const { return folder_ / "socket"; }

  // Waits for a client.
  UniqueFd Accept() { return UniqueFd(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC)); }

 private:
  std::filesystem::path folder_;
  UniqueFd socket_{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
};

TEST(Interrupt, ASignalCancelsTheCallThatIsUnderWayAndEveryLaterOne) {
  Interrupt interrupt;  // before gRPC, whose threads must not take the signal
  EXPECT_FALSE(interrupt.raised());
  MuteServer server;
  const auto stub = v1::SystemService::NewStub(
      grpc::CreateChannel("unix:" + server.path(), grpc::InsecureChannelCredentials()));
  UniqueFd client;
  std::thread interrupter([&] {
    client = server.Accept();
    ::kill(::getpid(), SIGINT);
  });
  for (int call = 0; call < 2; ++call) {
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    const Interrupt::Guard guard(interrupt, context);
    v1::ServerInfo info;
    const grpc::Status status = stub->GetServerInfo(&context, {}, &info);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::CANCELLED) << status.error_message();
  }
  interrupter.join();
  EXPECT_EQ(interrupt.signal(), SIGINT);
}

TEST(InterruptDeathTest, ASecondSignalEndsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        Interrupt interrupt;
        ::kill(::getpid(), SIGINT);
        while (!interrupt.raised()) Nap();
        ::kill(::getpid(), SIGTERM);
        for (;;) ::pause();
      },
      ::testing::ExitedWithCode(128 + SIGTERM), "");
}

}  // namespace
}  // namespace ipclab::cli
