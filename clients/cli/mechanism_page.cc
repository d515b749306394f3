#include "clients/cli/mechanism_page.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/parse.h"
#include "clients/cli/table.h"
#include "clients/cli/units.h"

namespace ipclab::cli {
namespace {

constexpr auto kLeft = Table::Column::Align::kLeft;

std::string FamilyText(const v1::Mechanism& mechanism) {
  return LowerName(v1::Mechanism::Family_Name(mechanism.family()));
}

std::string PatternsText(const v1::Mechanism& mechanism, const std::string& separator) {
  std::vector<std::string> names;
  for (const int pattern : mechanism.patterns()) {
    names.push_back(LowerName(v1::Pattern::Kind_Name(static_cast<v1::Pattern::Kind>(pattern))));
  }
  return absl::StrJoin(names, separator);
}

std::string LargestText(const v1::Mechanism& mechanism) {
  return mechanism.max_message_bytes() == 0 ? "any" : SizeText(mechanism.max_message_bytes());
}

std::string TypeText(const v1::Option& option) {
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

std::string Facts(const v1::Mechanism& mechanism, const Terminal& terminal) {
  const std::vector<std::pair<std::string, std::string>> facts = {
      {"family", FamilyText(mechanism)},
      {"available", mechanism.available() ? "yes" : "no: " + mechanism.unavailable_reason()},
      {"patterns", PatternsText(mechanism, ", ")},
      {"largest message", LargestText(mechanism)},
      {"workers", mechanism.loopback() ? "one, which is both ends" : "two"}};
  std::string text;
  for (const auto& [name, value] : facts) {
    const std::string first = absl::StrCat(name, std::string(17 - name.size(), ' '));
    text += Paragraph(first, std::string(first.size(), ' '), value, terminal.width);
  }
  return text;
}

std::string Limits(const v1::Mechanism& mechanism, const Terminal& terminal) {
  if (mechanism.limits().empty()) return "";
  Table table({{.title = "limit", .align = kLeft, .key = true},
               {.title = "here"},
               {.title = "changed by", .align = kLeft, .wraps = true}});
  for (const v1::Limit& limit : mechanism.limits()) {
    table.AddRow({limit.name(), absl::StrCat(limit.value()), limit.changed_by()});
  }
  return absl::StrCat("\n", table.Render(terminal));
}

std::string Options(const v1::Mechanism& mechanism, const Terminal& terminal) {
  if (mechanism.options().empty()) return "";
  Table table({{.title = "option", .align = kLeft, .key = true},
               {.title = "values", .align = kLeft},
               {.title = "default", .align = kLeft},
               {.title = "meaning", .align = kLeft, .wraps = true}});
  for (const v1::Option& option : mechanism.options()) {
    table.AddRow({option.name(), TypeText(option), option.default_value(), option.description()});
  }
  return absl::StrCat("\n", table.Render(terminal));
}

std::string Hazards(const v1::Mechanism& mechanism, const Terminal& terminal) {
  if (mechanism.hazards().empty()) return "";
  std::string text = absl::StrCat("\n", terminal.Paint(Tone::kStrong, "hazards"), "\n");
  for (const std::string& hazard : mechanism.hazards()) {
    text += Paragraph("- ", "  ", hazard, terminal.width);
  }
  return text;
}

}  // namespace

std::string MechanismTable(const std::vector<v1::Mechanism>& mechanisms, const Terminal& terminal) {
  Table table({{.title = "id", .align = kLeft, .key = true},
               {.title = "family", .align = kLeft},
               {.title = "here", .align = kLeft},
               {.title = "largest"},
               {.title = "patterns", .align = kLeft},
               {.title = "summary", .align = kLeft, .wraps = true}});
  for (const v1::Mechanism& mechanism : mechanisms) {
    const bool available = mechanism.available();
    table.AddRow({mechanism.id(), FamilyText(mechanism), available ? "yes" : "no",
                  available ? LargestText(mechanism) : "-", PatternsText(mechanism, ","),
                  available ? mechanism.summary() : mechanism.unavailable_reason()},
                 available ? Tone::kPlain : Tone::kFaint);
  }
  return table.Render(terminal);
}

std::string MechanismPage(const v1::Mechanism& mechanism, const Terminal& terminal) {
  const std::string title = terminal.Paint(Tone::kStrong, mechanism.id());
  return absl::StrCat(title, "\n", Paragraph("", "", mechanism.summary(), terminal.width), "\n",
                      Facts(mechanism, terminal), Limits(mechanism, terminal),
                      Options(mechanism, terminal), Hazards(mechanism, terminal));
}

}  // namespace ipclab::cli
