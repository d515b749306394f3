// boost_mq: Boost.Interprocess' message_queue in POSIX shared memory, two of them both ways. It is
// headers alone. They throw: what they throw is caught here.

#include <array>
#include <cerrno>

#include "absl/strings/str_cat.h"
#include "worker/mechanism.h"
#include "worker/mechanisms/data_patterns.h"
#include "worker/mechanisms/program_facts.h"
#include "worker/option.h"

#ifdef IPCLAB_HAS_BOOST_MQ
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <boost/interprocess/ipc/message_queue.hpp>
#include <optional>

#include "common/errno_status.h"
#else
#include "worker/libraries/absent.h"
#endif

namespace ipclab {
namespace {

#ifdef IPCLAB_HAS_BOOST_MQ

namespace bip = boost::interprocess;

constexpr const char* kFolder = "/dev/shm";

class BoostChannel final : public Channel {
 public:
  // For each way the name of its queue, or none.
  BoostChannel(const std::string* in, const std::string* out) {
    if (in != nullptr) in_.emplace(bip::open_only, in->c_str());
    if (out != nullptr) out_.emplace(bip::open_only, out->c_str());
  }

  IoStatus Send(std::span<const std::byte> message) override {
    return Caught([&] {
      out_->send(message.data(), message.size(), /*priority=*/0);
      return IoStatus::kOk;
    });
  }

  IoStatus Receive(std::span<std::byte> message) override {
    return Caught([&] {
      bip::message_queue::size_type got = 0;
      unsigned priority = 0;
      in_->receive(message.data(), message.size(), got, priority);
      return got == message.size() ? IoStatus::kOk : Fail(EBADMSG);
    });
  }

  IoStatus TrySend(std::span<const std::byte> message) override {
    return Caught([&] {
      return out_->try_send(message.data(), message.size(), /*priority=*/0) ? IoStatus::kOk
                                                                            : IoStatus::kWouldBlock;
    });
  }

  IoStatus TryReceive(std::span<std::byte> message) override {
    return Caught([&] {
      bip::message_queue::size_type got = 0;
      unsigned priority = 0;
      if (!in_->try_receive(message.data(), message.size(), got, priority)) {
        return IoStatus::kWouldBlock;
      }
      return got == message.size() ? IoStatus::kOk : Fail(EBADMSG);
    });
  }

  absl::StatusOr<int64_t> Depth() const override {
    return static_cast<int64_t>((in_ ? in_ : out_)->get_num_msg());
  }

 private:
  template <typename Call>
  IoStatus Caught(Call call) {
    try {
      return call();
    } catch (const bip::interprocess_exception& thrown) {
      return Fail(thrown.get_native_error() != 0 ? thrown.get_native_error() : EPROTO);
    }
  }

  mutable std::optional<bip::message_queue> in_;
  mutable std::optional<bip::message_queue> out_;
};

absl::Status BoostStatus(std::string_view act, const std::string& name,
                         const bip::interprocess_exception& thrown) {
  return absl::InternalError(absl::StrCat(std::string(act), " ", name, ": ", thrown.what()));
}

// Of one queue: what it really takes is private to it. Each message has a header and an index.
uint64_t MostBytesOf(uint64_t messages, uint64_t message_bytes) {
  constexpr uint64_t kQueue = 8192;
  constexpr uint64_t kMessage = 64;
  return kQueue + messages * (message_bytes + kMessage);
}

// The constructor of a queue writes all over it, and the memory file has holes until then: where
// there is too little room, it would end in SIGBUS.
absl::Status CheckRoom(uint64_t bytes) {
  struct statvfs found;
  if (::statvfs(kFolder, &found) != 0) return ErrnoStatus("statvfs", kFolder);
  const uint64_t room = uint64_t{found.f_bavail} * found.f_frsize;
  if (found.f_blocks == 0 || room >= bytes) return absl::OkStatus();  // 0: a tmpfs without limit
  return absl::ResourceExhaustedError(absl::StrCat(
      "boost_mq: the queues take ", bytes, " bytes and ", kFolder, " has ", room,
      " left; mount -o remount,size=1g /dev/shm (of a container --shm-size 1g), or lower "
      "max_messages"));
}

absl::Status MakeQueue(const std::string& name, uint64_t messages, uint64_t message_bytes) {
  try {
    const bip::message_queue queue(bip::create_only, name.c_str(), messages, message_bytes,
                                   bip::permissions(0600));
  } catch (const bip::interprocess_exception& thrown) {
    return BoostStatus("create", name, thrown);
  }
  // What the constructor left untouched is reserved too.
  const UniqueFd file(::shm_open(name.c_str(), O_RDWR | O_CLOEXEC, 0));
  if (!file) return ErrnoStatus("shm_open", name);
  const off_t size = ::lseek(file.get(), 0, SEEK_END);
  if (const int error = ::posix_fallocate(file.get(), 0, size); error != 0) {
    return ErrnoStatus("posix_fallocate", name, error);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Channel>> OpenQueues(const ChannelSpec& spec, bool hosts) {
  const std::string& there = spec.names.at(0).name();  // from the host, or the only one
  const std::string& back = spec.names.at(1).name();
  try {
    if (!spec.duplex) {
      return std::make_unique<BoostChannel>(spec.sends ? nullptr : &there,
                                            spec.sends ? &there : nullptr);
    }
    return std::make_unique<BoostChannel>(hosts ? &back : &there, hosts ? &there : &back);
  } catch (const bip::interprocess_exception& thrown) {
    return BoostStatus("open", there, thrown);
  }
}

absl::StatusOr<Hosted> HostBoostMq(const ChannelSpec& spec) {
  const uint64_t messages =
      static_cast<uint64_t>(spec.records > 0 ? spec.records : spec.IntegerOption("max_messages"));
  const uint64_t bytes = static_cast<uint64_t>(spec.message_bytes);
  const size_t queues = spec.duplex ? 2 : 1;
  // Beyond that the sum below has no room for its own result.
  if (bytes > (uint64_t{1} << 48) / messages) {
    return absl::ResourceExhaustedError(absl::StrCat("boost_mq: ", messages, " messages of ", bytes,
                                                     " bytes are more than any host holds"));
  }
  if (auto status = CheckRoom(queues * MostBytesOf(messages, bytes)); !status.ok()) {
    return status;
  }
  for (size_t queue = 0; queue < queues; ++queue) {
    if (auto status = MakeQueue(spec.names.at(queue).name(), messages, bytes); !status.ok()) {
      return status;
    }
  }
  auto channel = OpenQueues(spec, /*hosts=*/true);
  if (!channel.ok()) return channel.status();
  return Hosted{*std::move(channel), {}};
}

absl::StatusOr<std::unique_ptr<Channel>> JoinBoostMq(const ChannelSpec& spec, ChannelOffer) {
  return OpenQueues(spec, /*hosts=*/false);
}

void LookAtHost(Probe& probe) {
  struct statvfs found;
  if (::statvfs(kFolder, &found) != 0) {
    probe.unavailable_reason = "there is no /dev/shm; mount -t tmpfs -o mode=1777 tmpfs /dev/shm";
    return;
  }
  v1::Limit& room = probe.limits.emplace_back();
  room.set_name("memory for all queues in /dev/shm, bytes; 0: no limit");
  room.set_value(static_cast<int64_t>(uint64_t{found.f_blocks} * found.f_frsize));
  room.set_changed_by("mount -o remount,size=... /dev/shm");
}

#else

constexpr auto HostBoostMq = HostAbsent;
constexpr auto JoinBoostMq = JoinAbsent;
void LookAtHost(Probe& probe) {
  probe.unavailable_reason =
      "built without Boost.Interprocess; install libboost-dev and build again";
}

#endif

Probe ProbeBoostMq() {
  Probe probe;
  LookAtHost(probe);
  probe.options.push_back(
      IntegerOption("max_messages", 10, 1, 1'000'000,
                    "Messages that a queue holds; the memory for all is taken at once"));
  return probe;
}

constexpr std::array kNames = {internal::IpcName::POSIX_SHM, internal::IpcName::POSIX_SHM};
constexpr std::array<std::string_view, 2> kViews = {
    "ls -l /dev/shm, as long as it has its name",
    "grep /dev/shm /proc/PID/maps, where it is (deleted) once its name is gone"};
constexpr std::array<std::string_view, 4> kHazards = {
    "A process that dies while it holds the queue's lock leaves it locked: everybody else waits "
    "for ever.",
    "Nothing tells of a peer's death: a blocked send or receive stays blocked.",
    "The queue stays in /dev/shm until it is removed by name, with all that is in it.",
    "Its constructor takes memory that may not be there and dies by SIGBUS where /dev/shm is full: "
    "look at the room first."};

}  // namespace

extern constinit const Mechanism kBoostMq = {
    .id = "boost_mq",
    .family = v1::Mechanism::MESSAGE,
    .summary = "Boost.Interprocess message_queue: a locked priority queue in POSIX shared memory",
    .facts = {.model = v1::Mechanism::SHARED_MEMORY,
              .interface = v1::Mechanism::LIBRARY,
              .direction = v1::Mechanism::ONE_WAY,
              .scope = v1::Mechanism::SAME_HOST,
              .persistence = v1::Mechanism::KERNEL,
              .peer_loss = v1::Mechanism::UNNOTICED,
              .sharing = v1::Mechanism::MANY_TO_MANY,
              .keeps_borders = true,
              .ordering = "highest priority first, as sent within one; here all have the same",
              .access = "who may open the shared memory's name; here: the same user"},
    .patterns = kDataPatterns,
    .hazards = kHazards,
    .kernel_views = kViews,
    .name_kinds = kNames,
    .loopback = false,
    .probe = ProbeBoostMq,
    .host = HostBoostMq,
    .join = JoinBoostMq,
    .program = ChannelFacts("get_num_msg", 1, SeenBy::kAll),
};

}  // namespace ipclab
