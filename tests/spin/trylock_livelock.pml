#include "lab.pml"

byte m[2];
byte gave_up;

#define other (1 - self)

#if defined(VARIANT_in_order)

active [2] proctype Polite() {
  lock(m[0]);
  lock(m[1]);
  unlock(m[1]);
  d_step { unlock(m[0]); End };
  Stay
}

#else

active [2] proctype Polite() {
  bit got;
  byte tries;
again:
  lock(m[self]);
  if
  :: d_step { m[other] == 0 -> m[other] = self + 1; got = 1 }; unlock(m[other])
  :: m[other] != 0
  fi;
#if defined(VARIANT_gives_up)
  if
  :: d_step { got -> unlock(m[self]); got = 0; tries = 0; End }; goto end
  :: d_step { !got && tries + 1 < patience -> unlock(m[self]); tries++ }; goto again
  :: d_step { !got && tries + 1 == patience -> unlock(m[self]); tries = 0 }
  fi;
  d_step { gave_up++; End };
#elif defined(VARIANT_for_ever)
  if
  :: d_step { got -> unlock(m[self]); got = 0; End }
  :: d_step { !got -> unlock(m[self]) }; goto again
  fi;
#endif
  Stay
}

#endif

Ends(2, gave_up == 0, printf("gave_up=%d", gave_up))
