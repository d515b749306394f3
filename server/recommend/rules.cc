#include "server/recommend/rules.h"

#include <algorithm>

namespace ipclab {
namespace {

using M = v1::Mechanism;

constexpr int64_t kKibi = 1024;
constexpr int64_t kMebi = kKibi * kKibi;

constexpr MechanismKind kSockets = {.interface = M::BSD};
// Rings and the like, where a message is handed over by stores alone. One that passes descriptors
// goes both ways.
constexpr MechanismKind kInMemory = {.model = M::SHARED_MEMORY, .direction = M::ONE_WAY};
constexpr MechanismKind kSharedQueues = {.family = M::MESSAGE, .sharing = M::MANY_TO_MANY};

// The guide of the textbooks first, then what follows from each mechanism's facts.
constexpr Rule kRules[] = {
    // Size.
    {{.most_bytes = kKibi - 1},
     {.ids = {"pipe", "posix_mq", "sysv_mq"}},
     20,
     "Below 1 KiB a pipe or a queue: to copy so little costs less than anything around it."},
    {{.least_bytes = kKibi, .most_bytes = kMebi},
     {.ids = {"fifo"}},
     20,
     "From 1 KiB to 1 MiB a FIFO or a socket: the kernel's buffer takes up the bursts."},
    {{.least_bytes = kKibi, .most_bytes = kMebi},
     kSockets,
     20,
     "From 1 KiB to 1 MiB a FIFO or a socket: the kernel's buffer takes up the bursts."},
    {{.least_bytes = kMebi + 1},
     {.model = M::SHARED_MEMORY},
     30,
     "Above 1 MiB shared memory: every copy through the kernel costs more than the hand-over."},
    {{.least_bytes = 64 * kKibi},
     {.ids = {"cma", "vmsplice"}},
     8,
     "From 64 KiB on it counts that the kernel copies once, or not at all."},

    // Direction.
    {{.direction = Wanted::ONE_WAY}, {.ids = {"pipe"}}, 10, "One way a pipe: that is all it does."},
    {{.direction = Wanted::TWO_WAY},
     kSockets,
     10,
     "Two ways a socket: one object carries both requests and answers."},
    {{.direction = Wanted::TWO_WAY},
     {.ids = {"pipe", "fifo"}},
     8,
     "Two ways two pipes: one for requests, one for answers."},

    // Who talks.
    {{.topology = Wanted::MANY_TO_MANY},
     kSharedQueues,
     45,
     "N:M a queue, of the kernel's or in shared memory: all use one object, and each message goes "
     "to one receiver."},
    {{.topology = Wanted::MANY_TO_ONE},
     kSharedQueues,
     12,
     "N:1 one queue that takes all: the receiver waits at one place."},
    {{.topology = Wanted::ONE_TO_MANY},
     {.family = M::MESSAGE, .sharing = M::ONE_TO_ALL},
     20,
     "1:N a ring that all receivers read: one write reaches every one of them."},
    {{.topology = Wanted::ONE_TO_ONE},
     {.model = M::SHARED_MEMORY, .sharing = M::MANY_TO_MANY},
     -3,
     "Against it: made for many, and two pay for that too."},
    {{.topology = Wanted::ONE_TO_ONE},
     {.sharing = M::ONE_TO_ALL},
     -3,
     "Against it: made for several receivers, and one pays for that too."},

    // Where they are.
    {{.unrelated = Whether::kNo, .network = Whether::kNo},
     {.ids = {"pipe"}},
     10,
     "Related processes a pipe: they inherit it, it has no name and goes when they do."},
    {{.unrelated = Whether::kYes, .network = Whether::kNo},
     {.ids = {"fifo", "posix_mq", "sysv_mq"}},
     10,
     "Unrelated processes a FIFO, a queue or a socket: they find it by its name."},
    {{.unrelated = Whether::kYes, .network = Whether::kNo},
     kSockets,
     10,
     "Unrelated processes a FIFO, a queue or a socket: they find it by its name."},
    {{.network = Whether::kYes},
     {.scope = M::NETWORK, .lossy = Whether::kNo},
     20,
     "Across a network TCP: what is lost on the way is sent again."},
    {{.network = Whether::kNo},
     {.scope = M::NETWORK},
     -8,
     "Against it: on one host a Unix socket does the same without a network's protocol."},

    // What must not be lost.
    {{.crash = Whether::kYes},
     {.model = M::MESSAGE_PASSING, .persistence = M::KERNEL},
     15,
     "To survive a crash a queue: the kernel keeps its messages whole, whoever dies."},
    {{.crash = Whether::kYes},
     {.persistence = M::FILE_SYSTEM},
     5,
     "To survive a crash a file: it outlives even a boot, if it is synced."},
    {{}, {.lossy = Whether::kYes}, -20, "Against it: messages may be lost, or overwritten unread."},

    // What counts most.
    {{.priority = Wanted::LATENCY},
     kInMemory,
     6,
     "Latency first: shared memory takes no system call while both ends are awake."},
    {{.priority = Wanted::THROUGHPUT},
     kInMemory,
     12,
     "Throughput first: shared memory is filled and emptied without the kernel."},
    {{.priority = Wanted::CPU},
     kInMemory,
     6,
     "Processor time first: shared memory takes no system call while both ends are busy."},
    {{.least_per_second = 100'000},
     kInMemory,
     15,
     "From 100 000 messages a second on, a system call for each would be most of the work."},

    // What it takes to use it.
    {{}, {.interface = M::LIBRARY}, -6, "Against it: a library more to depend on."},
    {{}, {.ids = {"dbus"}}, -15, "Against it: each message goes by way of a daemon."},
    {{},
     {.needs_synchronisation = Whether::kYes},
     -6,
     "Against it: its users must order their accesses themselves."},
};

bool Agrees(Whether whether, bool is) {
  return whether == Whether::kEither || (whether == Whether::kYes) == is;
}

// 0 is UNSPECIFIED in each enumeration of ours.
template <typename Enum>
bool IsOrAny(Enum said, Enum is) {
  return said == Enum{} || said == is;
}

bool IsOneOf(const std::array<std::string_view, 3>& ids, const std::string& id) {
  return ids[0].empty() || std::find(ids.begin(), ids.end(), id) != ids.end();
}

}  // namespace

std::span<const Rule> Rules() { return kRules; }

bool IsOccasion(const Occasion& when, const Wanted& wanted) {
  return wanted.message_bytes() >= when.least_bytes && wanted.message_bytes() <= when.most_bytes &&
         wanted.per_second() >= when.least_per_second &&
         IsOrAny(when.direction, wanted.direction()) && IsOrAny(when.topology, wanted.topology()) &&
         IsOrAny(when.priority, wanted.priority()) &&
         Agrees(when.unrelated, wanted.unrelated_processes()) &&
         Agrees(when.network, wanted.across_network()) &&
         Agrees(when.crash, wanted.survives_crash());
}

bool IsKind(const MechanismKind& kind, const v1::Mechanism& mechanism) {
  return IsOneOf(kind.ids, mechanism.id()) && IsOrAny(kind.family, mechanism.family()) &&
         IsOrAny(kind.model, mechanism.model()) && IsOrAny(kind.interface, mechanism.interface()) &&
         IsOrAny(kind.direction, mechanism.direction()) && IsOrAny(kind.scope, mechanism.scope()) &&
         IsOrAny(kind.sharing, mechanism.sharing()) &&
         IsOrAny(kind.persistence, mechanism.persistence()) &&
         Agrees(kind.lossy, mechanism.lossy()) &&
         Agrees(kind.needs_synchronisation, mechanism.needs_synchronisation());
}

}  // namespace ipclab
