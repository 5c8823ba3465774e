/* Analog inputs, one conversion a millisecond: those of the safety functions in turn with those a Firmata client asked for. */
#ifndef LETAN_BOARD_ANALOG_H
#define LETAN_BOARD_ANALOG_H
#include "../safety/io.h"

/* Converts every safety channel once, so that nothing is judged by a reading that was never taken. */
void analog_init(void);
void analog_tick(void);
void analog_read_inputs(Inputs *in);

#endif
