/* Valve, spiral, flow meter and their sensors. The flow interrupt closes the valve itself at the target. */
#ifndef LETAN_BOARD_DISPENSER_PINS_H
#define LETAN_BOARD_DISPENSER_PINS_H
#include "../safety/io.h"
#include "bits.h"
#include "generated/pins.h"

/* Valve shut, spiral off; short enough for an interrupt. */
static inline __attribute__((always_inline)) void dispenser_cut(void) {
  clear_bits(&PIN_VALVE_OUT, MASK(PIN_VALVE));
  clear_bits(&PIN_SNACK_MOTOR_OUT, MASK(PIN_SNACK_MOTOR));
}

void dispenser_pins_init(void);
void dispenser_read(Inputs *in);
void dispenser_apply(const Outputs *out);

#endif
