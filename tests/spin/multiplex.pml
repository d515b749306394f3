#include "lab.pml"

byte free = places;
byte m;
byte yard;

active [lorries] proctype Lorry() {
#if defined(VARIANT_together)
  lock(m);
#endif
  wait(free);
  wait(free);
#if defined(VARIANT_together)
  unlock(m);
#endif
  enter(yard, places / 2);
  leave(yard);
  post(free);
  d_step { post(free); End };
  Stay
}

Ends(lorries, true, skip)
