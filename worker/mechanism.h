// The record of one inter-process communication mechanism. Each file in worker/mechanisms/ defines
// one constinit record; worker/mechanisms/list.cc lists them. The server learns of them from the
// zygote's Hello and never runs their code.
#pragma once

#include <cstdint>
#include <limits>
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
#include "worker/counting_semaphore.h"
#include "worker/lock.h"
#include "worker/ring/region.h"

namespace ipclab {

// What one worker's end of a channel, or of a lock, is to be.
struct ChannelSpec {
  int64_t message_bytes = 1;  // 0 of what carries no data
  // How many bytes of a message its receiver needs: all unless nobody checks the contents or passes
  // them on. What can leave a message where it lies need not copy the rest out.
  int64_t bytes_looked_at = std::numeric_limits<int64_t>::max();
  bool duplex = false;  // messages go both ways
  bool sends = false;   // not duplex: this end sends
  // How many workers send into the object and how many receive from it. More than one only where
  // Facts::sharing says so; then there is one host and every other worker joins with the same
  // offer. Of a lock: both are the number of workers.
  int senders = 1;
  int receivers = 1;
  // Of a program's channel: so many messages must find room. 0: as many as the options say.
  int records = 0;
  // Of a program's semaphore.
  int64_t initial_value = 0;
  // Every option of the record is there, validated, with its default if it was not given.
  absl::flat_hash_map<std::string, std::string> options;
  // One per entry of Mechanism::name_kinds; nobody else uses them.
  std::vector<internal::IpcName> names;

  // The value of an option: of any type as it is written, of an INTEGER, of a BOOLEAN.
  const std::string& Option(std::string_view name) const;
  int64_t IntegerOption(std::string_view name) const;
  bool BooleanOption(std::string_view name) const { return Option(name) == "true"; }

  // True when more than two workers use the object.
  bool shared() const { return senders > 1 || receivers > 1; }
};

// What the host gives to all who join: opaque to everybody else.
struct ChannelOffer {
  std::string bytes;
  std::vector<UniqueFd> descriptors;
};

struct Hosted {
  std::unique_ptr<Channel> channel;
  ChannelOffer offer;  // dropped by the host as soon as it was sent, or nobody ever sees EOF
};

struct HostedLock {
  std::unique_ptr<Lock> lock;
  ChannelOffer offer;
};

struct HostedSemaphore {
  std::unique_ptr<CountingSemaphore> semaphore;
  ChannelOffer offer;
};

// Memory of zeros.
struct HostedMemory {
  Region region;
  ChannelOffer offer;
};

// What probe finds on this host.
struct Probe {
  std::string unavailable_reason;  // empty: available; else why not and what would mend it
  int64_t max_message_bytes = 0;   // 0: none of its own
  std::string max_message_changed_by;
  int64_t max_shared_message_bytes = 0;  // where several share one object; 0: as with two
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
  v1::Mechanism::Sharing sharing = v1::Mechanism::ONE_TO_ONE;
  bool keeps_borders = false;
  // Messages may be lost. Receive of such a channel returns kWouldBlock when none came for a
  // while, as set by kLossyPatience, and the pattern looks whether one will come at all.
  bool lossy = false;
  // The option, as "name=value", with which older messages may be lost for newer ones, and without
  // which none are. The newest always arrive: Receive waits for them as long as it takes.
  std::string_view lossy_with = {};
  bool needs_synchronisation = false;  // its users must order their accesses themselves
  bool only_blocks = false;            // it has no Try forms: SPIN is refused
  bool fast = false;                   // a message costs less than reading the clock twice
  std::string_view ordering = "as sent";
  std::string_view access;  // who may connect
};

// What objects of lab programs a mechanism can stand behind, and what the kernel tells of them. A
// channel of a program has messages of kRecordBytes, and any number of ends as far as sharing says.
struct ProgramFacts {
  std::span<const v1::ProgramObject::Kind> carries = {};
  // The call that tells how such an object stands, after each step; or why there is none.
  std::string_view view = {};
  std::string_view view_absent = {};
  // Of a channel: in what order it is received, and what Depth counts for each message.
  v1::Mechanism::Discipline discipline = v1::Mechanism::DISCIPLINE_UNSPECIFIED;
  int64_t depth_per_record = 0;
  // Of a channel: an end that only sends tells its Depth too.
  bool is_seen_by_senders = false;
  // Of a channel: a message may be on its way for a while before it can be received, or room be
  // noticed.
  bool hops = false;
  // Of a lock: its holder would get it again instead of being refused.
  bool is_regained = false;
  // The names that one object which is no channel may create; of a channel see name_kinds.
  std::span<const internal::IpcName::Kind> name_kinds = {};
};

// A value and its tag.
inline constexpr int64_t kRecordBytes = 16;

struct Mechanism {
  std::string_view id;  // stable: stored in results
  v1::Mechanism::Family family;
  std::string_view summary;
  Facts facts;
  std::span<const v1::Pattern::Kind> patterns;
  std::span<const std::string_view> hazards;
  // Where the system shows it: a command or a file each.
  std::span<const std::string_view> kernel_views = {};
  // The names that one link may create; the server commits them before host runs.
  std::span<const internal::IpcName::Kind> name_kinds;
  bool loopback = false;  // one worker is both ends; join is null

  // Looks at this host: called once, in the zygote at its start. Must leave nothing behind.
  Probe (*probe)();
  // Of what carries messages or events: creates the objects and this end.
  absl::StatusOr<Hosted> (*host)(const ChannelSpec& spec) = nullptr;
  // Makes another end from the host's offer.
  absl::StatusOr<std::unique_ptr<Channel>> (*join)(const ChannelSpec& spec,
                                                   ChannelOffer offer) = nullptr;
  // The same of what excludes, for CONTENTION.
  absl::StatusOr<HostedLock> (*host_lock)(const ChannelSpec& spec) = nullptr;
  absl::StatusOr<std::unique_ptr<Lock>> (*join_lock)(const ChannelSpec& spec,
                                                     ChannelOffer offer) = nullptr;

  // Of what stands behind objects of lab programs. Channels and locks of programs are made by host
  // and join, host_lock and join_lock; counting semaphores and memory for cells by these. Names
  // stay until all have joined: then the host removes those of memory, and has its semaphore do it.
  ProgramFacts program = {};
  absl::StatusOr<HostedSemaphore> (*host_semaphore)(const ChannelSpec& spec) = nullptr;
  absl::StatusOr<std::unique_ptr<CountingSemaphore>> (*join_semaphore)(
      const ChannelSpec& spec, ChannelOffer offer) = nullptr;
  absl::StatusOr<HostedMemory> (*host_memory)(const ChannelSpec& spec, size_t bytes) = nullptr;
  absl::StatusOr<Region> (*join_memory)(const ChannelSpec& spec, size_t bytes,
                                        const ChannelOffer& offer) = nullptr;
};

// Every mechanism of the lab, in the order in which they are listed.
std::span<const Mechanism* const> AllMechanisms();

// The one with this id, or null.
const Mechanism* FindMechanism(std::span<const Mechanism* const> mechanisms, std::string_view id);

// The record as the server gets it: the public part with what probe found, and the name kinds.
internal::MechanismRecord Describe(const Mechanism& mechanism);

}  // namespace ipclab
