// What is true of a mechanism, in the words of the pages that people read.
#pragma once

#include <string>

#include "ipclab/v1/mechanism.pb.h"

namespace ipclab::cli {

// "stream: bytes without borders"
std::string FamilyText(v1::Mechanism::Family family);

// One word: "memory" or "messages".
std::string ModelWord(v1::Mechanism::Model model);

// A clause each.
std::string ModelText(v1::Mechanism::Model model);
std::string InterfaceText(v1::Mechanism::Interface interface);
std::string DirectionText(v1::Mechanism::Direction direction);
std::string ScopeText(v1::Mechanism::Scope scope);
std::string SharingText(v1::Mechanism::Sharing sharing, bool data);  // data: it carries some
std::string PersistenceText(v1::Mechanism::Persistence persistence);
std::string PeerLossText(v1::Mechanism::PeerLoss loss);

}  // namespace ipclab::cli
