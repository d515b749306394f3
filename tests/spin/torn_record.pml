#include "lab.pml"

byte x;
byte y;
byte version;
byte torn;
byte m;

#define NextRecord                       \
  i++;                                   \
  if                                     \
  :: i < records -> goto again           \
  :: else -> i = 0; End                  \
  fi

active proctype Writer() {
  byte i;
again:
#if defined(VARIANT_locked)
  lock(m);
#elif defined(VARIANT_versioned)
  version++;
#endif
  x = i + 1;
#if defined(VARIANT_unguarded)
  atomic { y = i + 1; NextRecord };
#else
  y = i + 1;
#endif
#if defined(VARIANT_locked)
  atomic { unlock(m); NextRecord };
#elif defined(VARIANT_versioned)
  atomic { version++; NextRecord };
#endif
  Stay
}

#if defined(VARIANT_versioned)
#define Forget a = 0; b = 0; before = 0
#else
#define Forget a = 0; b = 0
#endif

active proctype Reader() {
  byte a;
  byte b;
#if defined(VARIANT_unguarded)
  a = x;
  if
  :: d_step { a == y -> Forget; End }; goto end
  :: d_step { a != y -> Forget }
  fi;
#elif defined(VARIANT_locked)
  lock(m);
  a = x;
  b = y;
  if
  :: d_step { a == b -> unlock(m); Forget; End }; goto end
  :: d_step { a != b -> unlock(m); Forget }
  fi;
#elif defined(VARIANT_versioned)
  byte before;
  a = x;
  b = y;
  goto test;
again:
  version % 2 == 0;
  before = version;
  a = x;
  /* Of an odd version nobody asks whether it is still the same. */
  if
  :: d_step { before % 2 == 1 -> Forget }; goto again
  :: d_step { before % 2 == 0 -> b = y }
  fi;
test:
  if
  :: d_step { version != before -> Forget }; goto again
  :: d_step { version == before && a == b -> Forget; End }; goto end
  :: d_step { version == before && a != b -> Forget }
  fi;
#endif
  d_step { torn = 1; End };
  Stay
}

Ends(2, torn == 0, printf("torn=%d", torn))
