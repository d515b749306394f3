// Writes docs/mechanisms.md from the records, and fails where the page says something else. Only
// what is true on every host is in it; the rest `ipclab mechanisms ID` tells.
//
//   IPCLAB_WRITE_DOCS=docs/mechanisms.md build/release/tests/mechanism_docs_test

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"
#include "worker/mechanism.h"

namespace ipclab {
namespace {

constexpr char kOptionsHeader[] = "| option | values | default | meaning |\n";

constexpr char kPreamble[] = R"(# The mechanisms

What is true of each mechanism on every host. What depends on the host (whether it is there, limits,
ranges, the largest message) is what `ipclab mechanisms ID` adds.

Made from the records in [worker/mechanisms/](../worker/mechanisms) and compared with them by a test;
do not edit it, but write it anew:

```sh
IPCLAB_WRITE_DOCS=docs/mechanisms.md build/release/tests/mechanism_docs_test
```

)";

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// "SHARED_MEMORY" is "shared memory".
std::string Words(const std::string& enumerator) {
  return absl::StrReplaceAll(absl::AsciiStrToLower(enumerator), {{"_", " "}});
}

std::string InterfaceText(v1::Mechanism::Interface interface) {
  switch (interface) {
    case v1::Mechanism::POSIX:
      return "POSIX";
    case v1::Mechanism::SYSTEM_V:
      return "System V";
    case v1::Mechanism::LINUX:
      return "Linux";
    case v1::Mechanism::BSD:
      return "BSD";
    default:
      return Words(v1::Mechanism::Interface_Name(interface));
  }
}

std::string InCell(const std::string& text) { return absl::StrReplaceAll(text, {{"|", "\\|"}}); }

std::string ValuesText(const v1::Option& option) {
  if (option.type() == v1::Option::CHOICE) return absl::StrJoin(option.choices(), ", ");
  return option.type() == v1::Option::BOOLEAN ? "true, false" : "a number";
}

// A number that is a limit here, or the most that is allowed, may be another one elsewhere.
std::string DefaultText(const v1::Mechanism& mechanism, const v1::Option& option) {
  if (option.type() != v1::Option::INTEGER) return option.default_value();
  bool is_hosts = option.default_value() == absl::StrCat(option.maximum());
  for (const v1::Limit& limit : mechanism.limits()) {
    is_hosts = is_hosts || option.default_value() == absl::StrCat(limit.value());
  }
  return is_hosts ? "the host's" : option.default_value();
}

std::string OptionsTable(const v1::Mechanism& mechanism) {
  if (mechanism.options().empty()) return "";
  std::string text = absl::StrCat(kOptionsHeader, "|---|---|---|---|\n");
  for (const v1::Option& option : mechanism.options()) {
    absl::StrAppend(&text, "| `", option.name(), "` | ", InCell(ValuesText(option)), " | ",
                    InCell(DefaultText(mechanism, option)), " | ", InCell(option.description()),
                    " |\n");
  }
  return absl::StrCat(text, "\n");
}

std::string HeadingOf(const std::string& id) { return absl::StrCat("## `", id, "`\n"); }

// The options of a mechanism as the page has them.
std::string OptionsOnPage(const std::string& page, const std::string& id) {
  const size_t begin = page.find(HeadingOf(id));
  if (begin == std::string::npos) return "";
  const std::string section = page.substr(begin, page.find("\n## ", begin) - begin);
  const size_t table = section.find(kOptionsHeader);
  if (table == std::string::npos) return "";
  return section.substr(table, section.find("\n\n", table) + 2 - table);
}

std::string Fact(const std::string& name, const std::string& value) {
  return absl::StrCat("- ", name, ": ", value, "\n");
}

bool CarriesData(const v1::Mechanism& mechanism) {
  return mechanism.direction() != v1::Mechanism::NO_DATA;
}

std::string PatternsText(const v1::Mechanism& mechanism) {
  return absl::StrJoin(mechanism.patterns(), ", ", [](std::string* out, int pattern) {
    absl::StrAppend(out, Words(v1::Pattern::Kind_Name(static_cast<v1::Pattern::Kind>(pattern))));
  });
}

std::string BordersText(const v1::Mechanism& mechanism) {
  return mechanism.keeps_borders() ? "kept" : "not kept";
}

std::string LossesText(const v1::Mechanism& mechanism) {
  if (mechanism.lossy()) return "; messages may be lost";
  const std::string& with = mechanism.lossy_with();
  return with.empty() ? "" : absl::StrCat("; with `", with, "` messages may be lost");
}

// What objects of lab programs it stands behind, and what tells how they stand.
std::string ProgramText(const v1::Mechanism& mechanism) {
  if (mechanism.carries().empty()) return "";
  std::string text = absl::StrJoin(mechanism.carries(), ", ", [](std::string* out, int kind) {
    absl::StrAppend(
        out, Words(v1::ProgramObject::Kind_Name(static_cast<v1::ProgramObject::Kind>(kind))));
  });
  if (mechanism.discipline() != v1::Mechanism::DISCIPLINE_UNSPECIFIED) {
    absl::StrAppend(&text, " ", Words(v1::Mechanism::Discipline_Name(mechanism.discipline())));
  }
  const std::string& view = mechanism.program_view();
  absl::StrAppend(&text,
                  view.empty() ? "; not compared with the kernel's view: "
                               : "; compared with the kernel's view after each step: ",
                  view.empty() ? mechanism.program_view_absent() : view);
  return Fact("in lab programs", text);
}

std::string Facts(const v1::Mechanism& mechanism) {
  const bool data = CarriesData(mechanism);
  return absl::StrCat(
      Fact("family", Words(v1::Mechanism::Family_Name(mechanism.family()))),
      Fact("model", absl::StrCat(Words(v1::Mechanism::Model_Name(mechanism.model())),
                                 ", interface ", InterfaceText(mechanism.interface()))),
      Fact("patterns", PatternsText(mechanism)),
      Fact("direction", Words(v1::Mechanism::Direction_Name(mechanism.direction()))),
      Fact("scope", Words(v1::Mechanism::Scope_Name(mechanism.scope()))),
      Fact("access", mechanism.access()),
      mechanism.loopback()
          ? ""
          : Fact("one object is used", Words(v1::Mechanism::Sharing_Name(mechanism.sharing()))),
      data ? Fact("borders", BordersText(mechanism)) : "",
      Fact("order", absl::StrCat(mechanism.ordering(), LossesText(mechanism))),
      mechanism.needs_synchronisation() ? Fact("synchronisation", "its users' own affair") : "",
      mechanism.only_blocks() ? Fact("waiting", "block only") : "",
      Fact(data ? "unread data lives" : "its state lives",
           absl::StrCat("with the ",
                        Words(v1::Mechanism::Persistence_Name(mechanism.persistence())))),
      Fact("the other end's death", Words(v1::Mechanism::PeerLoss_Name(mechanism.peer_loss()))),
      ProgramText(mechanism));
}

std::string List(const std::string& title,
                 const google::protobuf::RepeatedPtrField<std::string>& lines) {
  if (lines.empty()) return "";
  std::string text = absl::StrCat(title, ":\n\n");
  for (const std::string& line : lines) absl::StrAppend(&text, "- ", line, "\n");
  return text;
}

std::string SectionOf(const v1::Mechanism& mechanism, const std::string& page_before) {
  std::string text = absl::StrCat(HeadingOf(mechanism.id()), "\n", mechanism.summary(), ".\n\n",
                                  Facts(mechanism), "\n");
  // Where it cannot be used, it may not know its options either: the page's own are kept.
  std::string options = OptionsOnPage(page_before, mechanism.id());
  if (mechanism.available() || options.empty()) options = OptionsTable(mechanism);
  const std::string views = List("Where the system shows it", mechanism.kernel_views());
  return absl::StrCat(text, options, List("Hazards", mechanism.hazards()),
                      views.empty() ? "" : "\n", views);
}

std::string Page(const std::string& page_before) {
  std::string text = absl::StrCat(
      kPreamble,
      "| id | family | model | interface | direction | scope | sharing | borders | other end's "
      "death |\n"
      "|---|---|---|---|---|---|---|---|---|\n");
  std::string sections;
  for (const Mechanism* const each : AllMechanisms()) {
    const v1::Mechanism mechanism = Describe(*each).mechanism();
    const std::vector<std::string> cells = {
        absl::StrCat("[", mechanism.id(), "](#", mechanism.id(), ")"),
        Words(v1::Mechanism::Family_Name(mechanism.family())),
        Words(v1::Mechanism::Model_Name(mechanism.model())),
        InterfaceText(mechanism.interface()),
        Words(v1::Mechanism::Direction_Name(mechanism.direction())),
        Words(v1::Mechanism::Scope_Name(mechanism.scope())),
        mechanism.loopback() ? "-" : Words(v1::Mechanism::Sharing_Name(mechanism.sharing())),
        CarriesData(mechanism) && mechanism.keeps_borders() ? "kept" : "-",
        Words(v1::Mechanism::PeerLoss_Name(mechanism.peer_loss()))};
    absl::StrAppend(&text, "| ", absl::StrJoin(cells, " | "), " |\n");
    absl::StrAppend(&sections, "\n", SectionOf(mechanism, page_before));
  }
  return text + sections;
}

TEST(MechanismDocs, ThePageSaysWhatTheRecordsSay) {
  if (const char* const path = std::getenv("IPCLAB_WRITE_DOCS")) {
    const std::string page = Page(ReadFile(path));
    ASSERT_TRUE(std::ofstream(path) << page) << path;
    return;
  }
  const std::string page = ReadFile(IPCLAB_SOURCES "/docs/mechanisms.md");
  EXPECT_EQ(page, Page(page))
      << "write it anew: IPCLAB_WRITE_DOCS=docs/mechanisms.md .../mechanism_docs_test";
}

}  // namespace
}  // namespace ipclab
