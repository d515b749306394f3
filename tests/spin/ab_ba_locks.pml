#include "lab.pml"

byte a;
byte b;

active proctype First() {
  lock(a);
  lock(b);
  unlock(b);
  d_step { unlock(a); End };
  Stay
}

active proctype Second() {
#if defined(VARIANT_opposite)
  lock(b);
  lock(a);
  unlock(a);
  d_step { unlock(b); End };
#elif defined(VARIANT_same_order)
  lock(a);
  lock(b);
  unlock(b);
  d_step { unlock(a); End };
#endif
  Stay
}

Ends(2, true, skip)
