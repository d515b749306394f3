#include "clients/cli/mechanism_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ipclab::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

v1::Mechanism Pipe() {
  v1::Mechanism pipe;
  pipe.set_id("pipe");
  pipe.set_family(v1::Mechanism::STREAM);
  pipe.set_summary("A pair of pipes");
  pipe.set_available(true);
  pipe.add_patterns(v1::Pattern::ROUND_TRIP);
  pipe.add_patterns(v1::Pattern::STREAM);
  return pipe;
}

TEST(MechanismTable, ShowsWhatThereIs) {
  EXPECT_EQ(MechanismTable({Pipe()}, {}),
            "id    family  here  largest  patterns           summary\n"
            "pipe  stream  yes       any  round_trip,stream  A pair of pipes\n");
}

TEST(MechanismTable, SaysWhyOneIsNotThere) {
  v1::Mechanism mq = Pipe();
  mq.set_available(false);
  mq.set_unavailable_reason("no /dev/mqueue: mount it");
  const std::string table = MechanismTable({mq}, {});
  EXPECT_THAT(table, HasSubstr("no /dev/mqueue: mount it"));
  EXPECT_THAT(table, Not(HasSubstr("A pair of pipes")));
}

TEST(MechanismPage, ShowsLimitsOptionsAndHazards) {
  v1::Mechanism pipe = Pipe();
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
  EXPECT_THAT(page, HasSubstr("capacity of an unprivileged pipe  1048576  fs.pipe-max-size\n"));
  EXPECT_THAT(page, HasSubstr("capacity  4096 to 1048576  65536    Bytes that the pipe holds\n"));
  EXPECT_THAT(page, HasSubstr("- Writes above PIPE_BUF may interleave\n"));
  EXPECT_THAT(page, HasSubstr("workers          two\n"));
}

}  // namespace
}  // namespace ipclab::cli
