/* The gate's port (safety/port.h) on the registers of the ATmega2560. */
#ifndef LETAN_BOARD_PORT_BOARD_H
#define LETAN_BOARD_PORT_BOARD_H
#include <avr/interrupt.h>
#include "bits.h"
#include "generated/pins.h"

#define PORT_ENTER() cli()
#define PORT_LEAVE() sei()
#define PREEMPT() ((void)0)

/* Timer 4, mode 14 (fast PWM up to ICR4). Disconnected, a pin falls back to its port bit, which is low. */
#define MOTOR_TIMER_DISCONNECTED BIT(WGM41)
#define MOTOR_TIMER_STOPPED ((uint8_t)(BIT(WGM43) | BIT(WGM42)))
#define MOTOR_TIMER_RUNNING ((uint8_t)(MOTOR_TIMER_STOPPED | BIT(CS40)))

_Static_assert(CONTACT_E_STOP == MASK(PIN_E_STOP) && CONTACT_BUMPER_LEFT == MASK(PIN_BUMPER_LEFT), "contacts are named as on port D");
_Static_assert(CONTACT_BUMPER_RIGHT == MASK(PIN_BUMPER_RIGHT) && CONTACT_CLIFF == MASK(PIN_CLIFF), "contacts are named as on port D");

/* Always inline: these lines are the reaction time of the e-stop. */
#define PORT_INLINE static inline __attribute__((always_inline))

PORT_INLINE void port_motors_cut(void) {
  clear_bits(&PIN_MOTOR_ENABLE_OUT, MASK(PIN_MOTOR_ENABLE));
  TCCR4A = MOTOR_TIMER_DISCONNECTED;
}

/* A compare value of n is high for n + 1 counts, so duty 0 can only be had disconnected. */
PORT_INLINE uint16_t port_compare_of(int16_t duty) {
  return (uint16_t)((duty < 0 ? -duty : duty) - 1);
}

PORT_INLINE void port_motors_set(int16_t left, int16_t right) {
  write_bits(&PIN_MOTOR_LEFT_REVERSE_OUT, MASK(PIN_MOTOR_LEFT_REVERSE), left < 0);
  write_bits(&PIN_MOTOR_RIGHT_REVERSE_OUT, MASK(PIN_MOTOR_RIGHT_REVERSE), right < 0);
  if (left != 0) OCR4A = port_compare_of(left);
  if (right != 0) OCR4B = port_compare_of(right);
  /* A stopped timer costs an emulator nothing. */
  TCCR4B = left != 0 || right != 0 ? MOTOR_TIMER_RUNNING : MOTOR_TIMER_STOPPED;
}

PORT_INLINE void port_motors_power(bool left, bool right) {
  TCCR4A = (uint8_t)(MOTOR_TIMER_DISCONNECTED | (left ? BIT(COM4A1) : 0) | (right ? BIT(COM4B1) : 0));
  set_bits(&PIN_MOTOR_ENABLE_OUT, MASK(PIN_MOTOR_ENABLE));
}

PORT_INLINE void port_valve(bool open) {
  write_bits(&PIN_VALVE_OUT, MASK(PIN_VALVE), open);
}

PORT_INLINE void port_snack(bool turning) {
  write_bits(&PIN_SNACK_MOTOR_OUT, MASK(PIN_SNACK_MOTOR), turning);
}

PORT_INLINE uint8_t port_contacts(void) {
  return PIND & CONTACTS_ALL;
}

PORT_INLINE void port_arm(uint8_t contacts) {
  EIMSK = (uint8_t)((EIMSK & (uint8_t)~CONTACTS_ALL) | contacts);
}

PORT_INLINE void port_forget(uint8_t contacts) {
  EIFR = contacts;
}

#endif
