// Keys, out of the bytes that a terminal sends for them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ipclab::cli {

enum class KeyKind {
  kCharacter,  // of ASCII, in `character`
  kArrowUp,
  kArrowDown,
  kArrowLeft,
  kArrowRight,
  kPageUp,
  kPageDown,
  kHome,
  kEnd,
  kTab,
  kEnter,
  kEscape,
  kBackspace,
  kRedraw,     // Ctrl-L
  kInterrupt,  // Ctrl-C, Ctrl-D: where the terminal sends them as bytes
  kOther,      // whatever else a keyboard has
};

struct Key {
  KeyKind kind = KeyKind::kOther;
  char character = 0;

  bool operator==(const Key&) const = default;
};

// Not thread safe. A sequence may come in pieces, so what is not yet one stays until more comes.
class KeyDecoder {
 public:
  // The keys that are whole now.
  std::vector<Key> Feed(std::string_view bytes);

  // True while a lone escape, or half a sequence, waits for more.
  bool pending() const { return !unread_.empty(); }

  // Nothing more came: the escape key was pressed alone.
  std::vector<Key> Flush();

 private:
  std::string unread_;
};

}  // namespace ipclab::cli
