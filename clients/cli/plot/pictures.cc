#include "clients/cli/plot/pictures.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace ipclab::plot {
namespace {

std::string KindList() {
  return absl::StrJoin(AllPictures(), ", ", [](std::string* out, const Picture* picture) {
    absl::StrAppend(out, picture->kind);
  });
}

absl::Status CannotDraw(const Picture& picture) {
  return absl::FailedPreconditionError(
      absl::StrCat(picture.kind, " cannot be drawn: no item has ", picture.needs));
}

// Why there is no item, or none of which anything could be drawn.
absl::Status NothingToDraw(const Results& results) {
  std::vector<std::string> failures = results.failures;
  for (const Item& item : results.items) {
    if (!item.error.empty()) failures.push_back(absl::StrCat(item.label, ": ", item.error));
  }
  if (!failures.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("there is nothing to draw: what was to be measured failed: ",
                     absl::StrJoin(failures, "; ")));
  }
  if (results.items.empty()) {
    return absl::FailedPreconditionError(
        "there is nothing to draw: no RESULT has a line; `ipclab measure --json` prints them");
  }
  return CannotDraw(kBars);
}

}  // namespace

const std::vector<const Picture*>& AllPictures() {
  static const auto* const all =
      new std::vector<const Picture*>({&kBars, &kSpectrum, &kEcdf, &kTrials, &kSeries, &kHeat});
  return *all;
}

absl::StatusOr<std::vector<const Picture*>> PicturesNamed(const std::string& list) {
  std::set<std::string> names;
  for (const absl::string_view name : absl::StrSplit(list, ',', absl::SkipWhitespace())) {
    names.emplace(name);
  }
  std::vector<const Picture*> pictures;
  for (const Picture* picture : AllPictures()) {
    if (names.erase(std::string(picture->kind)) > 0) pictures.push_back(picture);
  }
  if (names.empty()) return pictures;
  return absl::InvalidArgumentError(absl::StrCat("--kind: \"", *names.begin(),
                                                 "\" is no picture: use ", KindList(),
                                                 ", or several with commas"));
}

Drawable ItemsFor(const Picture& picture, const std::vector<Item>& items) {
  Drawable drawable;
  for (const Item& item : items) {
    if (picture.can_draw(item)) drawable.push_back(&item);
  }
  return drawable;
}

absl::StatusOr<std::vector<const Picture*>> ChoosePictures(
    const std::vector<const Picture*>& asked_for, const Results& results) {
  std::vector<const Picture*> chosen;
  for (const Picture* picture : asked_for.empty() ? AllPictures() : asked_for) {
    if (!ItemsFor(*picture, results.items).empty()) {
      chosen.push_back(picture);
    } else if (!asked_for.empty()) {
      return results.items.empty() ? NothingToDraw(results) : CannotDraw(*picture);
    }
  }
  return chosen.empty() ? absl::StatusOr<std::vector<const Picture*>>(NothingToDraw(results))
                        : chosen;
}

}  // namespace ipclab::plot
