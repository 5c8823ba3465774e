#include "motors.h"
#include <util/atomic.h>
#include "safety_pins.h"

#define TIMER_STOPPED ((uint8_t)(BIT(WGM43) | BIT(WGM42)))
#define TIMER_RUNNING ((uint8_t)(TIMER_STOPPED | BIT(CS40)))

void motors_init(void) {
  OUTPUT_LOW(PIN_MOTOR_ENABLE);
  OUTPUT_LOW(PIN_MOTOR_LEFT_REVERSE);
  OUTPUT_LOW(PIN_MOTOR_RIGHT_REVERSE);
  OUTPUT_LOW(PIN_MOTOR_LEFT_PWM);
  OUTPUT_LOW(PIN_MOTOR_RIGHT_PWM);
  /* 16 MHz / 800 = 20 kHz, above hearing. */
  ICR4 = 799;
  TCCR4A = MOTOR_TIMER_DISCONNECTED;
  TCCR4B = TIMER_STOPPED;
}

/* A compare value of n is high for n + 1 counts, so duty 0 can only be had disconnected. */
static uint16_t compare_of(int16_t duty) {
  return (uint16_t)((duty < 0 ? -duty : duty) - 1);
}

static void drive(const Outputs *out) {
  uint8_t connected = MOTOR_TIMER_DISCONNECTED;
  write_bits(&PIN_MOTOR_LEFT_REVERSE_OUT, MASK(PIN_MOTOR_LEFT_REVERSE), out->leftDuty < 0);
  write_bits(&PIN_MOTOR_RIGHT_REVERSE_OUT, MASK(PIN_MOTOR_RIGHT_REVERSE), out->rightDuty < 0);
  if (out->leftDuty != 0) {
    OCR4A = compare_of(out->leftDuty);
    connected = (uint8_t)(connected | BIT(COM4A1));
  }
  if (out->rightDuty != 0) {
    OCR4B = compare_of(out->rightDuty);
    connected = (uint8_t)(connected | BIT(COM4B1));
  }
  TCCR4B = TIMER_RUNNING;
  TCCR4A = connected;
  set_bits(&PIN_MOTOR_ENABLE_OUT, MASK(PIN_MOTOR_ENABLE));
}

void motors_apply(const Outputs *out) {
  /* One piece: an interrupt that trips in between would have its stop undone. */
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    if (out->motorEnable && !safety_tripped()) {
      drive(out);
    } else {
      motors_cut();
      /* A stopped timer costs an emulator nothing. */
      TCCR4B = TIMER_STOPPED;
    }
  }
}
