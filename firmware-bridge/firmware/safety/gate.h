/*
 * The output gate: the only place where anything is powered, and the only data that interrupts share with the tick. Interrupts close
 * it (this header), the tick asks it (gate.c). What an interrupt has closed stays closed until the tick has taken the cause, so no
 * decision made before the interrupt can undo it.
 */
#ifndef LETAN_SAFETY_GATE_H
#define LETAN_SAFETY_GATE_H
#include "io.h"
#include "port.h"

/* An encoder's pulses: the interrupt counts modulo 256, since one byte is read and counted in one piece; the tick adds them up. */
typedef struct {
  volatile uint8_t count;
  uint8_t taken;
  int32_t pulses;
} EncoderCount;

typedef struct {
  volatile uint8_t cause; /* StopCause of the first trip not taken yet */
  volatile bool sealed;
  volatile uint8_t tolerated; /* CONTACT_ bits */
  volatile uint16_t flowPulses;
  volatile uint16_t closeAt;
  EncoderCount left;
  EncoderCount right;
} Gate;

extern Gate gate;

/* A call would push every register first: these lines are the reaction time of the e-stop. */
#define GATE_INLINE static inline __attribute__((always_inline))

GATE_INLINE bool gate_target_reached(void) {
  return (uint16_t)(gate.flowPulses - gate.closeAt) < 0x8000u;
}

/* Interrupt of a safety contact: all power off now, the first cause is kept for the tick. */
GATE_INLINE void gate_trip(StopCause cause) {
  port_motors_cut();
  port_valve(false);
  port_snack(false);
  if (gate.cause == STOP_CAUSE_NONE) gate.cause = (uint8_t)cause;
}

/* Interrupt of the flow meter: counts, and closes the valve at the target. */
GATE_INLINE void gate_flow_pulse(void) {
  gate.flowPulses = (uint16_t)(gate.flowPulses + 1u);
  if (gate_target_reached()) port_valve(false);
}

/* Interrupt of an encoder. */
GATE_INLINE void gate_encoder_pulse(EncoderCount *encoder, bool backwards) {
  encoder->count = (uint8_t)(backwards ? encoder->count - 1u : encoder->count + 1u);
}

/* Before the first interrupt: all off, contacts armed, nothing counted. */
void gate_init(void);
/*
 * Once a tick, first: cause of the first trip since the last call, flow count, encoder counts and contact levels. Encoders may count
 * 127 pulses between two calls: 10 ms of 600 mm/s at 20,000 pulses/m.
 */
void gate_take(Inputs *in);
/* Once a tick, last: powers what `out` asks for, unless a trip has not been taken, a contact is open now, or the gate is sealed. */
void gate_apply(const Outputs *out);
/* All off until the next reset: the program itself can no longer be trusted. */
void gate_seal(void);

#endif
