#include "clients/cli/step/keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ipclab::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Key Character(char character) { return {KeyKind::kCharacter, character}; }
Key Special(KeyKind kind) { return {kind}; }

TEST(KeyDecoder, ReadsCharactersOneByOne) {
  KeyDecoder decoder;
  EXPECT_THAT(decoder.Feed("A2 "), ElementsAre(Character('A'), Character('2'), Character(' ')));
}

TEST(KeyDecoder, ReadsArrowsInBothModesOfTheCursor) {
  KeyDecoder decoder;
  EXPECT_THAT(decoder.Feed("\033[A\033OB\033[5~\033[1~"),
              ElementsAre(Special(KeyKind::kArrowUp), Special(KeyKind::kArrowDown),
                          Special(KeyKind::kPageUp), Special(KeyKind::kHome)));
}

TEST(KeyDecoder, ASequenceMayComeInPieces) {
  KeyDecoder decoder;
  EXPECT_THAT(decoder.Feed("\033"), IsEmpty());
  EXPECT_TRUE(decoder.pending());
  EXPECT_THAT(decoder.Feed("[6"), IsEmpty());
  EXPECT_THAT(decoder.Feed("~A"), ElementsAre(Special(KeyKind::kPageDown), Character('A')));
  EXPECT_FALSE(decoder.pending());
}

TEST(KeyDecoder, ALoneEscapeIsTheEscapeKeyOnceNothingFollows) {
  KeyDecoder decoder;
  EXPECT_THAT(decoder.Feed("\033"), IsEmpty());
  EXPECT_THAT(decoder.Flush(), ElementsAre(Special(KeyKind::kEscape)));
  EXPECT_THAT(decoder.Flush(), IsEmpty());
}

// A key that is none of ours must not step a worker by a letter of its sequence: Shift-F5 ends in
// "~", a mouse's report in "M", Ctrl-Left in "D".
TEST(KeyDecoder, LettersOfAnUnknownSequenceAreNoKeys) {
  KeyDecoder decoder;
  EXPECT_THAT(decoder.Feed("\033[15;2~\033[1;5D\033OP\033[[A"),
              ElementsAre(Special(KeyKind::kOther), Special(KeyKind::kOther),
                          Special(KeyKind::kOther), Special(KeyKind::kOther)));
}

TEST(KeyDecoder, EscapeBeforeALetterIsBoth) {
  KeyDecoder decoder;
  EXPECT_THAT(decoder.Feed("\033A"), ElementsAre(Special(KeyKind::kEscape), Character('A')));
}

TEST(KeyDecoder, ACharacterOfSeveralBytesIsOneKeyThatIsNoneOfOurs) {
  KeyDecoder decoder;
  EXPECT_THAT(decoder.Feed("ä日"), ElementsAre(Special(KeyKind::kOther), Special(KeyKind::kOther)));
}

TEST(KeyDecoder, WhatNeverEndsIsNotKept) {
  KeyDecoder decoder;
  decoder.Feed("\033[" + std::string(100, '0'));
  EXPECT_FALSE(decoder.pending());
}

TEST(KeyDecoder, ControlKeysHaveTheirMeanings) {
  KeyDecoder decoder;
  EXPECT_THAT(decoder.Feed("\t\r\x7f\x0c\x04\x01"),
              ElementsAre(Special(KeyKind::kTab), Special(KeyKind::kEnter),
                          Special(KeyKind::kBackspace), Special(KeyKind::kRedraw),
                          Special(KeyKind::kInterrupt), Special(KeyKind::kOther)));
}

}  // namespace
}  // namespace ipclab::cli
