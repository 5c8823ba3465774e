#include "encoders.h"
#include <avr/interrupt.h>
#include <util/atomic.h>
#include "bits.h"
#include "generated/pins.h"

static volatile int32_t left_pulses;
static volatile int32_t right_pulses;

ISR(INT4_vect) {
  left_pulses = IS_HIGH(PIN_ENCODER_LEFT_B) ? left_pulses - 1 : left_pulses + 1;
}

ISR(INT5_vect) {
  right_pulses = IS_HIGH(PIN_ENCODER_RIGHT_B) ? right_pulses - 1 : right_pulses + 1;
}

void encoders_init(void) {
  INPUT_PULL_UP(PIN_ENCODER_LEFT_A);
  INPUT_PULL_UP(PIN_ENCODER_LEFT_B);
  INPUT_PULL_UP(PIN_ENCODER_RIGHT_A);
  INPUT_PULL_UP(PIN_ENCODER_RIGHT_B);
  EICRB = (uint8_t)(BIT(ISC41) | BIT(ISC40) | BIT(ISC51) | BIT(ISC50));
  EIFR = (uint8_t)(BIT(INTF4) | BIT(INTF5));
  set_bits(&EIMSK, (uint8_t)(BIT(INT4) | BIT(INT5)));
}

void encoders_read(Inputs *in) {
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    in->leftPulses = left_pulses;
    in->rightPulses = right_pulses;
  }
}
