// posix_mq: a POSIX message queue, two of them where messages go both ways. The names go as soon as
// both ends have opened them: the queues live on in the descriptors.

#include <fcntl.h>
#include <mqueue.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <optional>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"
#include "common/ipc_name.h"
#include "common/program/channel.h"
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
constexpr int64_t kDefaultMessages = 10;
constexpr int64_t kDefaultMessageBytes = 8192;
constexpr int64_t kDefaultQueues = 256;

const TagRange kPriorities = TagsOf(Discipline::kByPriority);
constexpr timespec kAtOnce = {0, 0};  // a deadline that is over

int64_t MaxMessages() { return ReadSysctl("fs/mqueue/msg_max").value_or(kDefaultMessages); }
int64_t MaxQueues() { return ReadSysctl("fs/mqueue/queues_max").value_or(kDefaultQueues); }

int64_t QueueBytesOfUser() {
  rlimit limit = {};
  ::getrlimit(RLIMIT_MSGQUEUE, &limit);
  return limit.rlim_cur == RLIM_INFINITY ? INT64_MAX : static_cast<int64_t>(limit.rlim_cur);
}

// mq_open's errors for what is short, in the words of who can change it.
absl::Status OpenError(int error, const std::string& name, int64_t messages, int64_t bytes) {
  const std::string asked = absl::StrCat(name, ", ", messages, " messages of ", bytes, " bytes");
  switch (error) {
    case EMFILE:
      return absl::ResourceExhaustedError(
          absl::StrCat("mq_open ", asked, ": more than what is left of RLIMIT_MSGQUEUE, ",
                       QueueBytesOfUser(), " bytes in all queues of this user, or of descriptors"));
    case ENOSPC:
      return absl::ResourceExhaustedError(absl::StrCat("mq_open ", asked, ": there are ",
                                                       MaxQueues(),
                                                       " queues; /proc/sys/fs/mqueue/queues_max"));
    case EINVAL:
      return absl::InvalidArgumentError(
          absl::StrCat("mq_open ", asked, ": more than ", MaxMessages(),
                       " messages (/proc/sys/fs/mqueue/msg_max) or ",
                       ReadSysctl("fs/mqueue/msgsize_max").value_or(kDefaultMessageBytes),
                       " bytes (/proc/sys/fs/mqueue/msgsize_max)"));
    default:
      return ErrnoStatus("mq_open", asked, error);
  }
}

// The kernel tells nobody of the other end's death, and what was sent stays in the queue.
class QueueChannel final : public Channel {
 public:
  // to_remove: a name that goes once all have joined; may be null.
  QueueChannel(UniqueFd read, UniqueFd write, unsigned priority, const internal::IpcName* to_remove)
      : read_(std::move(read)), write_(std::move(write)), priority_(priority) {
    if (to_remove != nullptr) to_remove_ = *to_remove;
  }

  absl::Status Connect() override {
    return to_remove_ ? UnlinkIpcObject(*std::exchange(to_remove_, std::nullopt))
                      : absl::OkStatus();
  }

  IoStatus Send(std::span<const std::byte> message) override { return Put(message, priority_); }

  IoStatus Receive(std::span<std::byte> message) override {
    while (true) {
      const ssize_t got = ::mq_receive(read_.get(), Text(message), message.size(), nullptr);
      if (got >= 0 || errno != EINTR) return Received(got, message.size());
    }
  }

  // A deadline that is over asks for no waiting; O_NONBLOCK would take it from the blocking forms.
  IoStatus TrySend(std::span<const std::byte> message) override {
    return TryPut(message, priority_);
  }

  IoStatus TryReceive(std::span<std::byte> message) override {
    const ssize_t got =
        ::mq_timedreceive(read_.get(), Text(message), message.size(), nullptr, &kAtOnce);
    if (got < 0 && WouldWait()) return IoStatus::kWouldBlock;
    return Received(got, message.size());
  }

  // The tag is the priority.
  IoStatus SendRecord(std::span<const std::byte> record, int64_t tag, bool wait) override {
    if (!kPriorities.Holds(tag)) return Fail(EINVAL);
    const unsigned priority = static_cast<unsigned>(tag);
    return wait ? Put(record, priority) : TryPut(record, priority);
  }

  int ReadableDescriptor() const override { return read_.get(); }

  absl::StatusOr<int64_t> Depth() const override {
    mq_attr attributes;
    if (::mq_getattr((read_ ? read_ : write_).get(), &attributes) != 0)
      return ErrnoStatus("mq_getattr");
    return attributes.mq_curmsgs;
  }

 private:
  static const char* Text(std::span<const std::byte> message) {
    return reinterpret_cast<const char*>(message.data());
  }
  static char* Text(std::span<std::byte> message) {
    return reinterpret_cast<char*>(message.data());
  }

  IoStatus Put(std::span<const std::byte> message, unsigned priority) {
    while (::mq_send(write_.get(), Text(message), message.size(), priority) != 0) {
      if (errno != EINTR) return Fail(errno);
    }
    return IoStatus::kOk;
  }

  IoStatus TryPut(std::span<const std::byte> message, unsigned priority) {
    if (::mq_timedsend(write_.get(), Text(message), message.size(), priority, &kAtOnce) == 0) {
      return IoStatus::kOk;
    }
    return WouldWait() ? IoStatus::kWouldBlock : Fail(errno);
  }

  static bool WouldWait() { return errno == ETIMEDOUT || errno == EINTR; }

  IoStatus Received(ssize_t got, size_t wanted) {
    if (got == static_cast<ssize_t>(wanted)) [[likely]] {
      return IoStatus::kOk;
    }
    return Fail(got < 0 ? errno : EBADMSG);
  }

  UniqueFd read_;   // none when this end only sends
  UniqueFd write_;  // none when it only receives
  const unsigned priority_;
  std::optional<internal::IpcName> to_remove_;
};

Probe ProbePosixMq() {
  Probe probe;
  // A name that nobody has: only ENOENT says that there are queues. It creates nothing.
  const UniqueFd queue(::mq_open("/ipclab-nobody", O_RDONLY | O_CLOEXEC));
  if (const int error = errno; !queue && error != ENOENT) {
    probe.unavailable_reason =
        absl::StrCat(std::string(ErrnoStatus("mq_open", {}, error).message()),
                     error == ENOSYS ? "; it needs a kernel with CONFIG_POSIX_MQUEUE"
                                     : "; whatever confines this process must allow it mq_open");
  }
  const int64_t messages = MaxMessages();
  probe.max_message_bytes = ReadSysctl("fs/mqueue/msgsize_max").value_or(kDefaultMessageBytes);
  probe.max_message_changed_by = "/proc/sys/fs/mqueue/msgsize_max";
  probe.limits = {MakeLimit("messages in an unprivileged user's queue", messages,
                            "/proc/sys/fs/mqueue/msg_max"),
                  MakeLimit("message of an unprivileged user, bytes", probe.max_message_bytes,
                            "/proc/sys/fs/mqueue/msgsize_max"),
                  MakeLimit("queues on this host", MaxQueues(), "/proc/sys/fs/mqueue/queues_max"),
                  MakeLimit("bytes in all queues of a user (RLIMIT_MSGQUEUE)", QueueBytesOfUser(),
                            "ulimit -q; limits.conf: msgqueue; systemd: LimitMSGQUEUE=")};

  probe.options.push_back(IntegerOption("max_messages", std::min(messages, kDefaultMessages), 1,
                                        messages, "Messages that the queue holds (mq_maxmsg)"));

  probe.options.push_back(
      IntegerOption("priority", 0, 0, kPriorities.most,
                    "Of every message; a queue gives the highest first, then the oldest"));
  return probe;
}

absl::StatusOr<UniqueFd> Create(const ChannelSpec& spec, size_t name, int direction) {
  mq_attr attributes = {};
  attributes.mq_maxmsg = spec.records > 0 ? spec.records : spec.IntegerOption("max_messages");
  attributes.mq_msgsize = spec.message_bytes;
  const std::string& path = spec.names[name].name();
  UniqueFd queue(
      ::mq_open(path.c_str(), direction | O_CREAT | O_EXCL | O_CLOEXEC, 0600, &attributes));
  if (!queue) return OpenError(errno, path, attributes.mq_maxmsg, attributes.mq_msgsize);
  return queue;
}

absl::StatusOr<UniqueFd> Open(const internal::IpcName& name, int direction) {
  UniqueFd queue(::mq_open(name.name().c_str(), direction | O_CLOEXEC));
  if (!queue) return ErrnoStatus("mq_open", name.name());
  return queue;
}

absl::StatusOr<UniqueFd> OpenAndUnlink(const internal::IpcName& name, int direction) {
  auto queue = Open(name, direction);
  if (!queue.ok()) return queue.status();
  if (absl::Status removed = UnlinkIpcObject(name); !removed.ok()) return removed;
  return queue;
}

std::unique_ptr<Channel> MakeChannel(const ChannelSpec& spec, UniqueFd read, UniqueFd write,
                                     const internal::IpcName* to_remove = nullptr) {
  return std::make_unique<QueueChannel>(std::move(read), std::move(write),
                                        static_cast<unsigned>(spec.IntegerOption("priority")),
                                        to_remove);
}

// One end of a queue that more than two use: made by the host, found by the others.
absl::StatusOr<std::unique_ptr<Channel>> MakeSharedEnd(const ChannelSpec& spec, bool hosts) {
  const int direction = spec.sends ? O_WRONLY : O_RDONLY;
  const internal::IpcName& name = spec.names[kFromHost];
  auto queue = hosts ? Create(spec, kFromHost, direction) : Open(name, direction);
  if (!queue.ok()) return queue.status();
  UniqueFd none;
  return spec.sends
             ? MakeChannel(spec, std::move(none), *std::move(queue), hosts ? &name : nullptr)
             : MakeChannel(spec, *std::move(queue), std::move(none), hosts ? &name : nullptr);
}

absl::StatusOr<Hosted> HostPosixMq(const ChannelSpec& spec) {
  if (spec.shared()) {
    auto channel = MakeSharedEnd(spec, /*hosts=*/true);
    if (!channel.ok()) return channel.status();
    return Hosted{*std::move(channel), {}};
  }
  UniqueFd read;
  UniqueFd write;
  if (spec.duplex || spec.sends) {
    auto queue = Create(spec, kFromHost, O_WRONLY);
    if (!queue.ok()) return queue.status();
    write = *std::move(queue);
  }
  if (spec.duplex || !spec.sends) {
    auto queue = Create(spec, kToHost, O_RDONLY);
    if (!queue.ok()) return queue.status();
    read = *std::move(queue);
  }
  return Hosted{MakeChannel(spec, std::move(read), std::move(write)), {}};
}

absl::StatusOr<std::unique_ptr<Channel>> JoinPosixMq(const ChannelSpec& spec, ChannelOffer) {
  if (spec.shared()) return MakeSharedEnd(spec, /*hosts=*/false);
  UniqueFd read;
  UniqueFd write;
  if (spec.duplex || !spec.sends) {
    auto queue = OpenAndUnlink(spec.names[kFromHost], O_RDONLY);
    if (!queue.ok()) return queue.status();
    read = *std::move(queue);
  }
  if (spec.duplex || spec.sends) {
    auto queue = OpenAndUnlink(spec.names[kToHost], O_WRONLY);
    if (!queue.ok()) return queue.status();
    write = *std::move(queue);
  }
  return MakeChannel(spec, std::move(read), std::move(write));
}

constexpr std::array kNames = {internal::IpcName::POSIX_MQ, internal::IpcName::POSIX_MQ};
constexpr std::array<std::string_view, 3> kViews = {
    "ls -l /dev/mqueue, as long as it has its name",
    "cat /dev/mqueue/NAME: bytes that wait, and who is to be told",
    "grep . /proc/sys/fs/mqueue/*: the limits"};
constexpr std::array<std::string_view, 6> kHazards = {
    "Nothing tells of the other end's death: a receiver waits for ever, a sender until the queue "
    "is full and then for ever.",
    "A queue lives until mq_unlink and every descriptor is closed, messages and all: what a crash "
    "leaves is found by whoever opens the name next.",
    "The highest priority comes first: a steady flow of it starves the rest.",
    "mq_receive with a buffer below mq_msgsize fails with EMSGSIZE, however short the message.",
    "mq_open takes the whole size off RLIMIT_MSGQUEUE at once, for all processes of the user, and "
    "fails with EMFILE when that is used up.",
    "mq_notify tells one process, once, and only of a message that comes to an empty queue."};

}  // namespace

extern constinit const Mechanism kPosixMq = {
    .id = "posix_mq",
    .family = v1::Mechanism::MESSAGE,
    .summary = "POSIX message queue: whole messages by priority; a pair of them for both ways",
    .facts = {.model = v1::Mechanism::MESSAGE_PASSING,
              .interface = v1::Mechanism::POSIX,
              .direction = v1::Mechanism::ONE_WAY,
              .scope = v1::Mechanism::SAME_HOST,
              .persistence = v1::Mechanism::KERNEL,
              .peer_loss = v1::Mechanism::UNNOTICED,
              .sharing = v1::Mechanism::MANY_TO_MANY,
              .keeps_borders = true,
              .ordering = "highest priority first, as sent within one priority",
              .access = "whoever knows the name, by the queue's mode"},
    .patterns = kDataPatterns,
    .hazards = kHazards,
    .kernel_views = kViews,
    .name_kinds = kNames,
    .loopback = false,
    .probe = ProbePosixMq,
    .host = HostPosixMq,
    .join = JoinPosixMq,
    .program = ChannelFacts("mq_curmsgs", 1, SeenBy::kAll, v1::Mechanism::BY_PRIORITY),
};

}  // namespace ipclab
