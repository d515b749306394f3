#include "clients/cli/mechanism_page.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/mechanism_words.h"
#include "clients/cli/parse.h"
#include "clients/cli/sections.h"
#include "clients/cli/table.h"
#include "clients/cli/units.h"

namespace ipclab::cli {
namespace {

std::string PatternsText(const v1::Mechanism& mechanism) {
  std::vector<std::string> names;
  for (const int pattern : mechanism.patterns()) {
    names.push_back(LowerName(v1::Pattern::Kind_Name(static_cast<v1::Pattern::Kind>(pattern))));
  }
  return absl::StrJoin(names, ", ");
}

bool CarriesData(const v1::Mechanism& mechanism) {
  return mechanism.direction() != v1::Mechanism::NO_DATA;
}

std::string LargestText(const v1::Mechanism& mechanism) {
  if (!CarriesData(mechanism)) return "-";
  return mechanism.max_message_bytes() == 0 ? "any" : SizeText(mechanism.max_message_bytes());
}

std::string LossesText(const v1::Mechanism& mechanism) {
  if (mechanism.lossy()) return "possible, and counted";
  if (mechanism.lossy_with().empty()) return "none";
  return absl::StrCat("none; with ", mechanism.lossy_with(), " possible, and counted");
}

std::string WhatItIs(const v1::Mechanism& mechanism, const Terminal& terminal) {
  return Section(
      "what it is",
      {{"family", FamilyText(mechanism.family())},
       {"model", ModelText(mechanism.model())},
       {"interface", InterfaceText(mechanism.interface())},
       {"direction", DirectionText(mechanism.direction())},
       {"borders", !CarriesData(mechanism) ? ""
                   : mechanism.keeps_borders()
                       ? "kept: a message arrives as it was sent"
                       : "not kept: the receiver must find where a message ends"},
       {"order", mechanism.ordering()},
       {"losses", CarriesData(mechanism) ? LossesText(mechanism) : ""},
       {"synchronisation", !CarriesData(mechanism) ? ""
                           : mechanism.needs_synchronisation()
                               ? "its users' own affair: they must order their accesses themselves"
                               : "its own: users need none"},
       {"waiting",
        mechanism.only_blocks() ? "block only: it has no form that tries without waiting" : ""}},
      terminal);
}

std::string WhoCanUseIt(const v1::Mechanism& mechanism, const Terminal& terminal) {
  return Section(
      "who can use it",
      {{"scope", mechanism.loopback() ? "" : ScopeText(mechanism.scope())},
       {"access", mechanism.access()},
       {"used by",
        mechanism.loopback() ? "" : SharingText(mechanism.sharing(), CarriesData(mechanism))},
       {CarriesData(mechanism) ? "unread data" : "its state",
        PersistenceText(mechanism.persistence())},
       {"peer's death", mechanism.loopback() ? "" : PeerLossText(mechanism.peer_loss())}},
      terminal);
}

std::string OnThisHost(const v1::Mechanism& mechanism, const Terminal& terminal) {
  std::string largest = LargestText(mechanism);
  if (mechanism.max_message_bytes() > 0) {
    const std::string& means = mechanism.max_message_changed_by();
    absl::StrAppend(&largest, means.empty() ? "; nothing raises it" : "; raised by " + means);
  }
  return Section(
      "on this host",
      {{"available",
        mechanism.available() ? "yes" : absl::StrCat("no: ", mechanism.unavailable_reason())},
       {"patterns", PatternsText(mechanism)},
       {"largest message", mechanism.available() && CarriesData(mechanism) ? largest : ""},
       {"where many share", mechanism.max_shared_message_bytes() > 0
                                ? SizeText(mechanism.max_shared_message_bytes()) + " at most"
                                : ""}},
      terminal);
}

// A table under a title of its own, indented as the other sections are.
std::string TableSection(const std::string& title, const Table& table, const Terminal& terminal) {
  constexpr size_t kIndent = 2;
  Terminal narrower = terminal;
  if (narrower.width > kIndent) narrower.width -= kIndent;
  return absl::StrCat("\n", terminal.Paint(Tone::kStrong, title), "\n",
                      Indented(table.Render(narrower)));
}

std::string Limits(const v1::Mechanism& mechanism, const Terminal& terminal) {
  if (mechanism.limits().empty()) return "";
  Table table({{.title = "value", .key = true},
               {.title = "of what, and what changes it", .align = kLeft, .wraps = true}});
  for (const v1::Limit& limit : mechanism.limits()) {
    const std::string means = limit.changed_by().empty() ? "" : ": " + limit.changed_by();
    table.AddRow({absl::StrCat(limit.value()), limit.name() + means});
  }
  return TableSection("limits here", table, terminal);
}

std::string ValuesText(const v1::Option& option) {
  switch (option.type()) {
    case v1::Option::INTEGER:
      return absl::StrCat(option.minimum(), " to ", option.maximum());
    case v1::Option::CHOICE:
      return absl::StrJoin(option.choices(), ", ");
    case v1::Option::BOOLEAN:
      return "true, false";
    default:
      return "";
  }
}

std::string Options(const v1::Mechanism& mechanism, const Terminal& terminal) {
  if (mechanism.options().empty()) return "";
  Table table({{.title = "option", .align = kLeft, .key = true},
               {.title = "default", .align = kLeft},
               {.title = "meaning and values", .align = kLeft, .wraps = true}});
  for (const v1::Option& option : mechanism.options()) {
    table.AddRow({option.name(), option.default_value(),
                  absl::StrCat(option.description(), "\n= ", ValuesText(option))});
  }
  return TableSection("options", table, terminal);
}

using Lines = google::protobuf::RepeatedPtrField<std::string>;

std::string List(const std::string& title, const Lines& lines, const Terminal& terminal) {
  if (lines.empty()) return "";
  std::string text = absl::StrCat("\n", terminal.Paint(Tone::kStrong, title), "\n");
  for (const std::string& line : lines) text += Paragraph("  - ", "    ", line, terminal.width);
  return text;
}

void AddFamily(const std::vector<v1::Mechanism>& mechanisms, v1::Mechanism::Family family,
               Table& table) {
  table.AddHeading(FamilyText(family));
  for (const v1::Mechanism& mechanism : mechanisms) {
    if (mechanism.family() != family) continue;
    const bool available = mechanism.available();
    table.AddRow({absl::StrCat("  ", mechanism.id()), ModelWord(mechanism.model()),
                  available ? LargestText(mechanism) : "-",
                  available ? mechanism.summary() : "not here: " + mechanism.unavailable_reason()},
                 available ? Tone::kPlain : Tone::kFaint);
  }
}

}  // namespace

std::string MechanismTable(const std::vector<v1::Mechanism>& mechanisms, const Terminal& terminal) {
  Table table({{.title = "  id", .align = kLeft, .key = true},
               {.title = "model", .align = kLeft},
               {.title = "largest"},
               {.title = "what it is", .align = kLeft, .wraps = true}});
  std::vector<v1::Mechanism::Family> families;  // as they come first
  for (const v1::Mechanism& mechanism : mechanisms) {
    if (std::find(families.begin(), families.end(), mechanism.family()) != families.end()) continue;
    families.push_back(mechanism.family());
    AddFamily(mechanisms, mechanism.family(), table);
  }
  return table.Render(terminal);
}

std::string MechanismPage(const v1::Mechanism& mechanism, const Terminal& terminal) {
  const std::string title = terminal.Paint(Tone::kStrong, mechanism.id());
  return absl::StrCat(title, "\n", Paragraph("", "", mechanism.summary(), terminal.width), "\n",
                      WhatItIs(mechanism, terminal), "\n", WhoCanUseIt(mechanism, terminal), "\n",
                      OnThisHost(mechanism, terminal), Limits(mechanism, terminal),
                      Options(mechanism, terminal), List("hazards", mechanism.hazards(), terminal),
                      List("where the system shows it", mechanism.kernel_views(), terminal));
}

}  // namespace ipclab::cli
