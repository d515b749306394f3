#include "lab.pml"

byte buffer[slots];
byte head;
byte tail;
byte sum;
byte free = slots;
byte filled;
byte m;

#define NextItem                         \
  i++;                                   \
  if                                     \
  :: i < items -> goto again             \
  :: else -> i = 0; End                  \
  fi

active [pairs] proctype Producer() {
  byte slot;
  byte i;
again:
#if defined(VARIANT_mutex_first)
  lock(m);
#endif
  wait(free);
#if defined(VARIANT_correct)
  lock(m);
#endif
  slot = tail;
  buffer[slot] = self * items + i + 1;
  d_step { tail = (slot + 1) % slots; slot = 0 };
#if !defined(VARIANT_no_mutex)
  unlock(m);
#endif
  atomic { post(filled); NextItem };
  Stay
}

active [pairs] proctype Consumer() {
  byte slot;
  byte item;
  byte i;
again:
#if defined(VARIANT_mutex_first)
  lock(m);
#endif
  wait(filled);
#if defined(VARIANT_correct)
  lock(m);
#endif
  slot = head;
  item = buffer[slot];
  d_step { head = (slot + 1) % slots; slot = 0 };
#if !defined(VARIANT_no_mutex)
  unlock(m);
#endif
  post(free);
  atomic { sum = sum + item; item = 0; NextItem };
  Stay
}

Ends(2 * pairs, sum == pairs * items * (pairs * items + 1) / 2, printf("sum=%d", sum))
