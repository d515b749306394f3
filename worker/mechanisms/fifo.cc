// fifo: a pipe with a name in the file system, two of them where messages go both ways.
//
// Opening a FIFO is a rendezvous: it waits until the other way round is opened too. Here nobody
// waits: the host opens every FIFO for reading first, which O_NONBLOCK does at once, and then finds
// a reader, itself, for the one that it writes to. Such a reader of its own is closed in Connect,
// when the joiner's is there; until then the joiner always finds the host at the other end.

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#include <array>
#include <charconv>

#include "absl/strings/str_cat.h"
#include "common/errno_status.h"
#include "common/ipc_name.h"
#include "common/run_file.h"
#include "worker/mechanism.h"
#include "worker/mechanisms/data_patterns.h"
#include "worker/mechanisms/kernel_limit.h"
#include "worker/mechanisms/pipe_channel.h"
#include "worker/mechanisms/program_facts.h"
#include "worker/mechanisms/shared_pipe.h"
#include "worker/option.h"

namespace ipclab {
namespace {

constexpr int kUsualCapacity = 65536;  // of a pipe, pipe(7)

// The two FIFOs of a link by the index of their names.
constexpr size_t kFromHost = 0;
constexpr size_t kToHost = 1;

// Without waiting for anybody. Opened for writing it must have a reader, or this is ENXIO.
absl::StatusOr<UniqueFd> Open(const std::string& path, int flags) {
  UniqueFd end(::open(path.c_str(), flags | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC));
  if (!end) return ErrnoStatus("open", path);
  // Only opening was not to wait.
  if (::fcntl(end.get(), F_SETFL, flags) != 0) return ErrnoStatus("fcntl F_SETFL", path);
  // A user over pipe-user-pages-soft gets less, and would measure another object.
  if (const int got = ::fcntl(end.get(), F_GETPIPE_SZ); got < kUsualCapacity) {
    return absl::ResourceExhaustedError(
        absl::StrCat("fifo: it holds ", got, " bytes instead of ", kUsualCapacity,
                     "; this user's pipes are over fs.pipe-user-pages-soft"));
  }
  return end;
}

// The host's, which is the first to be opened: from there on the records of a program's channel
// have room.
absl::StatusOr<UniqueFd> OpenReader(const ChannelSpec& spec, const std::string& path) {
  auto reader = Open(path, O_RDONLY);
  if (!reader.ok() || spec.records == 0) return reader;
  const int64_t needed = CapacityForRecords(spec);
  if (needed <= kUsualCapacity) return reader;
  if (absl::Status status = GiveRoom(reader->get(), needed, "fifo"); !status.ok()) return status;
  return reader;
}

// Made for its owner alone, then given its mode: mkfifo's own is cut by the umask.
absl::Status MakeFifo(const std::string& path, mode_t mode) {
  if (absl::Status made = MakeFolderOf(path); !made.ok()) return made;
  if (::mkfifo(path.c_str(), 0600) != 0) return ErrnoStatus("mkfifo", path);
  if (::chmod(path.c_str(), mode) != 0) return ErrnoStatus("chmod", path);
  return absl::OkStatus();
}

mode_t ModeOf(const ChannelSpec& spec) {
  const std::string& text = spec.Option("mode");
  mode_t mode = 0600;
  std::from_chars(text.data(), text.data() + text.size(), mode, 8);
  return mode;
}

Probe ProbeFifo() {
  Probe probe;
  if (const auto pages = ReadSysctl("fs/pipe-user-pages-soft")) {
    probe.limits.push_back(MakeLimit("pages in all pipes of an unprivileged user; 0: no limit",
                                     *pages, "/proc/sys/fs/pipe-user-pages-soft"));
  }
  probe.limits.push_back(MakeLimit("largest atomic write (PIPE_BUF), bytes", PIPE_BUF, ""));
  probe.max_shared_message_bytes = PIPE_BUF;

  probe.options.push_back(ChoiceOption(
      "mode", {"0600", "0620", "0640", "0660", "0622", "0644", "0666"},
      "Permissions of the file: who may open it, once let into the folder, which is the lab's "
      "alone"));
  return probe;
}

// One FIFO for any number of workers. The host's own reader lets those open it who write; it and
// the name go when all have joined.
absl::StatusOr<Hosted> HostShared(const ChannelSpec& spec) {
  if (absl::Status status = SharedPipeChannel::Check(spec); !status.ok()) return status;
  const internal::IpcName& name = spec.names[kFromHost];
  if (absl::Status made = MakeFifo(name.name(), ModeOf(spec)); !made.ok()) return made;
  auto reader = OpenReader(spec, name.name());
  if (!reader.ok()) return reader.status();
  UniqueFd own;
  if (spec.sends) {
    auto writer = Open(name.name(), O_WRONLY);
    if (!writer.ok()) return writer.status();
    own = *std::move(writer);
  } else {
    own.Reset(::fcntl(reader->get(), F_DUPFD_CLOEXEC, 0));
    if (!own) return ErrnoStatus("fcntl F_DUPFD_CLOEXEC");
  }
  auto until_connected = std::make_shared<UniqueFd>(*std::move(reader));
  auto channel = SharedPipeChannel::Make(spec, std::move(own), [until_connected, name] {
    until_connected->Reset();
    return UnlinkIpcObject(name);
  });
  if (!channel.ok()) return channel.status();
  return Hosted{*std::move(channel), {}};
}

absl::StatusOr<Hosted> HostFifo(const ChannelSpec& spec) {
  if (spec.shared()) return HostShared(spec);
  const mode_t mode = ModeOf(spec);
  const bool writes = spec.duplex || spec.sends;
  const bool reads = spec.duplex || !spec.sends;
  UniqueFd read;
  UniqueFd write;
  UniqueFd own_reader;
  if (writes) {
    const std::string& path = spec.names[kFromHost].name();
    if (absl::Status made = MakeFifo(path, mode); !made.ok()) return made;
    auto reader = OpenReader(spec, path);
    if (!reader.ok()) return reader.status();
    auto writer = Open(path, O_WRONLY);
    if (!writer.ok()) return writer.status();
    own_reader = *std::move(reader);
    write = *std::move(writer);
  }
  if (reads) {
    const std::string& path = spec.names[kToHost].name();
    if (absl::Status made = MakeFifo(path, mode); !made.ok()) return made;
    auto reader = OpenReader(spec, path);
    if (!reader.ok()) return reader.status();
    read = *std::move(reader);
  }
  return Hosted{
      std::make_unique<PipeChannel>(std::move(read), std::move(write), std::move(own_reader)), {}};
}

// Both ends are open from here on, so the names go.
absl::StatusOr<std::unique_ptr<Channel>> JoinFifo(const ChannelSpec& spec, ChannelOffer) {
  if (spec.shared()) {
    auto end = Open(spec.names[kFromHost].name(), spec.sends ? O_WRONLY : O_RDONLY);
    if (!end.ok()) return end.status();
    return SharedPipeChannel::Make(spec, *std::move(end));
  }
  UniqueFd read;
  UniqueFd write;
  for (const size_t name : {kFromHost, kToHost}) {
    const bool read_here = name == kFromHost;
    if (!spec.duplex && read_here == spec.sends) continue;
    auto end = Open(spec.names[name].name(), read_here ? O_RDONLY : O_WRONLY);
    if (!end.ok()) return end.status();
    (read_here ? read : write) = *std::move(end);
    if (absl::Status removed = UnlinkIpcObject(spec.names[name]); !removed.ok()) return removed;
  }
  return std::make_unique<PipeChannel>(std::move(read), std::move(write));
}

constexpr std::array kNames = {internal::IpcName::FILE, internal::IpcName::FILE};
constexpr std::array<std::string_view, 2> kViews = {
    "ls -l /proc/PID/fd: its path, (deleted) once it is removed",
    "lsof +E -a -p PID -d 0-99: who has the other end"};
constexpr std::array<std::string_view, 5> kHazards = {
    "open waits until the other way round is opened too: two processes that open two FIFOs in "
    "different order deadlock; O_RDONLY | O_NONBLOCK opens at once.",
    "open for writing with O_NONBLOCK fails with ENXIO while nobody reads.",
    "The name stays when its users are gone: mkfifo then fails with EEXIST; unlink it as soon as "
    "both ends are open.",
    "mkfifo's mode is cut by the umask, and whoever may open the FIFO may steal or inject bytes: "
    "put it into a folder of mode 0700.",
    "Once open it is a pipe: bytes without borders, EOF when the last writer is gone, EPIPE and "
    "SIGPIPE when the last reader is."};

}  // namespace

extern constinit const Mechanism kFifo = {
    .id = "fifo",
    .family = v1::Mechanism::STREAM,
    .summary = "Named pipe between unrelated processes; a pair of them for both ways",
    .facts = {.model = v1::Mechanism::MESSAGE_PASSING,
              .interface = v1::Mechanism::POSIX,
              .direction = v1::Mechanism::ONE_WAY,
              .scope = v1::Mechanism::SAME_HOST,
              .persistence = v1::Mechanism::PROCESS,
              .peer_loss = v1::Mechanism::NOTICED,
              .sharing = v1::Mechanism::MANY_TO_MANY,
              .access = "whoever may open the file, by its mode and the folders above it"},
    .patterns = kDataPatterns,
    .hazards = kHazards,
    .kernel_views = kViews,
    .name_kinds = kNames,
    .loopback = false,
    .probe = ProbeFifo,
    .host = HostFifo,
    .join = JoinFifo,
    .program = ChannelFacts("bytes by FIONREAD", kRecordBytes, SeenBy::kAll),
};

}  // namespace ipclab
