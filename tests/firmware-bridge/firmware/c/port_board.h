/*
 * The gate's port on the host: a recording of the outputs, contacts that a test opens, and an interrupt that strikes at any mark.
 * Header alone, so that programs which never ask the gate need nothing more.
 */
#ifndef PORT_BOARD_H
#define PORT_BOARD_H

typedef struct {
  bool enabled, leftPwm, rightPwm, valve, snack;
  int16_t leftDuty, rightDuty;
  uint8_t open;    /* contacts */
  uint8_t armed;   /* contacts that interrupt */
  uint8_t waiting; /* contacts whose interrupt has not run yet */
  bool locked;
  bool nested; /* entered while locked, or left while not: the pairs do not match */
  unsigned marks;       /* PREEMPT()s passed */
  unsigned strikeAt;    /* mark at which `strike` is called once, counted from 1 */
  void (*strike)(void); /* the world does something: opens a contact, sends a flow pulse */
  void (*interrupts)(void); /* runs the interrupts that wait; called only while they are let */
} HostPort;

__attribute__((weak)) HostPort host_port;

static inline void host_preempt(void) {
  if (++host_port.marks == host_port.strikeAt && host_port.strike) host_port.strike();
  if (!host_port.locked && host_port.interrupts) host_port.interrupts();
}

static inline void host_lock(bool on) {
  if (host_port.locked == on) host_port.nested = true;
  host_port.locked = on;
}

#define PREEMPT() host_preempt()
#define PORT_ENTER() host_lock(true)
#define PORT_LEAVE() (host_lock(false), host_preempt())

static inline void port_motors_cut(void) {
  host_port.enabled = false;
  host_port.leftPwm = host_port.rightPwm = false;
}
static inline void port_motors_set(int16_t left, int16_t right) {
  host_port.leftDuty = left;
  host_port.rightDuty = right;
}
static inline void port_motors_power(bool left, bool right) {
  host_port.leftPwm = left;
  host_port.rightPwm = right;
  host_port.enabled = true;
}
static inline void port_valve(bool open) {
  host_port.valve = open;
}
static inline void port_snack(bool turning) {
  host_port.snack = turning;
}
static inline uint8_t port_contacts(void) {
  return host_port.open;
}
static inline void port_arm(uint8_t contacts) {
  host_port.armed = contacts;
}
static inline void port_forget(uint8_t contacts) {
  host_port.waiting = (uint8_t)(host_port.waiting & ~contacts);
}

#endif
