// Writes docs/programs.md from the catalogue, and fails where the page says something else.
//
//   IPCLAB_WRITE_DOCS=docs/programs.md build/release/tests/catalogue_test

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"
#include "tests/programs/catalogue.h"

namespace ipclab {
namespace {

constexpr char kProgramsPreamble[] = R"(# The catalogue of lab programs

Each is a text of one screen, with what to try by hand, a question and its answer. The first variant
is what a run starts with, and it can fail; the last one cannot.

Made from [programs/](../programs) and compared with it by a test; do not edit it, but write it anew:

```sh
IPCLAB_WRITE_DOCS=docs/programs.md build/release/tests/catalogue_test
```

| program | what it teaches | try it | variants |
|---|---|---|---|
)";

std::string InProgramCell(const std::string& text) {
  return absl::StrReplaceAll(text, {{"|", "\\|"}, {"<", "\\<"}, {"*", "\\*"}});
}

std::string ProgramsPage() {
  std::string page = kProgramsPreamble;
  for (const std::string& name : CatalogueNames()) {
    const ProgramText text = CatalogueProgram(name).text;
    absl::StrAppend(&page, "| [", name, "](../programs/", name, ".lab) | **",
                    InProgramCell(text.title), ".** ", InProgramCell(text.lesson), " | ",
                    InProgramCell(text.goal), " | `", absl::StrJoin(text.variants, "`, `"),
                    "` |\n");
  }
  return page;
}

TEST(ProgramDocs, ThePageSaysWhatTheCatalogueSays) {
  if (const char* const path = std::getenv("IPCLAB_WRITE_DOCS")) {
    ASSERT_TRUE(std::ofstream(path) << ProgramsPage()) << path;
    return;
  }
  std::ifstream file(IPCLAB_SOURCES "/docs/programs.md");
  const std::string page{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  EXPECT_EQ(page, ProgramsPage())
      << "write it anew: IPCLAB_WRITE_DOCS=docs/programs.md .../catalogue_test";
}

}  // namespace
}  // namespace ipclab
