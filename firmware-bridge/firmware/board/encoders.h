/* Wheel encoders: rising edges of A, direction by the level of B. */
#ifndef LETAN_BOARD_ENCODERS_H
#define LETAN_BOARD_ENCODERS_H
#include "../safety/io.h"

void encoders_init(void);
void encoders_read(Inputs *in);

#endif
