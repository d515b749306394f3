#include "clients/cli/warning_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ipclab::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

TEST(WarningText, EveryWarningIsASentence) {
  const auto* const all = v1::Result::Warning_descriptor();
  for (int i = 0; i < all->value_count(); ++i) {
    if (all->value(i)->number() == v1::Result::WARNING_UNSPECIFIED) continue;
    const std::string text = WarningText(static_cast<v1::Result::Warning>(all->value(i)->number()));
    EXPECT_THAT(text, HasSubstr(" ")) << all->value(i)->name();
    EXPECT_THAT(text, Not(MatchesRegex(".*[A-Z]_[A-Z].*")));
    EXPECT_NE(text.back(), '.') << "more follows it";
  }
}

TEST(WarningAdvice, SaysWhatToDoWhereThereIsSomething) {
  EXPECT_THAT(WarningAdvice(v1::Result::MEMORY_NOT_LOCKED), HasSubstr("ulimit -l"));
  EXPECT_THAT(WarningAdvice(v1::Result::TOO_FEW_TRIALS), HasSubstr("--trials 10"));
  EXPECT_THAT(WarningAdvice(v1::Result::CPU_SCALING), HasSubstr("governor"));
}

}  // namespace
}  // namespace ipclab::cli
