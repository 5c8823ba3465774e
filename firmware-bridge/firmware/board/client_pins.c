/* Pins of Firmata clients (link/port.h): direction, level, and PWM by timer 5. */
#include <util/atomic.h>
#include "../link/port.h"
#include "bits.h"
#include "generated/pins.h"

typedef struct {
  uint16_t input; /* address of PINx; DDRx and PORTx follow it */
  uint8_t mask;
} Leg;

#define LEG(port, bit) {_SFR_MEM_ADDR(PIN##port), BIT(bit)},
static const Leg legs[MEGA_PIN_COUNT] = {MEGA_PINS(LEG)};

static volatile uint8_t *leg_register(const Leg *leg, uint8_t offset) {
  return (volatile uint8_t *)(leg->input + offset);
}

static volatile uint8_t *direction_of(const Leg *leg) {
  return leg_register(leg, 1);
}

static volatile uint8_t *output_of(const Leg *leg) {
  return leg_register(leg, 2);
}

void pin_direction(uint8_t pin, bool output, bool pull_up) {
  const Leg *const leg = &legs[pin];
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    write_bits(output_of(leg), leg->mask, pull_up);
    write_bits(direction_of(leg), leg->mask, output);
  }
}

void pin_write(uint8_t pin, bool high) {
  const Leg *const leg = &legs[pin];
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    write_bits(output_of(leg), leg->mask, high);
  }
}

bool pin_read(uint8_t pin) {
  return (*leg_register(&legs[pin], 0) & legs[pin].mask) != 0;
}

static uint8_t connect_bit(uint8_t pin) {
  if (pin == PIN_LIGHT_RED_NUMBER) return BIT(COM5A1);
  return pin == PIN_LIGHT_GREEN_NUMBER ? BIT(COM5B1) : BIT(COM5C1);
}

static void set_compare(uint8_t pin, uint8_t duty) {
  if (pin == PIN_LIGHT_RED_NUMBER) OCR5A = duty;
  else if (pin == PIN_LIGHT_GREEN_NUMBER) OCR5B = duty;
  else OCR5C = duty;
}

void pin_pwm(uint8_t pin, uint8_t duty) {
  const uint8_t connect = connect_bit(pin);
  const bool level = duty == 0 || duty == 255;
  if (level) {
    pin_write(pin, duty == 255);
    clear_bits(&TCCR5A, connect);
  } else {
    set_compare(pin, duty);
    /* Fast PWM of 8 bits. */
    set_bits(&TCCR5A, (uint8_t)(connect | BIT(WGM50)));
  }
  const uint8_t any = (uint8_t)(TCCR5A & (uint8_t)(BIT(COM5A1) | BIT(COM5B1) | BIT(COM5C1)));
  /* Prescaler 64: 977 Hz, no flicker to be seen. Stopped when no pin uses it. */
  TCCR5B = any != 0 ? (uint8_t)(BIT(WGM52) | BIT(CS51) | BIT(CS50)) : BIT(WGM52);
}
