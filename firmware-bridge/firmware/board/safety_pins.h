/* E-stop, bumpers and cliff interrupt into the gate; motor fault, hatch and release button are read. */
#ifndef LETAN_BOARD_SAFETY_PINS_H
#define LETAN_BOARD_SAFETY_PINS_H
#include "../safety/io.h"

/* Pull-ups and edges; gate_init arms the interrupts. */
void safety_pins_init(void);
void safety_read(Inputs *in);

#endif
