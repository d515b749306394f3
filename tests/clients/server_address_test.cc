#include "clients/cli/server_address.h"

#include <gtest/gtest.h>

namespace ipclab::cli {
namespace {

TEST(ParseServerAddress, TakesUnixSocketsInAllForms) {
  for (const char* text : {"unix:/run/s", "unix:///run/s", "/run/s"}) {
    const auto address = ParseServerAddress(text);
    ASSERT_TRUE(address.ok()) << text;
    EXPECT_EQ(address->Target(), "unix:/run/s");
    EXPECT_TRUE(address->is_local());
  }
}

TEST(ParseServerAddress, TakesHostsAndPorts) {
  EXPECT_EQ(ParseServerAddress("127.0.0.1:50051").value().Target(), "127.0.0.1:50051");
  EXPECT_EQ(ParseServerAddress("[::1]:80").value().host, "::1");
  EXPECT_EQ(ParseServerAddress("[::1]:80").value().Target(), "[::1]:80");
}

TEST(ParseServerAddress, TlsIsAskedForInFront) {
  EXPECT_EQ(ParseServerAddress("tls:lab.example:80").value().Target(), "lab.example:80");
  EXPECT_EQ(ParseServerAddress("tls:[::1]:80").value().Target(), "[::1]:80");
  EXPECT_TRUE(ParseServerAddress("tls:lab.example:80").value().tls);
  EXPECT_FALSE(ParseServerAddress("lab.example:80").value().tls);
  EXPECT_FALSE(ParseServerAddress("tls:80").value().tls) << "a host may be called so";
  EXPECT_TRUE(ParseServerAddress("tls:127.0.0.1:80").value().is_local());
  for (const char* text : {"tls:", "tls::80", "tls:host:", "tls:unix:/run/s", "tls:tls:host:80"}) {
    EXPECT_FALSE(ParseServerAddress(text).ok()) << text;
  }
}

TEST(ParseServerAddress, KnowsWhatStaysOnThisHost) {
  for (const char* text : {"localhost:1", "127.0.0.2:1", "[::1]:1"}) {
    EXPECT_TRUE(ParseServerAddress(text).value().is_local()) << text;
  }
  for (const char* text : {"lab.example:1", "127.evil.example:1", "127.0.0.1.evil.example:1",
                           "128.0.0.1:1", "[::2]:1"}) {
    EXPECT_FALSE(ParseServerAddress(text).value().is_local()) << text;
  }
}

TEST(ParseServerAddress, RefusesWhatIsNone) {
  for (const std::string& text :
       {std::string(), std::string("unix:"), std::string("host"), std::string("host:"),
        std::string(":1"), std::string("host:0"), std::string("host:65536"), std::string("::1:80"),
        std::string("http://host:80"), "/" + std::string(200, 'x')}) {
    EXPECT_FALSE(ParseServerAddress(text).ok()) << text;
  }
}

TEST(ProbeUnixSocket, SaysWhyNobodyAnswers) {
  EXPECT_EQ(ProbeUnixSocket("/nonexistent/socket").code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace ipclab::cli
