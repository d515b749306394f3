#include "lab.pml"

byte came[2];
bit here[2];
byte early;

#define other (1 - self)

#define Arrive here[self] = 1
#define Meet   wait(came[other])
#define Look                                        \
  if                                                \
  :: d_step { here[other] != 0 -> End }             \
  :: here[other] == 0; d_step { early = 1; End }    \
  fi

/* Two types for what `self == 0` decides in one variant: a test would be a transition. */
active proctype FirstGuest() {
  Arrive;
#if defined(VARIANT_wait_first)
  Meet;
#endif
  post(came[self]);
#if !defined(VARIANT_wait_first)
  Meet;
#endif
  Look;
  Stay
}

active proctype SecondGuest() {
  Arrive;
#if defined(VARIANT_wait_first)
  Meet;
#endif
  post(came[self]);
#if defined(VARIANT_post_first)
  Meet;
#endif
  Look;
  Stay
}

Ends(2, early == 0, printf("early=%d", early))
