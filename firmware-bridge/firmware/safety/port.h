/*
 * Everything through which the output gate touches the world. `port_board.h` is found by the include path: registers on the board, a
 * recording for the tests on the host, any interrupt at any mark for the proof. Each of them gives, inline:
 *
 * PORT_ENTER(), PORT_LEAVE()   No interrupt in between. A pair in one block, never nested, never in an interrupt.
 * PREEMPT()                    An interrupt may run here; between ENTER and LEAVE it waits for LEAVE.
 * port_motors_cut()            Category 0: bridge power off, then PWM off. Short enough for the first lines of an interrupt.
 * port_motors_set(int16_t left, int16_t right)
 *                              Duty and direction, -FULL_DUTY..FULL_DUTY; powers nothing.
 * port_motors_power(bool left, bool right)
 *                              PWM on the wheels named and off on the others, then bridge power on.
 * port_valve(bool open), port_snack(bool turning)
 * uint8_t port_contacts()      CONTACT_ bits of the safety contacts that are open at this moment.
 * port_arm(uint8_t contacts)   Only these CONTACT_ bits interrupt from now on.
 * port_forget(uint8_t contacts)
 *                              Openings of these contacts that wait for their interrupt are dropped.
 */
#ifndef LETAN_SAFETY_PORT_H
#define LETAN_SAFETY_PORT_H
#include <stdbool.h>
#include <stdint.h>

/* Normally closed contacts; the bits are those of port D and of INT0-3. */
#define CONTACT_E_STOP 1u
#define CONTACT_BUMPER_LEFT 2u
#define CONTACT_BUMPER_RIGHT 4u
#define CONTACT_CLIFF 8u
#define CONTACTS_ALL 15u

#include "port_board.h"

#endif
