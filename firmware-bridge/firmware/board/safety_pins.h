/* E-stop, bumpers and cliff: their interrupts take all power off themselves and remember the first cause. */
#ifndef LETAN_BOARD_SAFETY_PINS_H
#define LETAN_BOARD_SAFETY_PINS_H
#include "../safety/io.h"

void safety_pins_init(void);
/* Cause of the first interrupt since the last call, and forgets it. */
StopCause safety_take_trip(void);
/* Whether an interrupt has tripped since, or a contact is open now. Call with interrupts off. */
bool safety_tripped(void);
/* Levels of the safety contacts and the release button. */
void safety_read(Inputs *in);

#endif
