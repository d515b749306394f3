// The command line over TLS: with what `ipclab certs` makes, against a real server.

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/lab_server.h"
#include "tests/support/program.h"
#include "tests/support/temporary_folder.h"

namespace ipclab {
namespace {

using ::testing::HasSubstr;

struct Ran {
  std::optional<int> exit_code;
  std::string output;
  std::string complaints;
};

Ran Ipclab(const std::vector<std::string>& words) {
  std::vector<std::string> arguments = {IPCLAB_CLI};
  arguments.insert(arguments.end(), words.begin(), words.end());
  ChildProgram program(arguments, {{"NO_COLOR", "1"}});
  Ran ran;
  while (auto line = program.AwaitLine()) ran.output += *line + "\n";
  ran.exit_code = program.AwaitExit();
  ran.complaints = program.Complaints();
  return ran;
}

class TlsCommandLineTest : public ::testing::Test {
 protected:
  TlsCommandLineTest() {
    for (const std::string& folder : {certs_, others_}) {
      const Ran made = Ipclab({"certs", "--dir", folder, "--role", "operator"});
      EXPECT_EQ(made.exit_code, 0) << made.complaints;
      EXPECT_THAT(made.output, HasSubstr(absl::StrCat("--tls-client-ca ", folder, "/ca.pem")));
    }
  }

  LabServer::Options Options() const {
    return {.tcp = true,
            .flags = {"--tls-cert", absl::StrCat(certs_, "/server.pem"), "--tls-key",
                      absl::StrCat(certs_, "/server.key"), "--tls-client-ca",
                      absl::StrCat(certs_, "/ca.pem")}};
  }

  static Ran Info(const LabServer& server, const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {
        "info",         "--json",
        "--server",     server.tcp_address(),
        "--token-file", absl::StrCat(server.state_folder(), "/token")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Ipclab(arguments);
  }

  static std::vector<std::string> Own(const std::string& folder) {
    return {"--tls-cert", absl::StrCat(folder, "/client.pem"), "--tls-key",
            absl::StrCat(folder, "/client.key")};
  }

  static std::vector<std::string> With(const std::string& authority,
                                       const std::vector<std::string>& own) {
    std::vector<std::string> flags = {"--tls-ca", absl::StrCat(authority, "/ca.pem")};
    flags.insert(flags.end(), own.begin(), own.end());
    return flags;
  }

  const TemporaryFolder folder_;
  const std::string certs_ = folder_ / "certs";
  const std::string others_ = folder_ / "others";
};

TEST_F(TlsCommandLineTest, GetsInWithWhatCertsMade) {
  const LabServer server(Options());
  const Ran ran = Info(server, With(certs_, Own(certs_)));
  EXPECT_EQ(ran.exit_code, 0) << ran.complaints;
  EXPECT_THAT(ran.output, HasSubstr(R"("role":"OPERATOR")"));
}

TEST_F(TlsCommandLineTest, ElseItCannotConnectAndSaysWhatMayBeWrong) {
  const LabServer server(Options());
  for (const auto& flags :
       {With(certs_, {}), With(certs_, Own(others_)), With(others_, Own(certs_))}) {
    const Ran ran = Info(server, flags);
    EXPECT_EQ(ran.exit_code, 4);
    EXPECT_THAT(ran.complaints,
                HasSubstr(absl::StrCat("no TLS connection to ", server.tcp_address())));
    EXPECT_THAT(ran.complaints, HasSubstr("--tls-client-ca"));
  }
  const Ran plain = Info(server, {});
  EXPECT_EQ(plain.exit_code, 4);
  EXPECT_THAT(plain.complaints, HasSubstr("one that speaks TLS needs --tls-ca"));
}

TEST_F(TlsCommandLineTest, FilesThatAreNoneAreAMistakeOfUsage) {
  const LabServer server(Options());
  for (const std::vector<std::string>& flags :
       std::vector<std::vector<std::string>>{{"--tls-ca", "/no/such"},
                                             {"--tls-ca", "/dev/null"},
                                             {"--tls-cert", absl::StrCat(certs_, "/client.pem")}}) {
    const Ran ran = Info(server, flags);
    EXPECT_EQ(ran.exit_code, 2) << flags[0];
    EXPECT_THAT(ran.complaints, HasSubstr(flags[0]));
  }
}

TEST_F(TlsCommandLineTest, CertsOverwritesNothing) {
  const Ran again = Ipclab({"certs", "--dir", certs_});
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_THAT(again.complaints, HasSubstr("exists already"));
  EXPECT_EQ(Ipclab({"certs", "--dir", certs_, "--role", "emperor"}).exit_code, 2);
}

}  // namespace
}  // namespace ipclab
