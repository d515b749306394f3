/* What all models share. A model is a program of programs/ by hand: every step of the lab is one
 * transition here, and a state here has what a state of the lab has. So both count the same states.
 *
 * A step is a single statement, a d_step, or an atomic that cannot block within. A statement that
 * only decides would be a transition of its own: such decisions stand at the end of the step before,
 * or are its guards. A local is set back to 0 with its last use, as the explorer has it. What a loop
 * jumps back to is no atomic: one that is entered from another one would go on in the same step.
 *
 * Parameters come as -Dworkers=2, the variant as -DVARIANT_racy. */

byte ended;    /* workers that have made their last step */
byte failing;  /* who broke a check first, + 1; 0: nobody did */

#define self _pid

/* A loop may jump to an if, though not to a d_step. */
#define lock(m)   if :: d_step { m == 0 -> m = self + 1 } fi
#define unlock(m) m = 0
#define wait(s)   if :: d_step { s > 0 -> s-- } fi
#define post(s)   s++

/* Behind what a step does. */
#define Check(holds) if :: !(holds) && failing == 0 -> failing = self + 1 :: else fi
#define End          ended++

/* The two steps of a critical section. */
#define enter(inside, most) d_step { inside++; Check(inside <= most) }
#define leave(inside)       inside--

/* Where a worker stays for ever. A process of Promela that ends leaves the state by a transition of
 * its own, and only after those that began later. */
#define Stay end: false

/* When nobody can go on, says how it ended, as the lab words it. finally: what must hold then; says:
 * prints what is observed. A worker that stays elsewhere than at its end is what pan calls an invalid
 * end state; that is found by pan itself. */
#define Ends(workers_in_all, finally, says)                              \
  active proctype Judge() {                                              \
    atomic {                                                             \
      timeout;                                                           \
      printf("outcome ");                                                \
      if :: ended < workers_in_all -> printf("deadlock: ") :: else fi;   \
      says;                                                              \
      if                                                                 \
      :: failing != 0 || ended < workers_in_all || !(finally) -> printf(" FAILS\n") \
      :: else -> printf("\n")                                            \
      fi                                                                 \
    };                                                                   \
    Stay                                                                 \
  }
