/*
 * The world behind the output gate, for the proofs: outputs as they are, contacts that open and close when they like, and an
 * interrupt at every mark. A harness says in `proof_mark` what must hold there.
 */
#ifndef LETAN_PROOF_PORT_BOARD_H
#define LETAN_PROOF_PORT_BOARD_H
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  bool motors; /* bridge power */
  bool leftPwm;
  bool rightPwm;
  int16_t leftDuty;
  int16_t rightDuty;
  bool valve;
  bool snack;
  uint8_t open;    /* CONTACT_ bits of contacts that are open */
  uint8_t armed;   /* contacts whose opening interrupts */
  uint8_t pending; /* openings whose interrupt waits, armed or not */
  bool critical;   /* between ENTER and LEAVE */
} World;

extern World world;

/* Anything that may happen at a mark: harnesses/world.h. */
void proof_preempt(void);
void proof_leave(void);

#define PREEMPT() proof_preempt()
#define PORT_ENTER() (world.critical = true)
#define PORT_LEAVE() proof_leave()

static inline void port_motors_cut(void) {
  world.motors = false;
  world.leftPwm = false;
  world.rightPwm = false;
}

static inline void port_motors_set(int16_t left, int16_t right) {
  world.leftDuty = left;
  world.rightDuty = right;
}

static inline void port_motors_power(bool left, bool right) {
  world.leftPwm = left;
  world.rightPwm = right;
  world.motors = true;
}

static inline void port_valve(bool open) {
  world.valve = open;
}

static inline void port_snack(bool turning) {
  world.snack = turning;
}

static inline uint8_t port_contacts(void) {
  return world.open;
}

static inline void port_arm(uint8_t contacts) {
  world.armed = contacts;
}

static inline void port_forget(uint8_t contacts) {
  world.pending = (uint8_t)(world.pending & ~(unsigned)contacts);
}

#endif
