#include "safety_pins.h"
#include <avr/interrupt.h>
#include <util/atomic.h>
#include "dispenser_pins.h"
#include "motors.h"

#define CONTACTS ((uint8_t)(MASK(PIN_E_STOP) | MASK(PIN_BUMPER_LEFT) | MASK(PIN_BUMPER_RIGHT) | MASK(PIN_CLIFF)))

static volatile uint8_t tripped = STOP_CAUSE_NONE;

static inline __attribute__((always_inline)) void trip(StopCause cause) {
  motors_cut();
  dispenser_cut();
  if (tripped == STOP_CAUSE_NONE) tripped = (uint8_t)cause;
}

ISR(INT0_vect) {
  trip(STOP_CAUSE_E_STOP);
}

ISR(INT1_vect) {
  trip(STOP_CAUSE_BUMPER_LEFT);
}

ISR(INT2_vect) {
  trip(STOP_CAUSE_BUMPER_RIGHT);
}

ISR(INT3_vect) {
  trip(STOP_CAUSE_CLIFF);
}

void safety_pins_init(void) {
  set_bits(&PORTD, CONTACTS);
  INPUT_PULL_UP(PIN_MOTOR_FAULT);
  INPUT_PULL_UP(PIN_HATCH);
  INPUT_PULL_UP(PIN_RELEASE_BUTTON);
  /* Rising edges: normally closed contacts open. The levels are read every millisecond as well. */
  EICRA = (uint8_t)(BIT(ISC01) | BIT(ISC00) | BIT(ISC11) | BIT(ISC10) | BIT(ISC21) | BIT(ISC20) | BIT(ISC31) | BIT(ISC30));
  EIFR = (uint8_t)(BIT(INTF0) | BIT(INTF1) | BIT(INTF2) | BIT(INTF3));
  set_bits(&EIMSK, (uint8_t)(BIT(INT0) | BIT(INT1) | BIT(INT2) | BIT(INT3)));
}

StopCause safety_take_trip(void) {
  uint8_t cause;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    cause = tripped;
    tripped = STOP_CAUSE_NONE;
  }
  return (StopCause)cause;
}

bool safety_tripped(void) {
  return tripped != STOP_CAUSE_NONE || (PIND & CONTACTS) != 0;
}

void safety_read(Inputs *in) {
  in->tripped = safety_take_trip();
  in->eStopOpen = IS_HIGH(PIN_E_STOP);
  in->bumperLeft = IS_HIGH(PIN_BUMPER_LEFT);
  in->bumperRight = IS_HIGH(PIN_BUMPER_RIGHT);
  in->cliff = IS_HIGH(PIN_CLIFF);
  in->motorFault = !IS_HIGH(PIN_MOTOR_FAULT);
  in->hatchOpen = IS_HIGH(PIN_HATCH);
  in->releasePressed = !IS_HIGH(PIN_RELEASE_BUTTON);
}
