#include "lab.pml"

int counter = 10;
byte m;
byte s = 1;

/* Of the step that ends a round. */
#define NextRound                        \
  round++;                               \
  if                                     \
  :: round < rounds -> goto again        \
  :: else -> round = 0; End              \
  fi

active [workers] proctype Worker() {
  int seen;
  int round;
again:
#if defined(VARIANT_atomic)
  if
  :: d_step { round + 1 < rounds -> counter++; round++ }; goto again
  :: d_step { round + 1 == rounds -> counter++; round = 0; End }
  fi;
#elif defined(VARIANT_racy)
  seen = counter;
  atomic { counter = seen + 1; seen = 0; NextRound };
#elif defined(VARIANT_mutex)
  lock(m);
  seen = counter;
  d_step { counter = seen + 1; seen = 0 };
  atomic { unlock(m); NextRound };
#elif defined(VARIANT_semaphore)
  wait(s);
  seen = counter;
  d_step { counter = seen + 1; seen = 0 };
  atomic { post(s); NextRound };
#endif
  Stay
}

Ends(workers, counter == 10 + workers * rounds, printf("counter=%d", counter))
