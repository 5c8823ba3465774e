/* Wheel encoders: rising edges of A count in the gate, direction by the level of B. */
#ifndef LETAN_BOARD_ENCODERS_H
#define LETAN_BOARD_ENCODERS_H

void encoders_init(void);

#endif
