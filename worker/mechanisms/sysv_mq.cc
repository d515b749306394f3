// sysv_mq: a System V message queue, two of them where messages go both ways. The queues have
// markers, see common/sysv_object.h: nothing but IPC_RMID ends a queue, and it ends it at once for
// everybody, so that the names stay until the lab removes them.

#include <sys/ipc.h>
#include <sys/msg.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/errno_status.h"
#include "common/program/channel.h"
#include "common/sysv_object.h"
#include "worker/mechanism.h"
#include "worker/mechanisms/data_patterns.h"
#include "worker/mechanisms/kernel_limit.h"
#include "worker/mechanisms/program_facts.h"
#include "worker/option.h"

namespace ipclab {
namespace {

// The two queues of a link by the index of their names.
constexpr size_t kFromHost = 0;
constexpr size_t kToHost = 1;

// The kernel's own, where the files cannot be read.
constexpr int64_t kDefaultQueues = 32000;
constexpr int64_t kDefaultMessageBytes = 8192;
constexpr int64_t kDefaultQueueBytes = 16384;

constexpr long kType = 1;  // of every message but the records of programs
constexpr int64_t kMostTag = std::numeric_limits<long>::max() - 1;

int64_t MessageBytes() { return ReadSysctl("kernel/msgmax").value_or(kDefaultMessageBytes); }
int64_t QueueBytes() { return ReadSysctl("kernel/msgmnb").value_or(kDefaultQueueBytes); }
int64_t Queues() { return ReadSysctl("kernel/msgmni").value_or(kDefaultQueues); }

// What msgrcv is asked for.
long SelectionOf(const std::string& type) {
  if (type == "exact") return kType;
  return type == "lowest" ? -kType : 0;
}

// The kernel tells nobody of the other end's death. msgsnd and msgrcv want the type right before
// the text, so that every message goes through a letter of the channel's own.
class QueueChannel final : public Channel {
 public:
  QueueChannel(int from, int to, const ChannelSpec& spec)
      : from_(from),
        to_(to),
        selection_(SelectionOf(spec.Option("type"))),
        out_(sizeof(long) + static_cast<size_t>(spec.message_bytes)),
        in_(out_.size()) {}

  IoStatus Send(std::span<const std::byte> message) override { return Put(message, kType, 0); }
  IoStatus Receive(std::span<std::byte> message) override { return Take(message, selection_, 0); }
  IoStatus TrySend(std::span<const std::byte> message) override {
    return Put(message, kType, IPC_NOWAIT);
  }
  IoStatus TryReceive(std::span<std::byte> message) override {
    return Take(message, selection_, IPC_NOWAIT);
  }

  // The type is the tag + 1, as no type may be 0: so a tag of 0 is one like any other, and the
  // lowest. The option says nothing here: each receive of a program says what it wants.
  IoStatus SendRecord(std::span<const std::byte> record, int64_t tag, bool wait) override {
    if (!TagsOf(Discipline::kByType).Holds(tag)) return Fail(EINVAL);
    return Put(record, tag + 1, wait ? 0 : IPC_NOWAIT);
  }
  IoStatus ReceiveRecord(std::span<std::byte> record, int64_t type, bool wait) override {
    const int64_t limit = std::clamp(type, -kMostTag, kMostTag);
    const long selection = limit == 0 ? 0 : limit > 0 ? limit + 1 : limit - 1;
    return Take(record, selection, wait ? 0 : IPC_NOWAIT);
  }

  absl::StatusOr<int64_t> Depth() const override {
    msqid_ds state;
    if (::msgctl(from_ < 0 ? to_ : from_, IPC_STAT, &state) != 0)
      return ErrnoStatus("msgctl IPC_STAT");
    return static_cast<int64_t>(state.msg_qnum);
  }

 private:
  IoStatus Put(std::span<const std::byte> message, long type, int flags) {
    std::memcpy(out_.data(), &type, sizeof type);
    std::memcpy(out_.data() + sizeof(long), message.data(), message.size());
    while (::msgsnd(to_, out_.data(), message.size(), flags) != 0) {
      if (errno == EAGAIN) return IoStatus::kWouldBlock;  // only with IPC_NOWAIT
      if (errno != EINTR) return Fail(errno);
    }
    return IoStatus::kOk;
  }

  IoStatus Take(std::span<std::byte> message, long selection, int flags) {
    while (true) {
      const ssize_t got = ::msgrcv(from_, in_.data(), message.size(), selection, flags);
      if (got == static_cast<ssize_t>(message.size())) [[likely]] {
        std::memcpy(message.data(), in_.data() + sizeof(long), message.size());
        return IoStatus::kOk;
      }
      if (got >= 0) return Fail(EBADMSG);
      if (errno == ENOMSG) return IoStatus::kWouldBlock;  // only with IPC_NOWAIT
      if (errno != EINTR) return Fail(errno);
    }
  }

  const int from_;  // -1 when this end only sends
  const int to_;    // -1 when it only receives
  const long selection_;
  std::vector<char> out_;  // the type, then the text
  std::vector<char> in_;
};

Probe ProbeSysvMq() {
  Probe probe;
  msginfo info;
  if (::msgctl(0, IPC_INFO, reinterpret_cast<msqid_ds*>(&info)) < 0) {
    const int error = errno;
    probe.unavailable_reason =
        absl::StrCat(std::string(ErrnoStatus("msgctl IPC_INFO", {}, error).message()),
                     error == ENOSYS ? "; it needs a kernel with CONFIG_SYSVIPC"
                                     : "; whatever confines this process must allow it msgctl");
  }
  // A message above the size of a queue would wait for room that never comes.
  const bool by_queue = QueueBytes() < MessageBytes();
  probe.max_message_bytes = std::min(QueueBytes(), MessageBytes());
  probe.max_message_changed_by = by_queue ? "/proc/sys/kernel/msgmnb" : "/proc/sys/kernel/msgmax";
  probe.limits = {MakeLimit("queues on this host", Queues(), "/proc/sys/kernel/msgmni"),
                  MakeLimit("message, bytes", MessageBytes(), "/proc/sys/kernel/msgmax"),
                  MakeLimit("bytes in one queue", QueueBytes(), "/proc/sys/kernel/msgmnb")};

  probe.options.push_back(ChoiceOption(
      "key", {"ftok", "private"},
      "How the ends find the queue: by the key that ftok makes of a file, or by the id alone "
      "(IPC_PRIVATE)"));

  probe.options.push_back(ChoiceOption(
      "type", {"arrival", "exact", "lowest"},
      "What msgrcv asks for: any message in order of arrival (0), of just this type (n), or of the "
      "lowest type up to it (-n)"));
  return probe;
}

absl::StatusOr<SysvObject> Create(const internal::IpcName& name, SysvKey key) {
  auto queue = CreateSysvObject(name, key, "msgget",
                                [](key_t of, int flags) { return ::msgget(of, flags); });
  if (!absl::IsResourceExhausted(queue.status())) return queue;
  return absl::ResourceExhaustedError(
      absl::StrCat(queue.status().message(), ", of at most ", Queues(),
                   " queues on this host: /proc/sys/kernel/msgmni"));
}

// As found by the joiner: "key 16909060" or "id 7", one word pair per queue of the link.
std::string Describe(const SysvObject& queue) {
  return queue.key == IPC_PRIVATE ? absl::StrCat("id ", queue.id) : absl::StrCat("key ", queue.key);
}

absl::StatusOr<int> Find(std::string_view description) {
  const size_t space = description.find(' ');
  int number = 0;
  if (space == std::string_view::npos ||
      !absl::SimpleAtoi(std::string(description.substr(space + 1)), &number)) {
    return absl::InvalidArgumentError("sysv_mq: the offer does not say where the queue is");
  }
  if (description.substr(0, space) == "id") return number;
  const int id = ::msgget(number, 0);
  if (id < 0) return ErrnoStatus("msgget", absl::StrCat("key ", number));
  return id;
}

// Which queue there is where messages go one way. What more than two use is always the first.
size_t QueueOf(const ChannelSpec& spec, bool hosts) {
  return spec.shared() || spec.sends == hosts ? kFromHost : kToHost;
}

// in and out: the queues of both ways, -1 for none. One that is shared is whichever is there.
std::unique_ptr<Channel> MakeChannel(const ChannelSpec& spec, int in, int out) {
  if (spec.shared()) {
    const int only = std::max(in, out);
    in = spec.sends ? -1 : only;
    out = spec.sends ? only : -1;
  }
  return std::make_unique<QueueChannel>(in, out, spec);
}

absl::StatusOr<Hosted> HostSysvMq(const ChannelSpec& spec) {
  if (const int64_t bytes = spec.records * spec.message_bytes; bytes > QueueBytes()) {
    return absl::ResourceExhaustedError(absl::StrCat("sysv_mq: ", spec.records, " records are ",
                                                     bytes, " bytes, a queue holds ", QueueBytes(),
                                                     ": /proc/sys/kernel/msgmnb"));
  }
  const SysvKey key = spec.Option("key") == "ftok" ? SysvKey::kFtok : SysvKey::kPrivate;
  Hosted hosted;
  int ids[] = {-1, -1};
  for (const size_t name : {kFromHost, kToHost}) {
    if (!spec.duplex && QueueOf(spec, /*hosts=*/true) != name) continue;
    const auto queue = Create(spec.names[name], key);
    if (!queue.ok()) return queue.status();
    ids[name] = queue->id;
    absl::StrAppend(&hosted.offer.bytes, Describe(*queue), "\n");
  }
  hosted.channel = MakeChannel(spec, ids[kToHost], ids[kFromHost]);
  return hosted;
}

absl::StatusOr<std::unique_ptr<Channel>> JoinSysvMq(const ChannelSpec& spec, ChannelOffer offer) {
  int ids[] = {-1, -1};
  std::string_view lines = offer.bytes;
  for (const size_t name : {kFromHost, kToHost}) {
    if (!spec.duplex && QueueOf(spec, /*hosts=*/false) != name) continue;
    const std::string_view line = lines.substr(0, lines.find('\n'));
    const auto id = Find(line);
    if (!id.ok()) return id.status();
    ids[name] = *id;
    lines.remove_prefix(std::min(line.size() + 1, lines.size()));
  }
  return MakeChannel(spec, ids[kFromHost], ids[kToHost]);
}

constexpr std::array kNames = {internal::IpcName::SYSV_MQ, internal::IpcName::SYSV_MQ};
constexpr std::array<std::string_view, 3> kViews = {
    "ipcs -q", "ipcs -q -i ID: who sent and who received last", "cat /proc/sysvipc/msg"};
constexpr std::array<std::string_view, 7> kHazards = {
    "Nothing tells of the other end's death: a receiver waits for ever, a sender until the queue "
    "is full and then for ever.",
    "A queue lives until IPC_RMID or the next boot, whoever has gone: look with ipcs -q.",
    "IPC_RMID takes the queue from everybody at once, messages and all: who waits gets EIDRM.",
    "ftok makes the key of the low bits of an inode and a device: two files may have one key, and "
    "a file made anew has another.",
    "A type of -n asks for the LOWEST type up to n, the reverse of POSIX priorities.",
    "A receiver of one type leaves all others in the queue, where they take the room: senders then "
    "wait although somebody receives.",
    "msgrcv with too small a buffer fails with E2BIG; with MSG_NOERROR it cuts silently."};

}  // namespace

extern constinit const Mechanism kSysvMq = {
    .id = "sysv_mq",
    .family = v1::Mechanism::MESSAGE,
    .summary = "System V message queue: whole messages with types; a pair of them for both ways",
    .facts = {.model = v1::Mechanism::MESSAGE_PASSING,
              .interface = v1::Mechanism::SYSTEM_V,
              .direction = v1::Mechanism::TWO_WAYS,
              .scope = v1::Mechanism::SAME_HOST,
              .persistence = v1::Mechanism::KERNEL,
              .peer_loss = v1::Mechanism::UNNOTICED,
              .sharing = v1::Mechanism::MANY_TO_MANY,
              .keeps_borders = true,
              .ordering = "as sent, or by type as the receiver asks",
              .access = "whoever has the key or the id, by the queue's mode"},
    .patterns = kDataPatterns,
    .hazards = kHazards,
    .kernel_views = kViews,
    .name_kinds = kNames,
    .loopback = false,
    .probe = ProbeSysvMq,
    .host = HostSysvMq,
    .join = JoinSysvMq,
    .program = ChannelFacts("msg_qnum", 1, SeenBy::kAll, v1::Mechanism::BY_TYPE),
};

}  // namespace ipclab
