#include "lab.pml"

byte fork[n];
byte seats = n - 1;

#define next ((self + 1) % n)
#if defined(VARIANT_ordered)
#define first  (self < next -> self : next)
#define second (self < next -> next : self)
#else
#define first  self
#define second next
#endif

#define NextMeal                         \
  meal++;                                \
  if                                     \
  :: meal < meals -> goto again          \
  :: else -> meal = 0; End               \
  fi

active [n] proctype Philosopher() {
  byte meal;
again:
#if defined(VARIANT_waiter)
  wait(seats);
#endif
  lock(fork[first]);
  lock(fork[second]);
  unlock(fork[second]);
#if defined(VARIANT_waiter)
  unlock(fork[first]);
  atomic { post(seats); NextMeal };
#else
  atomic { unlock(fork[first]); NextMeal };
#endif
  Stay
}

Ends(n, true, skip)
