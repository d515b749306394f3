#include "clients/cli/step/keys.h"

#include <algorithm>
#include <iterator>
#include <optional>

namespace ipclab::cli {
namespace {

constexpr char kEscapeByte = '\033';
constexpr size_t kLongestSequence = 32;  // what is longer is no key

struct Sequence {
  std::string_view bytes;  // behind the escape
  KeyKind kind;
};

// What xterm, the Linux console, screen and tmux send, in either cursor mode.
constexpr Sequence kSequences[] = {
    {"[A", KeyKind::kArrowUp},   {"OA", KeyKind::kArrowUp},    {"[B", KeyKind::kArrowDown},
    {"OB", KeyKind::kArrowDown}, {"[C", KeyKind::kArrowRight}, {"OC", KeyKind::kArrowRight},
    {"[D", KeyKind::kArrowLeft}, {"OD", KeyKind::kArrowLeft},  {"[5~", KeyKind::kPageUp},
    {"[6~", KeyKind::kPageDown}, {"[H", KeyKind::kHome},       {"OH", KeyKind::kHome},
    {"[1~", KeyKind::kHome},     {"[7~", KeyKind::kHome},      {"[F", KeyKind::kEnd},
    {"OF", KeyKind::kEnd},       {"[4~", KeyKind::kEnd},       {"[8~", KeyKind::kEnd}};

// The bytes of the sequence at the beginning of text, behind the escape; nothing while it is not
// whole; 0 when there is none.
std::optional<size_t> SequenceLength(std::string_view text) {
  if (text.empty()) return std::nullopt;
  if (text[0] == 'O') return text.size() < 2 ? std::nullopt : std::optional<size_t>(2);
  if (text[0] != '[') return 0;
  for (size_t i = 1; i < text.size(); ++i) {
    // ECMA-48: parameters and intermediates below '@', one final byte.
    if (text[i] >= '@' && text[i] <= '~') {
      // The Linux console's F1 to F5 are "[[A" to "[[E".
      return i == 1 && text[i] == '[' ? (text.size() < 3 ? std::nullopt : std::optional<size_t>(3))
                                      : i + 1;
    }
    if (text[i] < ' ' || text[i] > '~') return i;  // broken off
  }
  return text.size() > kLongestSequence ? std::optional<size_t>(text.size()) : std::nullopt;
}

KeyKind KindOf(std::string_view sequence) {
  const auto* found = std::find_if(std::begin(kSequences), std::end(kSequences),
                                   [&](const Sequence& each) { return each.bytes == sequence; });
  return found == std::end(kSequences) ? KeyKind::kOther : found->kind;
}

Key KeyOfByte(char byte) {
  switch (byte) {
    case '\t':
      return {KeyKind::kTab};
    case '\r':
    case '\n':
      return {KeyKind::kEnter};
    case '\b':
    case '\x7f':
      return {KeyKind::kBackspace};
    case '\x0c':
      return {KeyKind::kRedraw};
    case '\x03':
    case '\x04':
      return {KeyKind::kInterrupt};
    default:
      break;
  }
  if (byte >= ' ' && byte <= '~') return {KeyKind::kCharacter, byte};
  return {KeyKind::kOther};
}

}  // namespace

std::vector<Key> KeyDecoder::Feed(std::string_view bytes) {
  unread_ += bytes;
  std::vector<Key> keys;
  size_t at = 0;
  while (at < unread_.size()) {
    const std::string_view rest = std::string_view(unread_).substr(at);
    if (rest[0] != kEscapeByte) {
      // A character of several bytes is one key: its first byte stands for it.
      const bool continues = (static_cast<unsigned char>(rest[0]) & 0xc0) == 0x80;
      if (!continues) keys.push_back(KeyOfByte(rest[0]));
      ++at;
      continue;
    }
    const std::optional<size_t> length = SequenceLength(rest.substr(1));
    if (!length) break;
    if (*length == 0) {
      keys.push_back({KeyKind::kEscape});
    } else {
      keys.push_back({KindOf(rest.substr(1, *length))});
    }
    at += 1 + *length;
  }
  unread_.erase(0, at);
  return keys;
}

std::vector<Key> KeyDecoder::Flush() {
  if (unread_.empty()) return {};
  const bool lone = unread_.size() == 1;
  unread_.clear();
  return {{lone ? KeyKind::kEscape : KeyKind::kOther}};
}

}  // namespace ipclab::cli
