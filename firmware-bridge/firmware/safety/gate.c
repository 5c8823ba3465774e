#include "gate.h"

Gate gate;

void gate_init(void) {
  port_motors_cut();
  port_valve(false);
  port_snack(false);
  gate = (Gate){.cause = STOP_CAUSE_NONE};
  port_forget(CONTACTS_ALL);
  port_arm(CONTACTS_ALL);
}

static int32_t pulses_of(EncoderCount *encoder) {
  const uint8_t now = encoder->count;
  const uint8_t forwards = (uint8_t)(now - encoder->taken);
  encoder->taken = now;
  /* Unsigned, because a count that wraps is no fault. */
  const uint32_t step = forwards < 0x80u ? forwards : (uint32_t)forwards - 0x100u;
  encoder->pulses = (int32_t)((uint32_t)encoder->pulses + step);
  return encoder->pulses;
}

void gate_take(Inputs *in) {
  PREEMPT();
  PORT_ENTER();
  const uint8_t cause = gate.cause;
  PREEMPT();
  gate.cause = STOP_CAUSE_NONE;
  in->flowPulses = gate.flowPulses;
  PREEMPT();
  PORT_LEAVE();
  in->tripped = (StopCause)cause;
  /* After the cause: a contact that opens in between is seen by its level now and by its cause in the next tick. */
  PREEMPT();
  const uint8_t open = port_contacts();
  in->eStopOpen = (open & CONTACT_E_STOP) != 0;
  in->bumperLeft = (open & CONTACT_BUMPER_LEFT) != 0;
  in->bumperRight = (open & CONTACT_BUMPER_RIGHT) != 0;
  in->cliff = (open & CONTACT_CLIFF) != 0;
  PREEMPT();
  in->leftPulses = pulses_of(&gate.left);
  PREEMPT();
  in->rightPulses = pulses_of(&gate.right);
}

/* Call between ENTER and LEAVE. */
static bool closed(void) {
  return gate.cause != STOP_CAUSE_NONE || gate.sealed || (port_contacts() & (uint8_t)~gate.tolerated) != 0;
}

static uint8_t tolerated_contacts(const Outputs *out) {
  const uint8_t left = out->toleratedContacts & TOLERATE_BUMPER_LEFT ? CONTACT_BUMPER_LEFT : 0;
  const uint8_t right = out->toleratedContacts & TOLERATE_BUMPER_RIGHT ? CONTACT_BUMPER_RIGHT : 0;
  return left | right;
}

/*
 * A bumper that is armed again forgets how it bounced before; one that is open at that moment is seen by its level. Needs no ENTER: an
 * interrupt anywhere in between only closes the gate.
 */
static void tolerate(uint8_t contacts) {
  PREEMPT();
  port_forget((uint8_t)(gate.tolerated & (uint8_t)~contacts));
  PREEMPT();
  gate.tolerated = contacts;
  PREEMPT();
  port_arm(CONTACTS_ALL & (uint8_t)~contacts);
}

static void apply_motors(const Outputs *out) {
  PREEMPT();
  port_motors_set(out->leftDuty, out->rightDuty);
  PREEMPT();
  PORT_ENTER();
  const bool power = out->motorEnable && !closed();
  PREEMPT();
  if (power) port_motors_power(out->leftDuty != 0, out->rightDuty != 0);
  else port_motors_cut();
  PREEMPT();
  PORT_LEAVE();
}

static void apply_dispenser(const Outputs *out) {
  PREEMPT();
  PORT_ENTER();
  const bool allowed = !closed();
  PREEMPT();
  gate.closeAt = out->valveCloseAt;
  port_valve(out->valveOpen && allowed && !gate_target_reached());
  PREEMPT();
  port_snack(out->snackMotor && allowed);
  PORT_LEAVE();
  PREEMPT();
}

void gate_apply(const Outputs *out) {
  tolerate(tolerated_contacts(out));
  apply_motors(out);
  apply_dispenser(out);
}

void gate_seal(void) {
  gate.sealed = true;
  PREEMPT();
  port_motors_cut();
  PREEMPT();
  port_valve(false);
  PREEMPT();
  port_snack(false);
}
