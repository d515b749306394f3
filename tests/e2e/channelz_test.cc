// gRPC's own view of the server, for admins.

#include <sys/stat.h>

#include <chrono>
#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "grpc/channelz/v1/channelz.grpc.pb.h"
#include "grpcpp/generic/generic_stub.h"
#include "gtest/gtest.h"
#include "tests/support/lab_server.h"
#include "tests/support/rich_status.h"
#include "tests/support/temporary_folder.h"

namespace ipclab {
namespace {

namespace z = grpc::channelz::v1;

using testing::HasSubstr;

std::chrono::system_clock::time_point Soon() {
  return std::chrono::system_clock::now() + absl::ToChronoSeconds(kPatience);
}

class ChannelzTest : public testing::Test {
 protected:
  template <class Request, class Response>
  grpc::Status Call(grpc::Status (z::Channelz::Stub::*method)(grpc::ClientContext*, const Request&,
                                                              Response*),
                    const Request& request, Response& response) const {
    grpc::ClientContext context;
    context.set_deadline(Soon());
    return ((*channelz_).*method)(&context, request, &response);
  }

  z::Server OnlyServer() const {
    z::GetServersResponse servers;
    EXPECT_TRUE(Call(&z::Channelz::Stub::GetServers, {}, servers).ok());
    EXPECT_EQ(servers.server_size(), 1);
    EXPECT_TRUE(servers.end());
    return servers.server_size() > 0 ? servers.server(0) : z::Server();
  }

  LabServer server_;
  const std::shared_ptr<grpc::Channel> channel_ =
      grpc::CreateChannel(server_.unix_address(), grpc::InsecureChannelCredentials());
  const std::unique_ptr<z::Channelz::Stub> channelz_ = z::Channelz::NewStub(channel_);
};

TEST_F(ChannelzTest, TellsOfTheServerAndItsCalls) {
  const z::Server before = OnlyServer();
  EXPECT_GT(before.ref().server_id(), 0);
  ASSERT_TRUE(server_.client().Info().ok());
  z::GetServerRequest request;
  request.set_server_id(before.ref().server_id());
  z::GetServerResponse after;
  ASSERT_TRUE(Call(&z::Channelz::Stub::GetServer, request, after).ok());
  EXPECT_GT(after.server().data().calls_started(), before.data().calls_started());
  EXPECT_GT(after.server().data().calls_succeeded(), 0);
  EXPECT_GT(after.server().data().last_call_started_timestamp().seconds(), 0);
  EXPECT_GT(after.server().listen_socket_size(), 0);
}

TEST_F(ChannelzTest, TellsOfEveryConnection) {
  z::GetServerSocketsRequest request;
  request.set_server_id(OnlyServer().ref().server_id());
  z::GetServerSocketsResponse sockets;
  ASSERT_TRUE(Call(&z::Channelz::Stub::GetServerSockets, request, sockets).ok());
  ASSERT_GE(sockets.socket_ref_size(), 2) << "this client's, and that of the test's server";
  EXPECT_TRUE(sockets.end());
  z::GetSocketRequest of_socket;
  of_socket.set_socket_id(sockets.socket_ref(0).socket_id());
  z::GetSocketResponse socket;
  ASSERT_TRUE(Call(&z::Channelz::Stub::GetSocket, of_socket, socket).ok());
  EXPECT_EQ(socket.socket().ref().socket_id(), of_socket.socket_id());
  EXPECT_GT(socket.socket().data().streams_started(), 0);
  EXPECT_GT(socket.socket().data().messages_received(), 0);
  EXPECT_NE(socket.socket().local().address_case(), z::Address::ADDRESS_NOT_SET);

  request.set_max_results(1);
  ASSERT_TRUE(Call(&z::Channelz::Stub::GetServerSockets, request, sockets).ok());
  EXPECT_EQ(sockets.socket_ref_size(), 1);
  EXPECT_FALSE(sockets.end());
}

TEST_F(ChannelzTest, TheServerHasNoChannelsOfItsOwn) {
  z::GetTopChannelsResponse channels;
  ASSERT_TRUE(Call(&z::Channelz::Stub::GetTopChannels, {}, channels).ok());
  EXPECT_EQ(channels.channel_size(), 0);
  EXPECT_TRUE(channels.end());
}

TEST_F(ChannelzTest, WhatIsNotThereIsNotFound) {
  constexpr auto kNotFound = grpc::StatusCode::NOT_FOUND;
  z::GetServerResponse server;
  z::GetChannelResponse channel;
  z::GetSubchannelResponse subchannel;
  z::GetSocketResponse socket;
  using Stub = z::Channelz::Stub;
  EXPECT_TRUE(Refused(Call(&Stub::GetServer, {}, server), kNotFound, "NOT_FOUND"));
  EXPECT_TRUE(Refused(Call(&Stub::GetChannel, {}, channel), kNotFound, "NOT_FOUND"));
  EXPECT_TRUE(Refused(Call(&Stub::GetSubchannel, {}, subchannel), kNotFound, "NOT_FOUND"));
  EXPECT_TRUE(Refused(Call(&Stub::GetSocket, {}, socket), kNotFound, "NOT_FOUND"));
  // A socket is no server, though it has a number.
  z::GetServerRequest request;
  request.set_server_id(1'000'000);
  EXPECT_EQ(ResourceInfoOf(Call(&Stub::GetServer, request, server)).resource_name(),
            "Server 1000000");
}

TEST_F(ChannelzTest, NegativeNumbersAreRefused) {
  z::GetServersRequest request;
  request.set_start_server_id(-1);
  request.set_max_results(-1);
  z::GetServersResponse response;
  EXPECT_THAT(ViolatedFields(Call(&z::Channelz::Stub::GetServers, request, response)),
              testing::ElementsAre("start_server_id", "max_results"));
}

TEST_F(ChannelzTest, ReflectionNamesTheService) {
  grpc::GenericStub stub(channel_);
  grpc::CompletionQueue queue;
  grpc::ClientContext context;
  context.set_deadline(Soon());
  const auto call = stub.PrepareCall(
      &context, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", &queue);
  void* tag = nullptr;
  bool ok = false;
  call->StartCall(nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok) && ok);
  const grpc::Slice slice("\x3a\x01*");  // list_services: "*"
  call->Write(grpc::ByteBuffer(&slice, 1), nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok) && ok);
  grpc::ByteBuffer answer;
  call->Read(&answer, nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok) && ok);
  grpc::Slice bytes;
  ASSERT_TRUE(answer.DumpToSingleSlice(&bytes).ok());
  EXPECT_THAT(std::string(bytes.begin(), bytes.end()), HasSubstr("grpc.channelz.v1.Channelz"));
  context.TryCancel();
  queue.Shutdown();
  while (queue.Next(&tag, &ok)) {
  }
}

TEST(ChannelzRoleTest, ByTcpItTakesAnAdmin) {
  const TemporaryFolder folder;
  const std::string token = "0123456789abcdef0123456789abcdef";
  folder.Write("tokens", "operator someone " + token + "\n");
  ASSERT_EQ(::chmod((folder / "tokens").c_str(), 0600), 0);
  const LabServer server({.tcp = true, .flags = {"--tokens", folder / "tokens"}});
  const std::string method = "/grpc.channelz.v1.Channelz/GetServers";
  const LabClient nobody(server.tcp_address());
  const LabClient someone(server.tcp_address(), token);
  const LabClient owner(server.tcp_address(), server.Token());
  EXPECT_TRUE(Refused(nobody.CallByName(method, "").status, grpc::StatusCode::UNAUTHENTICATED,
                      "TOKEN_MISSING"));
  EXPECT_TRUE(Refused(someone.CallByName(method, "").status, grpc::StatusCode::PERMISSION_DENIED,
                      "ROLE_TOO_LOW"));
  EXPECT_TRUE(owner.CallByName(method, "").ok());

  v1::ListIpcObjectsRequest all;
  all.set_all(true);
  const std::string list = "/ipclab.v1.SystemService/ListIpcObjects";
  EXPECT_TRUE(someone.CallByName(list, "").ok());
  EXPECT_TRUE(Refused(someone.CallByName(list, all.SerializeAsString()).status,
                      grpc::StatusCode::PERMISSION_DENIED, "ROLE_TOO_LOW"));
  EXPECT_TRUE(owner.CallByName(list, all.SerializeAsString()).ok());
}

}  // namespace
}  // namespace ipclab
