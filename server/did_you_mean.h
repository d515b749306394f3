// What to say to somebody who asked for an id that does not exist. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ipclab {

// The nearest one, or all; of many the first, and which rpc has the rest: "did you mean "pipe"?",
// "there are: a, b and 7 more: ListMechanisms has them all".
std::string DidYouMean(std::string_view id, const std::vector<std::string>& ids,
                       std::string_view rpc);

}  // namespace ipclab
