#include "lab.pml"

byte taken;
byte next;
byte serving;
byte done;
byte inside;

active [workers] proctype Worker() {
  byte seen;
#if defined(VARIANT_test_then_set)
again:
  if
  :: taken; goto again
  :: !taken
  fi;
  taken = 1;
#elif defined(VARIANT_exchange)
again:
  if
  :: d_step { taken -> taken = 1 }; goto again
  :: d_step { !taken -> taken = 1 }
  fi;
#elif defined(VARIANT_ticket)
  byte mine;
  d_step { mine = next; next++ };
again:
  if
  :: serving != mine; goto again
  :: d_step { serving == mine -> mine = 0 }
  fi;
#endif
  enter(inside, 1);
  seen = done;
  d_step { done = seen + 1; seen = 0 };
  leave(inside);
#if defined(VARIANT_ticket)
  d_step { serving++; End };
#else
  d_step { taken = 0; End };
#endif
  Stay
}

Ends(workers, done == workers, printf("done=%d", done))
