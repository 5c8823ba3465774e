#include "dispenser_pins.h"
#include <avr/interrupt.h>
#include "../safety/gate.h"

ISR(PCINT0_vect) {
  /* Both edges arrive here; the rising one counts. */
  if (IS_HIGH(PIN_FLOW_METER)) gate_flow_pulse();
}

void dispenser_pins_init(void) {
  OUTPUT_LOW(PIN_VALVE);
  OUTPUT_LOW(PIN_SNACK_MOTOR);
  INPUT_PULL_UP(PIN_FLOW_METER);
  INPUT_PULL_UP(PIN_SNACK_HOME);
  INPUT_PULL_UP(PIN_SNACK_BEAM);
  INPUT_PULL_UP(PIN_CUP);
  INPUT_PULL_UP(PIN_TANK_EMPTY);
  INPUT_PULL_UP(PIN_LEAK);
  PCMSK0 = BIT(PCINT4);
  PCIFR = BIT(PCIF0);
  PCICR = BIT(PCIE0);
}

void dispenser_read(Inputs *in) {
  in->cupPresent = !IS_HIGH(PIN_CUP);
  in->tankEmpty = IS_HIGH(PIN_TANK_EMPTY);
  in->leak = !IS_HIGH(PIN_LEAK);
  in->snackHome = !IS_HIGH(PIN_SNACK_HOME);
  in->snackBeam = !IS_HIGH(PIN_SNACK_BEAM);
}
