#include "clients/cli/ipc_page.h"

#include "absl/strings/str_cat.h"
#include "clients/cli/experiment_name.h"
#include "clients/cli/moment.h"
#include "clients/cli/parse.h"
#include "clients/cli/table.h"
#include "clients/cli/units.h"

namespace ipclab::cli {
namespace {

std::string UseText(const v1::IpcObject& object) {
  if (!object.error().empty()) return absl::StrCat("still there: ", Printable(object.error()));
  if (!object.own()) return absl::StrCat("not this server's, of user ", object.owner_uid());
  if (object.reclaimable()) return "nobody's: may go";
  return object.experiment().empty() ? "in use" : "in use by " + ExperimentId(object.experiment());
}

Tone ToneOfObject(const v1::IpcObject& object) {
  if (!object.error().empty()) return Tone::kBad;
  if (!object.own()) return Tone::kFaint;
  return object.reclaimable() ? Tone::kWarning : Tone::kPlain;
}

}  // namespace

std::string IpcTable(const std::vector<v1::IpcObject>& objects, const Terminal& terminal,
                     absl::Time now) {
  Table table({{.title = "kind", .align = kLeft, .key = true},
               {.title = "name", .align = kLeft, .key = true},
               {.title = "bytes"},
               {.title = "changed"},
               {.title = "use", .align = kLeft, .wraps = true}});
  for (const v1::IpcObject& object : objects) {
    table.AddRow({LowerName(v1::IpcObject::Kind_Name(object.kind())), Printable(object.name()),
                  object.bytes() > 0 ? SizeText(object.bytes()) : "-",
                  object.has_change_time() ? AgoText(TimeOf(object.change_time()), now) : "-",
                  UseText(object)},
                 ToneOfObject(object));
  }
  return table.Render(terminal);
}

std::string IpcCountText(const std::vector<v1::IpcObject>& objects) {
  int64_t bytes = 0;
  for (const v1::IpcObject& object : objects) bytes += object.bytes();
  return absl::StrCat(objects.size(), objects.size() == 1 ? " object" : " objects",
                      bytes > 0 ? absl::StrCat(", ", SizeText(bytes)) : "");
}

}  // namespace ipclab::cli
