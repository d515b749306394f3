// What suits, as people read it: a table of the best with figures of this host, why each stands
// where it does, where figures and rules disagree, and what does not suit.
#pragma once

#include <string>

#include "clients/cli/terminal.h"
#include "ipclab/v1/mechanism.pb.h"

namespace ipclab::cli {

struct RecommendationView {
  bool all = false;             // every mechanism; else the best few, the others in short
  bool private_server = false;  // it has measured nothing and remembers nothing
};

std::string RecommendationPage(const v1::RecommendMechanismRequest& request,
                               const v1::RecommendMechanismResponse& response,
                               const RecommendationView& view, const Terminal& terminal);

}  // namespace ipclab::cli
