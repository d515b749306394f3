#include "clients/cli/plot/rows.h"

#include "clients/cli/plot/labels.h"
#include "clients/cli/plot/style.h"

namespace ipclab::plot {

void ItemRows::Draw(Svg& svg) const {
  for (size_t i = 0; i < items_.size(); ++i) {
    if (i % 2 == 0) {
      svg.Box({kMargin, Middle(i) - kItemRowHeight / 2, kPageWidth - 2 * kMargin, kItemRowHeight},
              "band");
    }
    svg.Text({kMargin + kNamesWidth, Middle(i) + 4},
             FitText(items_[i]->label, kLabelSize, kNamesWidth - 8), {.anchor = Anchor::kEnd});
  }
}

}  // namespace ipclab::plot
