// Both ends of one link over a socket mechanism, in this process: what the tests of these
// mechanisms begin with.
#pragma once

#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "common/ipc_name.h"
#include "gtest/gtest.h"
#include "tests/support/scoped_variable.h"
#include "tests/support/temporary_folder.h"
#include "worker/mechanism.h"

namespace ipclab {

class SocketTest : public testing::Test {
 protected:
  using Options = absl::flat_hash_map<std::string, std::string>;

  // The mechanism's defaults but for these, and names of its own.
  ChannelSpec SpecOf(const Mechanism& mechanism, int64_t bytes, const Options& options = {}) {
    ChannelSpec spec;
    spec.message_bytes = bytes;
    spec.duplex = true;
    for (const v1::Option& option : mechanism.probe().options) {
      spec.options[option.name()] = option.default_value();
    }
    for (const auto& [name, value] : options) spec.options[name] = value;
    for (const internal::IpcName::Kind kind : mechanism.name_kinds) {
      spec.names.push_back(MakeIpcName(kind, "abc123", "0123abcd",
                                       static_cast<int>(spec.names.size()), RuntimeFolderPath()));
    }
    return spec;
  }

  // Hosts and joins, but does not connect.
  void Make(const Mechanism& mechanism, const ChannelSpec& spec) {
    auto hosted = mechanism.host(spec);
    ASSERT_TRUE(hosted.ok()) << hosted.status();
    auto joined = mechanism.join(spec, std::move(hosted->offer));
    ASSERT_TRUE(joined.ok()) << joined.status();
    host_ = std::move(hosted->channel);
    joiner_ = *std::move(joined);
  }

  void Connect(const Mechanism& mechanism, const ChannelSpec& spec) {
    Make(mechanism, spec);
    if (HasFatalFailure()) return;
    for (Channel* const end : {joiner_.get(), host_.get()}) {
      const absl::Status connected = end->Connect();
      ASSERT_TRUE(connected.ok()) << connected;
    }
  }

  const Mechanism& Find(std::string_view id) { return *FindMechanism(AllMechanisms(), id); }

  const TemporaryFolder session_;
  const ScopedVariable variable_{"XDG_RUNTIME_DIR", session_.path().c_str()};
  std::unique_ptr<Channel> host_;
  std::unique_ptr<Channel> joiner_;
};

}  // namespace ipclab
