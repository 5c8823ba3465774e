/* Motor bridge: timer 4 (fast PWM at 20 kHz) on both wheels, direction pins, power. */
#ifndef LETAN_BOARD_MOTORS_H
#define LETAN_BOARD_MOTORS_H
#include "../safety/io.h"
#include "bits.h"
#include "generated/pins.h"

#define MOTOR_PWM_MASK ((uint8_t)(MASK(PIN_MOTOR_LEFT_PWM) | MASK(PIN_MOTOR_RIGHT_PWM)))
/* Mode 14 with both outputs disconnected: the pins fall back to their port bits, which are low. */
#define MOTOR_TIMER_DISCONNECTED BIT(WGM41)

/* Category 0; short enough for the first lines of an interrupt. */
static inline __attribute__((always_inline)) void motors_cut(void) {
  clear_bits(&PIN_MOTOR_ENABLE_OUT, MASK(PIN_MOTOR_ENABLE));
  TCCR4A = MOTOR_TIMER_DISCONNECTED;
}

void motors_init(void);
/* Drives what the safety functions ask for, unless an interrupt has tripped or a safety contact is open at this moment. */
void motors_apply(const Outputs *out);

#endif
