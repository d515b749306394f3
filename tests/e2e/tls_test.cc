// TLS and client certificates, and what a server beyond loopback needs.

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/certificate_folder.h"
#include "tests/support/lab_server.h"
#include "tests/support/rich_status.h"

namespace ipclab {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using P = v1::Principal;

class TlsTest : public ::testing::Test {
 protected:
  LabServer::Options Options(bool clients_need_one) const {
    return {.tcp = true, .flags = files_.Flags(clients_need_one)};
  }

  // A first call with the server's own token, over a connection of its own.
  Answer<v1::ServerInfo> Info(const LabServer& server, const cli::KeyPair& authority,
                              const cli::KeyPair& own = {}) const {
    return LabClient(server.tcp_address(), server.Token(), false, TlsCredentials(authority, own))
        .Info();
  }

  // Connects anew until it is answered so.
  bool BecomesAnswered(const LabServer& server, const cli::KeyPair& authority,
                       grpc::StatusCode code, const cli::KeyPair& own = {}) const {
    const absl::Time deadline = absl::Now() + kPatience;
    while (absl::Now() < deadline) {
      if (Info(server, authority, own).status.error_code() == code) return true;
    }
    return false;
  }

  // What a server says that does not start with these flags.
  static std::string Refusal(const LabServer& server, const std::string& address,
                             const std::vector<std::string>& more) {
    std::vector<std::string> flags = {"--listen", address, "--state-dir",
                                      server.state_folder() + "/other"};
    flags.insert(flags.end(), more.begin(), more.end());
    const auto program = server.StartAnother(flags);
    EXPECT_EQ(program->AwaitLine(), std::nullopt);
    EXPECT_EQ(program->AwaitExit(), 1);
    return program->Complaints();
  }

  const CertificateFolder files_;
};

TEST_F(TlsTest, LetsInWhoTrustsTheServerAndBringsTheToken) {
  const LabServer server(Options(false));
  const LabClient client(server.tcp_address(), server.Token(), false,
                         TlsCredentials(files_.authority));
  EXPECT_EQ(client.CreateAndFinish(Measure("pipe", 10)).state(), v1::Experiment::SUCCEEDED);
  EXPECT_EQ(client.Info()->caller().name(), "owner");
  EXPECT_THAT(client.Info()->warnings(), IsEmpty());
}

TEST_F(TlsTest, ReplacesNoToken) {
  const LabServer server(Options(true));
  for (const auto& [token, reason] :
       {std::pair{"", "TOKEN_MISSING"}, std::pair{"0123456789abcdef", "TOKEN_WRONG"}}) {
    const LabClient client(server.tcp_address(), token, false,
                           TlsCredentials(files_.authority, files_.Client("admin")));
    EXPECT_TRUE(Refused(client.Info().status, grpc::UNAUTHENTICATED, reason));
  }
}

TEST_F(TlsTest, PlainTextIsNotSpokenThen) {
  const LabServer server(Options(false));
  EXPECT_EQ(LabClient(server.tcp_address(), server.Token()).Info().status.error_code(),
            grpc::UNAVAILABLE);
  EXPECT_TRUE(server.client().Info().ok()) << "the Unix socket has none of it";
}

TEST_F(TlsTest, AClientThatTrustsAnotherAuthorityDoesNotTalkToTheServer) {
  const LabServer server(Options(false));
  const grpc::Status status = Info(server, files_.stranger).status;
  EXPECT_EQ(status.error_code(), grpc::UNAVAILABLE);
  EXPECT_THAT(status.error_message(), HasSubstr("certificate verify failed"));
}

TEST_F(TlsTest, WithAClientAuthorityOnlyItsCertificatesGetIn) {
  const LabServer server(Options(true));
  const auto info_with = [&](const cli::KeyPair& own) {
    return Info(server, files_.authority, own).status;
  };
  const cli::KeyPair expired =
      cli::MakeClientPair(files_.authority, "client", "", files_.past).value();
  const cli::KeyPair of_stranger =
      cli::MakeClientPair(files_.stranger, "client", "", files_.valid).value();
  const cli::KeyPair of_server =
      cli::MakeServerPair(files_.authority, {"localhost"}, files_.valid).value();
  EXPECT_TRUE(info_with(files_.Client()).ok()) << info_with(files_.Client()).error_message();
  EXPECT_EQ(info_with({}).error_code(), grpc::UNAVAILABLE);
  EXPECT_EQ(info_with(expired).error_code(), grpc::UNAVAILABLE);
  EXPECT_EQ(info_with(of_stranger).error_code(), grpc::UNAVAILABLE);
  EXPECT_EQ(info_with(of_server).error_code(), grpc::UNAVAILABLE);
  EXPECT_TRUE(info_with(files_.Client()).ok()) << "nothing of it is left";
}

TEST_F(TlsTest, CertificateAndTokenMustBothPermit) {
  files_.Put("tokens", "viewer looker 0123456789abcdef\n");
  LabServer::Options options = Options(true);
  options.flags.insert(options.flags.end(), {"--tokens", files_ / "tokens"});
  const LabServer server(options);
  const auto with = [&](const std::string& token, const std::string& role) {
    return LabClient(server.tcp_address(), token, false,
                     TlsCredentials(files_.authority, files_.Client(role)));
  };
  const LabClient limited = with(server.Token(), "viewer");
  EXPECT_EQ(limited.Info()->caller().role(), P::VIEWER);
  EXPECT_TRUE(Refused(limited.Create(Measure()).status, grpc::PERMISSION_DENIED, "ROLE_TOO_LOW"));
  EXPECT_EQ(with(server.Token(), "operator").Info()->caller().role(), P::OPERATOR);
  EXPECT_EQ(with(server.Token(), "").Info()->caller().role(), P::ADMIN);
  EXPECT_EQ(with("0123456789abcdef", "admin").Info()->caller().role(), P::VIEWER);
  EXPECT_TRUE(Refused(with(server.Token(), "emperor").Info().status, grpc::PERMISSION_DENIED,
                      "ROLE_TOO_LOW"));
}

TEST_F(TlsTest, ANewCertificateIsShownWithoutARestartAndOldConnectionsGoOn) {
  const LabServer server(Options(false));
  const LabClient before(server.tcp_address(), server.Token(), false,
                         TlsCredentials(files_.authority));
  ASSERT_TRUE(before.Info().ok());
  ASSERT_EQ(Info(server, files_.stranger).status.error_code(), grpc::UNAVAILABLE);
  files_.PutServer(files_.stranger);
  EXPECT_TRUE(BecomesAnswered(server, files_.stranger, grpc::OK));
  EXPECT_EQ(Info(server, files_.authority).status.error_code(), grpc::UNAVAILABLE);
  EXPECT_TRUE(before.Info().ok());
}

TEST_F(TlsTest, ABrokenCertificateIsToldAndMendedWithoutARestart) {
  const LabServer server(Options(false));
  files_.Put("server.key", files_.authority.key);
  const absl::Time deadline = absl::Now() + kPatience;
  while (server.Complaints().find("is not the key of the certificate") == std::string::npos) {
    ASSERT_LT(absl::Now(), deadline);
    ASSERT_TRUE(server.client().Info().ok());  // lets the time pass
  }
  files_.PutServer(files_.stranger);
  EXPECT_TRUE(BecomesAnswered(server, files_.stranger, grpc::OK));
}

TEST_F(TlsTest, AnotherClientAuthorityCountsWithoutARestart) {
  const LabServer server(Options(true));
  const cli::KeyPair of_stranger =
      cli::MakeClientPair(files_.stranger, "client", "", files_.valid).value();
  ASSERT_EQ(Info(server, files_.authority, of_stranger).status.error_code(), grpc::UNAVAILABLE);
  files_.Put("ca.pem", files_.stranger.certificate);
  EXPECT_TRUE(BecomesAnswered(server, files_.authority, grpc::OK, of_stranger));
  EXPECT_EQ(Info(server, files_.authority, files_.Client()).status.error_code(), grpc::UNAVAILABLE);
}

TEST_F(TlsTest, ABrokenClientAuthorityOpensNoDoor) {
  const LabServer server(Options(true));
  const cli::KeyPair of_stranger =
      cli::MakeClientPair(files_.stranger, "client", "", files_.valid).value();
  for (const std::string& broken : {std::string(), std::string("nonsense")}) {
    files_.Put("ca.pem", broken);
    // As long as it takes gRPC, and longer, to look again: nobody else gets in meanwhile.
    const absl::Time end = absl::Now() + absl::Milliseconds(2500);
    while (absl::Now() < end) {
      ASSERT_EQ(Info(server, files_.authority).status.error_code(), grpc::UNAVAILABLE);
      ASSERT_EQ(Info(server, files_.authority, of_stranger).status.error_code(), grpc::UNAVAILABLE);
    }
  }
  files_.Put("ca.pem", files_.authority.certificate);
  EXPECT_TRUE(BecomesAnswered(server, files_.authority, grpc::OK, files_.Client()));
}

TEST_F(TlsTest, FilesThatCannotWorkKeepTheServerFromStarting) {
  const LabServer server;
  const std::string cert = files_ / "server.pem";
  const std::string key = files_ / "server.key";
  files_.Put("other.key", files_.authority.key);
  const std::vector<std::pair<std::vector<std::string>, std::string>> mistakes = {
      {{"--tls-cert", cert}, "both --tls-cert and --tls-key"},
      {{"--tls-client-ca", cert}, "both --tls-cert and --tls-key"},
      {{"--tls-cert", "/no/such", "--tls-key", key}, "--tls-cert /no/such"},
      {{"--tls-cert", cert, "--tls-key", "/no/such"}, "--tls-key /no/such"},
      {{"--tls-cert", cert, "--tls-key", files_ / "other.key"}, "is not the key"},
      {{"--tls-cert", key, "--tls-key", key}, "no certificate in PEM form"}};
  for (const auto& [flags, words] : mistakes) {
    EXPECT_THAT(Refusal(server, "127.0.0.1:0", flags), HasSubstr(words));
  }
}

TEST_F(TlsTest, AnExpiredCertificateIsWarnedOf) {
  const cli::KeyPair old =
      cli::MakeServerPair(files_.authority, {"localhost"}, files_.past).value();
  files_.Put("server.pem", old.certificate);
  files_.Put("server.key", old.key);
  const LabServer server(Options(false));
  EXPECT_THAT(server.client().Info()->warnings(),
              ::testing::ElementsAre(HasSubstr("the certificate expired on")));
  EXPECT_THAT(server.Complaints(), HasSubstr("the certificate expired on"));
  EXPECT_EQ(Info(server, files_.authority).status.error_code(), grpc::UNAVAILABLE);
}

// A further server that listens on every interface, and what it says of itself.
class RemoteTest : public TlsTest {
 protected:
  v1::ServerInfo Serve(const std::vector<std::string>& more,
                       const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
    std::vector<std::string> flags = {"--listen",    "0.0.0.0:0",
                                      "--listen",    "unix:" + server_.folder() + "/second",
                                      "--state-dir", state_};
    flags.insert(flags.end(), more.begin(), more.end());
    const auto program = server_.StartAnother(flags);
    const std::string line = program->AwaitLine().value_or("");
    EXPECT_THAT(line, HasSubstr("listening on 0.0.0.0:")) << program->Complaints();
    EXPECT_TRUE(program->AwaitLine().has_value());
    std::ifstream file(state_ + "/token");
    std::string token;
    std::getline(file, token);
    const std::string address = "127.0.0.1" + line.substr(line.rfind(':'));
    EXPECT_TRUE(Refused(LabClient(address, "", false, credentials).Info().status,
                        grpc::UNAUTHENTICATED, "TOKEN_MISSING"));
    const auto info = LabClient(address, token, false, credentials).Info();
    EXPECT_TRUE(info.ok()) << info.status.error_message();
    program->Signal(SIGTERM);
    EXPECT_EQ(program->AwaitExit(), 0);
    complaints_ = program->Complaints();
    return info.value;
  }

  const LabServer server_;
  const std::string state_ = server_.state_folder() + "/other";
  std::string complaints_;
};

TEST_F(RemoteTest, PlainTextBeyondLoopbackIsRefusedWithAdvice) {
  for (const char* address : {"0.0.0.0:0", "[::]:0"}) {
    const std::string refusal = Refusal(server_, address, {});
    for (const char* words :
         {"--tls-cert", "--insecure-remote", "127.0.0.1:PORT", "ipclab certs"}) {
      EXPECT_THAT(refusal, HasSubstr(words));
    }
  }
}

TEST_F(RemoteTest, PlainTextThatWasInsistedOnIsWarnedOf) {
  const v1::ServerInfo info = Serve({"--insecure-remote"}, nullptr);
  EXPECT_THAT(info.warnings(), ::testing::ElementsAre(HasSubstr("plain text on 0.0.0.0:0")));
  EXPECT_THAT(complaints_, HasSubstr("plain text on 0.0.0.0:0"));
}

TEST_F(RemoteTest, TlsNeedsNoInsistingAndNoClientCertificates) {
  const v1::ServerInfo info = Serve(files_.Flags(false), TlsCredentials(files_.authority));
  EXPECT_THAT(info.warnings(), IsEmpty());
  EXPECT_THAT(complaints_, Not(HasSubstr("plain text")));
}

}  // namespace
}  // namespace ipclab
