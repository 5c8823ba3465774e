/* Motor bridge: timer 4 (fast PWM at 20 kHz) on both wheels, direction pins, power. The gate drives it through port_board.h. */
#ifndef LETAN_BOARD_MOTORS_H
#define LETAN_BOARD_MOTORS_H

void motors_init(void);

#endif
