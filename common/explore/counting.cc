#include "common/explore/counting.h"

#include <algorithm>

namespace ipclab {

void CountSchedules(const StateSpace& graph, const std::vector<uint32_t>& left,
                    const std::vector<End>& ends, std::vector<OutcomeTally>& rows, bool& overflow) {
  std::vector<Count> ways(graph.size());
  ways[0] = 1;
  // Each state before all those that it leads to: nothing is added to it later.
  std::for_each(left.rbegin(), left.rend(), [&](uint32_t state) {
    for (const StateSpace::Edge& edge : graph.EdgesOf(state)) {
      overflow |= !AddTo(ways[edge.to], ways[state]);
    }
  });
  for (const End& end : ends) overflow |= !AddTo(rows[end.row].schedules, ways[end.state]);
}

}  // namespace ipclab
