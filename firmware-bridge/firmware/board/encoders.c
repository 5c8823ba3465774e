#include "encoders.h"
#include <avr/interrupt.h>
#include "../safety/gate.h"

ISR(INT4_vect) {
  gate_encoder_pulse(&gate.left, IS_HIGH(PIN_ENCODER_LEFT_B));
}

ISR(INT5_vect) {
  gate_encoder_pulse(&gate.right, IS_HIGH(PIN_ENCODER_RIGHT_B));
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
