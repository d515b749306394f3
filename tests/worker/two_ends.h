// A link of a mechanism with both ends in the test's own process, and names of its own.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "common/ipc_name.h"
#include "gtest/gtest.h"
#include "worker/mechanism.h"

namespace ipclab {

class TwoEnds {
 public:
  using Options = absl::flat_hash_map<std::string, std::string>;

  // Options that are not given have their defaults.
  TwoEnds(const char* id, int64_t bytes, bool duplex, const Options& options = {})
      : mechanism_(*FindMechanism(AllMechanisms(), id)), probe_(mechanism_.probe()) {
    spec_.message_bytes = bytes;
    spec_.duplex = duplex;
    for (const v1::Option& option : probe_.options) {
      spec_.options[option.name()] = option.default_value();
    }
    for (const auto& [name, value] : options) spec_.options[name] = value;
    const std::string tag = MakeInstanceTag();
    for (const auto kind : mechanism_.name_kinds) {
      spec_.names.push_back(MakeIpcName(kind, tag, tag + "00", static_cast<int>(spec_.names.size()),
                                        *RuntimeFolder()));
    }
  }
  TwoEnds(const TwoEnds&) = delete;
  TwoEnds& operator=(const TwoEnds&) = delete;
  ~TwoEnds() {
    for (const internal::IpcName& name : spec_.names) (void)RemoveIpcObject(name);
  }

  bool available() const { return probe_.unavailable_reason.empty(); }
  const Probe& probe() const { return probe_; }
  const ChannelSpec& spec() const { return spec_; }

  // The host sends where messages go one way.
  absl::Status Host() {
    spec_.sends = !spec_.duplex;
    auto hosted = mechanism_.host(spec_);
    if (!hosted.ok()) return hosted.status();
    host = std::move(hosted->channel);
    offer_ = std::move(hosted->offer);
    return absl::OkStatus();
  }

  absl::Status Join() {
    spec_.sends = false;
    auto joined = mechanism_.join(spec_, std::move(offer_));
    if (!joined.ok()) return joined.status();
    joiner = *std::move(joined);
    return absl::OkStatus();
  }

  void Connect() {
    absl::Status status = Host();
    if (status.ok()) status = Join();
    if (status.ok()) status = host->Connect();
    if (status.ok()) status = joiner->Connect();
    ASSERT_TRUE(status.ok()) << status;
  }

  std::unique_ptr<Channel> host;
  std::unique_ptr<Channel> joiner;

 private:
  const Mechanism& mechanism_;
  const Probe probe_;
  ChannelSpec spec_;
  ChannelOffer offer_;
};

}  // namespace ipclab
