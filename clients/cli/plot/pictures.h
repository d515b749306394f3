// All pictures, and which of them are to be drawn. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/cli/plot/item.h"
#include "clients/cli/plot/picture.h"

namespace ipclab::plot {

// In the order in which they stand on a page.
const std::vector<const Picture*>& AllPictures();

// The kinds of a list with commas, each once, in the order of the page; none for an empty list.
// INVALID_ARGUMENT that says which kinds there are.
absl::StatusOr<std::vector<const Picture*>> PicturesNamed(const std::string& list);

// The items of which that picture can be drawn.
Drawable ItemsFor(const Picture& picture, const std::vector<Item>& items);

// Those that are asked for, or, where none is, all that the items are enough for.
// FAILED_PRECONDITION when one that was asked for cannot be drawn, or none at all: says what it
// wants, and how `ipclab measure` gives it.
absl::StatusOr<std::vector<const Picture*>> ChoosePictures(
    const std::vector<const Picture*>& asked_for, const Results& results);

}  // namespace ipclab::plot
