#include "safety_pins.h"
#include <avr/interrupt.h>
#include "../safety/gate.h"

ISR(INT0_vect) {
  gate_trip(STOP_CAUSE_E_STOP);
}

ISR(INT1_vect) {
  gate_trip(STOP_CAUSE_BUMPER_LEFT);
}

ISR(INT2_vect) {
  gate_trip(STOP_CAUSE_BUMPER_RIGHT);
}

ISR(INT3_vect) {
  gate_trip(STOP_CAUSE_CLIFF);
}

void safety_pins_init(void) {
  set_bits(&PORTD, CONTACTS_ALL);
  INPUT_PULL_UP(PIN_MOTOR_FAULT);
  INPUT_PULL_UP(PIN_HATCH);
  INPUT_PULL_UP(PIN_RELEASE_BUTTON);
  /* Rising edges: normally closed contacts open. The levels are read every millisecond as well. */
  EICRA = (uint8_t)(BIT(ISC01) | BIT(ISC00) | BIT(ISC11) | BIT(ISC10) | BIT(ISC21) | BIT(ISC20) | BIT(ISC31) | BIT(ISC30));
}

void safety_read(Inputs *in) {
  in->motorFault = !IS_HIGH(PIN_MOTOR_FAULT);
  in->hatchOpen = IS_HIGH(PIN_HATCH);
  in->releasePressed = !IS_HIGH(PIN_RELEASE_BUTTON);
}
