#include "lab.pml"

byte data;
byte ready;
byte taken = 42;

active proctype Writer() {
#if defined(VARIANT_flag_first)
  ready = 1;
  d_step { data = 42; End };
#elif defined(VARIANT_data_first)
  data = 42;
  d_step { ready = 1; End };
#endif
  Stay
}

active proctype Reader() {
  byte seen;
  ready == 1;
  seen = data;
  d_step { taken = seen; seen = 0; End };
  Stay
}

Ends(2, taken == 42, printf("taken=%d", taken))
