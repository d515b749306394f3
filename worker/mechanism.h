// The record of one inter-process communication mechanism. Each file in worker/mechanisms/ defines
// one constinit record; worker/mechanisms/list.cc lists them. The server learns of them from the
// zygote's Hello and never runs their code.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/unique_fd.h"
#include "ipclab/internal/control.pb.h"
#include "ipclab/v1/mechanism.pb.h"
#include "worker/channel.h"

namespace ipclab {

// What a channel is to be.
struct ChannelSpec {
  int64_t message_bytes = 1;
  bool duplex = false;  // messages go both ways
  bool sends = false;   // not duplex: this end sends
  // Every option of the record is there, validated, with its default if it was not given.
  absl::flat_hash_map<std::string, std::string> options;
  // One per entry of Mechanism::name_kinds; nobody else uses them.
  std::vector<internal::IpcName> names;

  // The value of an option: of any type as it is written, of an INTEGER, of a BOOLEAN.
  const std::string& Option(std::string_view name) const;
  int64_t IntegerOption(std::string_view name) const;
  bool BooleanOption(std::string_view name) const { return Option(name) == "true"; }
};

// What the host gives to whoever joins: opaque to everybody else.
struct ChannelOffer {
  std::string bytes;
  std::vector<UniqueFd> descriptors;
};

struct Hosted {
  std::unique_ptr<Channel> channel;
  ChannelOffer offer;  // dropped by the host as soon as it was sent, or nobody ever sees EOF
};

// What probe finds on this host.
struct Probe {
  std::string unavailable_reason;  // empty: available; else why not and what would mend it
  int64_t max_message_bytes = 0;   // 0: none of its own
  std::string max_message_changed_by;
  std::vector<v1::Limit> limits;
  std::vector<v1::Option> options;
};

// What is true of a mechanism on every host.
struct Facts {
  v1::Mechanism::Model model;
  v1::Mechanism::Interface interface;
  v1::Mechanism::Direction direction;
  v1::Mechanism::Scope scope;
  v1::Mechanism::Persistence persistence;
  v1::Mechanism::PeerLoss peer_loss;
  bool keeps_borders = false;
  // Messages may be lost. Receive of such a channel returns kWouldBlock when none came for a
  // while, as set by kLossyPatience, and the pattern looks whether one will come at all.
  bool lossy = false;
  bool needs_synchronisation = false;  // its users must order their accesses themselves
  std::string_view ordering = "as sent";
  std::string_view access;  // who may connect
};

struct Mechanism {
  std::string_view id;  // stable: stored in results
  v1::Mechanism::Family family;
  std::string_view summary;
  Facts facts;
  std::span<const v1::Pattern::Kind> patterns;
  std::span<const std::string_view> hazards;
  // The names that one link may create; the server commits them before host runs.
  std::span<const internal::IpcName::Kind> name_kinds;
  bool loopback = false;  // one worker is both ends; join is null

  // Looks at this host: called once, in the zygote at its start. Must leave nothing behind.
  Probe (*probe)();
  // Creates the objects and this end.
  absl::StatusOr<Hosted> (*host)(const ChannelSpec& spec);
  // Makes the other end from the host's offer.
  absl::StatusOr<std::unique_ptr<Channel>> (*join)(const ChannelSpec& spec, ChannelOffer offer);
};

// Every mechanism of the lab, in the order in which they are listed.
std::span<const Mechanism* const> AllMechanisms();

// The one with this id, or null.
const Mechanism* FindMechanism(std::span<const Mechanism* const> mechanisms, std::string_view id);

// The record as the server gets it: the public part with what probe found, and the name kinds.
internal::MechanismRecord Describe(const Mechanism& mechanism);

}  // namespace ipclab
