#include "clients/cli/mechanism_words.h"

#include "absl/strings/str_cat.h"
#include "clients/cli/parse.h"

namespace ipclab::cli {
namespace {

using v1::Mechanism;

// What a newer server may say that this command line does not know: its name will have to do.
template <typename Enum>
std::string Unknown(const std::string& (*name)(Enum), Enum value) {
  const std::string word = LowerName(name(value));
  return word.empty() ? absl::StrCat("(", static_cast<int>(value), ")") : word;
}

}  // namespace

std::string FamilyText(Mechanism::Family family) {
  switch (family) {
    case Mechanism::STREAM:
      return "stream: bytes without borders";
    case Mechanism::MESSAGE:
      return "message: records that keep their borders";
    case Mechanism::MEMORY:
      return "memory: shared cells";
    case Mechanism::SYNC:
      return "sync: exclusion and counting";
    case Mechanism::NOTIFY:
      return "notify: events";
    default:
      return Unknown(Mechanism::Family_Name<Mechanism::Family>, family);
  }
}

std::string ModelWord(Mechanism::Model model) {
  switch (model) {
    case Mechanism::SHARED_MEMORY:
      return "memory";
    case Mechanism::MESSAGE_PASSING:
      return "messages";
    default:
      return Unknown(Mechanism::Model_Name<Mechanism::Model>, model);
  }
}

std::string ModelText(Mechanism::Model model) {
  switch (model) {
    case Mechanism::SHARED_MEMORY:
      return "shared memory: both map the same pages";
    case Mechanism::MESSAGE_PASSING:
      return "message passing: a copy is carried across";
    default:
      return ModelWord(model);
  }
}

std::string InterfaceText(Mechanism::Interface interface) {
  switch (interface) {
    case Mechanism::POSIX:
      return "POSIX";
    case Mechanism::SYSTEM_V:
      return "System V";
    case Mechanism::LINUX:
      return "Linux's own";
    case Mechanism::BSD:
      return "BSD's sockets and locks";
    case Mechanism::LIBRARY:
      return "a library's, on top of others";
    case Mechanism::LAB:
      return "the lab's own code";
    default:
      return Unknown(Mechanism::Interface_Name<Mechanism::Interface>, interface);
  }
}

std::string DirectionText(Mechanism::Direction direction) {
  switch (direction) {
    case Mechanism::ONE_WAY:
      return "one way; both ways take two of them";
    case Mechanism::TWO_WAYS:
      return "both ways";
    case Mechanism::NO_DATA:
      return "none: it excludes, counts or wakes, and carries no data";
    default:
      return Unknown(Mechanism::Direction_Name<Mechanism::Direction>, direction);
  }
}

std::string ScopeText(Mechanism::Scope scope) {
  switch (scope) {
    case Mechanism::RELATED_PROCESSES:
      return "related processes: those that inherit or are handed a descriptor";
    case Mechanism::SAME_HOST:
      return "any process of this host";
    case Mechanism::NETWORK:
      return "processes of other hosts too";
    default:
      return Unknown(Mechanism::Scope_Name<Mechanism::Scope>, scope);
  }
}

std::string SharingText(Mechanism::Sharing sharing, bool data) {
  switch (sharing) {
    case Mechanism::ONE_TO_ONE:
      return "two at a time; more get one for each pair";
    case Mechanism::MANY_TO_MANY:
      return data ? "any number on both sides; each message goes to one receiver" : "any number";
    case Mechanism::ONE_TO_ALL:
      return "one sender, any number of receivers; each gets every message";
    default:
      return Unknown(Mechanism::Sharing_Name<Mechanism::Sharing>, sharing);
  }
}

std::string PersistenceText(Mechanism::Persistence persistence) {
  switch (persistence) {
    case Mechanism::PROCESS:
      return "lives as long as a process holds it open";
    case Mechanism::KERNEL:
      return "lives until it is removed or the host is booted";
    case Mechanism::FILE_SYSTEM:
      return "lives until its file is removed";
    default:
      return Unknown(Mechanism::Persistence_Name<Mechanism::Persistence>, persistence);
  }
}

std::string PeerLossText(Mechanism::PeerLoss loss) {
  switch (loss) {
    case Mechanism::NOTICED:
      return "noticed: the kernel tells, whatever ended the other one";
    case Mechanism::NOTICED_ON_CLOSE:
      return "noticed after an orderly end only; nothing tells of one that was killed";
    case Mechanism::UNNOTICED:
      return "unnoticed: nothing tells";
    default:
      return Unknown(Mechanism::PeerLoss_Name<Mechanism::PeerLoss>, loss);
  }
}

}  // namespace ipclab::cli
