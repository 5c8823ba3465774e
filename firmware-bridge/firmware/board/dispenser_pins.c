#include "dispenser_pins.h"
#include <avr/interrupt.h>
#include <util/atomic.h>
#include "safety_pins.h"

static volatile uint16_t flow_pulses;
static volatile uint16_t close_at;

static bool target_reached(void) {
  return (int16_t)(flow_pulses - close_at) >= 0;
}

ISR(PCINT0_vect) {
  /* Both edges arrive here; the rising one counts. */
  if (!IS_HIGH(PIN_FLOW_METER)) return;
  flow_pulses = (uint16_t)(flow_pulses + 1u);
  if (target_reached()) clear_bits(&PIN_VALVE_OUT, MASK(PIN_VALVE));
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
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    in->flowPulses = flow_pulses;
  }
  in->cupPresent = !IS_HIGH(PIN_CUP);
  in->tankEmpty = IS_HIGH(PIN_TANK_EMPTY);
  in->leak = !IS_HIGH(PIN_LEAK);
  in->snackHome = !IS_HIGH(PIN_SNACK_HOME);
  in->snackBeam = !IS_HIGH(PIN_SNACK_BEAM);
}

void dispenser_apply(const Outputs *out) {
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    const bool tripped = safety_tripped();
    close_at = out->valveCloseAt;
    write_bits(&PIN_VALVE_OUT, MASK(PIN_VALVE), out->valveOpen && !tripped && !target_reached());
    write_bits(&PIN_SNACK_MOTOR_OUT, MASK(PIN_SNACK_MOTOR), out->snackMotor && !tripped);
  }
}
