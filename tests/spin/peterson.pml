#include "lab.pml"

bit want[2];
byte turn;
byte done;
byte inside;

#define other (1 - self)

active [2] proctype Peter() {
  byte seen;
#if defined(VARIANT_test_first)
  want[other] == 0;
#elif defined(VARIANT_swapped)
  turn = other;
#endif
  want[self] = 1;
#if defined(VARIANT_right)
  turn = other;
#elif defined(VARIANT_no_turn)
  want[other] == 0;
#endif
#if defined(VARIANT_swapped) || defined(VARIANT_right)
  want[other] == 0 || turn == self;
#endif
  enter(inside, 1);
  seen = done;
  d_step { done = seen + 1; seen = 0 };
  leave(inside);
  d_step { want[self] = 0; End };
  Stay
}

Ends(2, done == 2, printf("done=%d", done))
