#include "lab.pml"

int balance = 100;
byte m;

/* Looks at the balance: enough, or not. */
#define Enough     balance >= amount
#define NotEnough  balance < amount

active [customers] proctype Customer() {
#if defined(VARIANT_unguarded)
  if
  :: Enough; d_step { balance = balance - amount; Check(balance >= 0); End }
  :: d_step { NotEnough -> End }
  fi;
#elif defined(VARIANT_locked)
  lock(m);
  if
  :: Enough; d_step { balance = balance - amount; Check(balance >= 0) }
  :: NotEnough
  fi;
  d_step { unlock(m); End };
#elif defined(VARIANT_compare_and_swap)
  int seen;
  if
  :: d_step { NotEnough -> End }; goto end
  :: d_step { Enough -> seen = balance }
  fi;
swap:
  if
  :: d_step { balance == seen -> balance = seen - amount; seen = 0; Check(balance >= 0); End }
  :: d_step { balance != seen -> seen = 0 };
     if
     :: d_step { NotEnough -> End }
     :: d_step { Enough -> seen = balance }; goto swap
     fi
  fi;
#endif
  Stay
}

Ends(customers, true, printf("balance=%d", balance))
