#include "clients/cli/mechanism_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ipclab::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

v1::Mechanism PipeMechanism() {
  v1::Mechanism pipe;
  pipe.set_id("pipe");
  pipe.set_family(v1::Mechanism::STREAM);
  pipe.set_model(v1::Mechanism::MESSAGE_PASSING);
  pipe.set_interface(v1::Mechanism::POSIX);
  pipe.set_direction(v1::Mechanism::ONE_WAY);
  pipe.set_scope(v1::Mechanism::RELATED_PROCESSES);
  pipe.set_persistence(v1::Mechanism::PROCESS);
  pipe.set_peer_loss(v1::Mechanism::NOTICED);
  pipe.set_ordering("as sent");
  pipe.set_access("whoever inherits it");
  pipe.set_summary("A pair of pipes");
  pipe.set_available(true);
  pipe.add_patterns(v1::Pattern::ROUND_TRIP);
  pipe.add_patterns(v1::Pattern::STREAM);
  return pipe;
}

TEST(MechanismTable, ShowsWhatThereIsByFamily) {
  v1::Mechanism ring = PipeMechanism();
  ring.set_id("ring");
  ring.set_family(v1::Mechanism::MESSAGE);
  ring.set_model(v1::Mechanism::SHARED_MEMORY);
  ring.set_max_message_bytes(4096);
  ring.set_summary("A ring");
  v1::Mechanism fifo = PipeMechanism();
  fifo.set_id("fifo");
  EXPECT_EQ(MechanismTable({PipeMechanism(), ring, fifo}, {}),
            "  id    model     largest  what it is\n"
            "\n"
            "stream: bytes without borders\n"
            "  pipe  messages      any  A pair of pipes\n"
            "  fifo  messages      any  A pair of pipes\n"
            "\n"
            "message: records that keep their borders\n"
            "  ring  memory      4 KiB  A ring\n");
}

TEST(MechanismTable, SaysWhyOneIsNotThere) {
  v1::Mechanism mq = PipeMechanism();
  mq.set_available(false);
  mq.set_unavailable_reason("no /dev/mqueue: mount it");
  const std::string table = MechanismTable({mq}, {});
  EXPECT_THAT(table, HasSubstr("not here: no /dev/mqueue: mount it"));
  EXPECT_THAT(table, Not(HasSubstr("A pair of pipes")));
}

TEST(MechanismPage, ShowsLimitsOptionsAndHazards) {
  v1::Mechanism pipe = PipeMechanism();
  v1::Limit& limit = *pipe.add_limits();
  limit.set_name("capacity of an unprivileged pipe");
  limit.set_value(1 << 20);
  limit.set_changed_by("fs.pipe-max-size");
  v1::Option& option = *pipe.add_options();
  option.set_name("capacity");
  option.set_type(v1::Option::INTEGER);
  option.set_minimum(4096);
  option.set_maximum(1 << 20);
  option.set_default_value("65536");
  option.set_description("Bytes that the pipe holds");
  pipe.add_hazards("Writes above PIPE_BUF may interleave");
  const std::string page = MechanismPage(pipe, {});
  EXPECT_THAT(page, HasSubstr("1048576  capacity of an unprivileged pipe: fs.pipe-max-size\n"));
  EXPECT_THAT(page, HasSubstr("capacity  65536    Bytes that the pipe holds\n"
                              "                     = 4096 to 1048576\n"));
  EXPECT_THAT(page, HasSubstr("  - Writes above PIPE_BUF may interleave\n"));
}

TEST(MechanismPage, SaysEveryFactInWords) {
  const std::string page = MechanismPage(PipeMechanism(), {});
  for (const char* fact :
       {"stream: bytes without borders", "message passing: a copy", "POSIX\n", "one way; both",
        "not kept: the receiver", "as sent\n", "none\n", "its own: users need none",
        "related processes: those", "whoever inherits it", "as long as a process holds it open",
        "noticed: the kernel tells", "round_trip, stream\n", "largest message"}) {
    EXPECT_THAT(page, HasSubstr(fact));
  }
}

TEST(MechanismPage, SaysHowManyMayUseOneAndWhereTheSystemShowsIt) {
  v1::Mechanism queue = PipeMechanism();
  queue.set_sharing(v1::Mechanism::MANY_TO_MANY);
  queue.set_max_shared_message_bytes(4096);
  queue.add_kernel_views("ipcs -q");
  const std::string page = MechanismPage(queue, {});
  EXPECT_THAT(page, HasSubstr("any number on both sides; each message goes to one receiver\n"));
  EXPECT_THAT(page, HasSubstr("4 KiB at most\n"));
  EXPECT_THAT(page, HasSubstr("\nwhere the system shows it\n  - ipcs -q\n"));
  EXPECT_THAT(page, Not(HasSubstr("waiting")));
}

TEST(MechanismPage, SaysWithWhichOptionMessagesMayBeLost) {
  v1::Mechanism ring = PipeMechanism();
  ring.set_lossy_with("lagging=drop_oldest");
  EXPECT_THAT(MechanismPage(ring, {}),
              HasSubstr("none; with lagging=drop_oldest possible, and counted\n"));
}

TEST(MechanismPage, OfWhatCarriesNoDataNothingIsSaidOfMessages) {
  v1::Mechanism mutex = PipeMechanism();
  mutex.set_direction(v1::Mechanism::NO_DATA);
  mutex.set_only_blocks(true);
  const std::string page = MechanismPage(mutex, {});
  EXPECT_THAT(page, HasSubstr("carries no data\n"));
  EXPECT_THAT(page, HasSubstr("block only: it has no form that tries"));
  for (const char* word : {"\n  borders", "\n  losses", "largest message", "unread data"}) {
    EXPECT_THAT(page, Not(HasSubstr(word)));
  }
  EXPECT_THAT(MechanismTable({mutex}, {}), HasSubstr("pipe  messages        -  A pair"));
}

TEST(MechanismPage, SaysWhatRaisesTheLargestMessage) {
  v1::Mechanism queue = PipeMechanism();
  queue.set_max_message_bytes(8192);
  queue.set_max_message_changed_by("fs.mqueue.msgsize_max");
  EXPECT_THAT(MechanismPage(queue, {}), HasSubstr("8 KiB; raised by fs.mqueue.msgsize_max\n"));
  queue.clear_max_message_changed_by();
  EXPECT_THAT(MechanismPage(queue, {}), HasSubstr("8 KiB; nothing raises it\n"));
}

TEST(MechanismPage, OneThatIsNotHereSaysWhyAndNoLargestMessage) {
  v1::Mechanism queue = PipeMechanism();
  queue.set_available(false);
  queue.set_unavailable_reason("mount it");
  EXPECT_THAT(MechanismPage(queue, {}), HasSubstr("no: mount it\n"));
  EXPECT_THAT(MechanismPage(queue, {}), Not(HasSubstr("largest message")));
}

}  // namespace
}  // namespace ipclab::cli
