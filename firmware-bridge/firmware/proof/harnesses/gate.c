/*
 * The output gate, with interrupts at every mark: contacts open, close and bounce when they like, water flows, wheels turn. What the
 * tick asks for is arbitrary here; harnesses/supervisor.c proves what it may ask for.
 */
#include "proof.h"
/* Counts that wrap are cut to their width on purpose. */
#pragma CPROVER check push
#pragma CPROVER check disable "conversion"
#include "safety/gate.c"
#pragma CPROVER check pop

World world;
static uint8_t held;       /* contacts that stay open throughout */
static uint8_t first_trip; /* StopCause of the first interrupt whose cause has not been taken */
static bool quiet;         /* no contact and no water moves */
static bool sealing;       /* gate_seal is at work */
static int16_t turned;     /* pulses that the left encoder has really made, less those taken before */

static bool all_off(void) {
  return !world.motors && !world.leftPwm && !world.rightPwm && !world.valve && !world.snack;
}

/* Pulses of the left encoder that the tick has not counted yet. */
static int16_t waiting_pulses(void) {
  const int16_t ahead = (int16_t)(gate.left.count - gate.left.taken);
  if (ahead >= 0x80) return (int16_t)(ahead - 0x100);
  return ahead < -0x80 ? (int16_t)(ahead + 0x100) : ahead;
}

static bool valid(void) {
  if (gate.cause > STOP_CAUSE_BROWN_OUT || gate.cause != first_trip) return false;
  if ((gate.cause != STOP_CAUSE_NONE || gate.sealed) && !all_off()) return false;
  if (world.valve && gate_target_reached()) return false;
  if ((gate.tolerated & ~(CONTACT_BUMPER_LEFT | CONTACT_BUMPER_RIGHT)) != 0) return false;
  return world.armed == (CONTACTS_ALL & ~(unsigned)gate.tolerated);
}

/* What must hold wherever an interrupt could look. */
static void look(void) {
  PROVE(gate.cause == STOP_CAUSE_NONE || all_off(), "everything is off while a trip waits");
  PROVE(!gate.sealed || sealing || all_off(), "a sealed gate powers nothing");
  PROVE(!world.valve || !gate_target_reached(), "the valve is shut once the target has flowed");
  PROVE(gate.cause == first_trip, "the first cause is kept until it is taken");
}

static void trip_of(uint8_t contact, StopCause cause) {
  if ((world.pending & world.armed & contact) == 0) return;
  world.pending = (uint8_t)(world.pending & ~(unsigned)contact);
  gate_trip(cause);
  if (first_trip == STOP_CAUSE_NONE) first_trip = cause;
  PROVE(all_off(), "an interrupt of a contact takes all power off");
}

static void interrupts(void) {
  trip_of(CONTACT_E_STOP, STOP_CAUSE_E_STOP);
  trip_of(CONTACT_BUMPER_LEFT, STOP_CAUSE_BUMPER_LEFT);
  trip_of(CONTACT_BUMPER_RIGHT, STOP_CAUSE_BUMPER_RIGHT);
  trip_of(CONTACT_CLIFF, STOP_CAUSE_CLIFF);
  if (!quiet && nondet_bool()) gate_flow_pulse();
  const bool backwards = nondet_bool();
  if (nondet_bool()) {
    gate_encoder_pulse(&gate.left, backwards);
    turned = (int16_t)(backwards ? turned - 1 : turned + 1);
  }
}

/* A contact opens, closes, or does both before anybody looks. */
static void contacts_move(void) {
  if (quiet) return;
  const uint8_t now = (uint8_t)((nondet_uint8() & CONTACTS_ALL) | held);
  const uint8_t bounced = (uint8_t)(nondet_uint8() & CONTACTS_ALL);
  world.pending = (uint8_t)(world.pending | bounced | (now & ~(unsigned)world.open));
  world.open = now;
}

void proof_preempt(void) {
  contacts_move();
  if (world.critical) return;
  interrupts();
  look();
}

void proof_leave(void) {
  world.critical = false;
  /* What one critical section takes from the waiting cause, gate_take has handed on. */
  first_trip = gate.cause;
  interrupts();
  look();
}

static void any_state(void) {
  HAVOC(gate);
  HAVOC(world);
  held = (uint8_t)(nondet_uint8() & CONTACTS_ALL);
  first_trip = gate.cause;
  world.critical = false;
  world.open = (uint8_t)((world.open & CONTACTS_ALL) | held);
  world.pending = (uint8_t)(world.pending & CONTACTS_ALL);
  turned = waiting_pulses();
  ASSUME(valid());
  /* Fewer than 100 pulses wait: with those counted while it runs, fewer than gate_take's 127. */
  ASSUME(turned > -100 && turned < 100);
  /* The count wraps after weeks of driving one way only; differences are taken of it, and those are right across the wrap. */
  ASSUME(gate.left.pulses > -2000000000L && gate.left.pulses < 2000000000L);
}

void prove_start(void) {
  any_state();
  quiet = true; /* interrupts are off while the board starts */
  gate_init();
  first_trip = STOP_CAUSE_NONE;
  PROVE(valid() && all_off(), "gate_init powers nothing and arms every contact");
}

static uint8_t open_levels(const Inputs *in) {
  return (uint8_t)((in->eStopOpen ? CONTACT_E_STOP : 0u) | (in->bumperLeft ? CONTACT_BUMPER_LEFT : 0u) |
                   (in->bumperRight ? CONTACT_BUMPER_RIGHT : 0u) | (in->cliff ? CONTACT_CLIFF : 0u));
}

void prove_take(void) {
  any_state();
  const uint8_t waiting = gate.cause;
  const bool was_off = all_off();
  const int32_t before = gate.left.pulses;
  Inputs in;
  gate_take(&in);
  PROVE(valid(), "gate_take keeps the gate valid");
  PROVE(waiting == STOP_CAUSE_NONE || in.tripped == waiting, "the waiting cause is handed to the tick");
  PROVE(!was_off || all_off(), "gate_take powers nothing");
  PROVE((open_levels(&in) & held) == held, "an open contact is seen as open");
  PROVE(in.leftPulses - before + waiting_pulses() == turned, "no pulse of an encoder is lost");
  PROVE(world.armed == (CONTACTS_ALL & ~(unsigned)gate.tolerated), "gate_take disarms nothing");
}

/* A trip between taking and the end of the tick still has its cause: nobody took it. */
void prove_apply(void) {
  any_state();
  const bool tripped_before = gate.cause != STOP_CAUSE_NONE;
  Outputs out;
  HAVOC(out);
  gate_apply(&out);
  PROVE(valid(), "gate_apply keeps the gate valid");
  PROVE(!tripped_before || gate.cause != STOP_CAUSE_NONE, "gate_apply takes no cause");
  PROVE(!world.motors || out.motorEnable, "no motor is powered that was not asked for");
  PROVE(!world.motors || (world.leftDuty == out.leftDuty && world.rightDuty == out.rightDuty), "motors get the duty asked for");
  PROVE(!(world.leftPwm || world.rightPwm) || world.motors, "no PWM without bridge power");
  PROVE((!world.leftPwm || out.leftDuty != 0) && (!world.rightPwm || out.rightDuty != 0), "no PWM on a wheel of duty 0");
  PROVE(!world.valve || out.valveOpen, "no valve is open that was not asked for");
  PROVE(!world.valve || gate.closeAt == out.valveCloseAt, "an open valve shuts at the count asked for");
  PROVE(!world.snack || out.snackMotor, "no spiral turns that was not asked for");
  const uint8_t tolerable = (uint8_t)(CONTACT_BUMPER_LEFT | CONTACT_BUMPER_RIGHT);
  PROVE((held & ~(unsigned)tolerable) == 0 || all_off(), "nothing is powered past an open e-stop or cliff contact");
  const uint8_t asked = (uint8_t)((out.toleratedContacts & TOLERATE_BUMPER_LEFT ? CONTACT_BUMPER_LEFT : 0u) |
                                  (out.toleratedContacts & TOLERATE_BUMPER_RIGHT ? CONTACT_BUMPER_RIGHT : 0u));
  PROVE(gate.tolerated == asked, "only the bumpers that the tick names are tolerated");
  PROVE((held & ~(unsigned)asked) == 0 || all_off(), "nothing is powered past an open bumper that is not tolerated");
}

/* Without anything in the way the gate gives what is asked for: a gate that is always shut would be safe and useless. */
void prove_useful(void) {
  any_state();
  quiet = true;
  held = 0;
  world.open = 0;
  world.pending = 0;
  ASSUME(gate.cause == STOP_CAUSE_NONE && !gate.sealed);
  Outputs out;
  HAVOC(out);
  gate_apply(&out);
  PROVE(world.motors == (out.motorEnable != 0) && world.snack == (out.snackMotor != 0), "what is asked for is powered");
  PROVE(!world.motors || (world.leftPwm == (out.leftDuty != 0) && world.rightPwm == (out.rightDuty != 0)), "a duty drives its wheel");
  PROVE(world.valve == (out.valveOpen && !gate_target_reached()), "the valve opens until the target");
}

void prove_seal(void) {
  any_state();
  sealing = true;
  gate_seal();
  PROVE(valid() && all_off() && gate.sealed, "gate_seal takes all power off");
}
