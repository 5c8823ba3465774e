#include <string.h>
#include "../../../../firmware-bridge/firmware/safety/gate.h"
#include "check.h"

/* What strikes: every interrupt of the part that shares data with the tick. */
typedef enum { E_STOP, BUMPER_LEFT, BUMPER_RIGHT, CLIFF, FLOW, LEFT_FORWARDS, RIGHT_BACKWARDS, STRIKES } Strike;

static const uint8_t contact_of[] = {1, 2, 4, 8};
static const StopCause cause_of[] = {STOP_CAUSE_E_STOP, STOP_CAUSE_BUMPER_LEFT, STOP_CAUSE_BUMPER_RIGHT, STOP_CAUSE_CLIFF};

static Strike strike;
static bool stays_open;
static unsigned flow_waiting, left_waiting, right_waiting;
static bool tripped; /* an interrupt has run since `fresh` */
static bool powered_after_trip;

static bool anything_on(void) {
  return host_port.enabled || host_port.leftPwm || host_port.rightPwm || host_port.valve || host_port.snack;
}

/* The part's interrupts in the order of their priority. */
static void interrupts(void) {
  for (unsigned at = 0; at < 4; at++) {
    const uint8_t ready = host_port.waiting & host_port.armed & contact_of[at];
    if (!ready) continue;
    host_port.waiting = (uint8_t)(host_port.waiting & ~ready);
    gate_trip(cause_of[at]);
    tripped = true;
  }
  for (; left_waiting > 0; left_waiting--) gate_encoder_pulse(&gate.left, false);
  for (; right_waiting > 0; right_waiting--) gate_encoder_pulse(&gate.right, true);
  for (; flow_waiting > 0; flow_waiting--) gate_flow_pulse();
  if (tripped && anything_on()) powered_after_trip = true;
}

static void open_contact(uint8_t contact) {
  host_port.waiting |= contact;
  if (stays_open) host_port.open |= contact;
}

static void do_strike(void) {
  switch (strike) {
    case E_STOP:
    case BUMPER_LEFT:
    case BUMPER_RIGHT:
    case CLIFF:
      open_contact(contact_of[strike]);
      break;
    case FLOW:
      flow_waiting++;
      break;
    case LEFT_FORWARDS:
      left_waiting++;
      break;
    case RIGHT_BACKWARDS:
      right_waiting++;
      break;
    case STRIKES:
      break;
  }
}

/* As after boot; `what` strikes at the mark `at` from now. */
static void fresh(Strike what, unsigned at, bool stays) {
  host_port = (HostPort){.interrupts = interrupts, .strike = do_strike};
  flow_waiting = left_waiting = right_waiting = 0;
  tripped = powered_after_trip = false;
  gate_init();
  strike = what;
  stays_open = stays;
  host_port.strikeAt = at;
}

static const Outputs all_on = {.motorEnable = true, .leftDuty = 300, .rightDuty = -200, .valveOpen = true, .valveCloseAt = 100, .snackMotor = true};
static const Outputs all_off = {.motorEnable = false, .valveCloseAt = 100};

/* The rest of the program, as simple as can be: what it has seen tripped or open it never powers again. */
typedef struct {
  StopCause first;
  Inputs in;
} Tick;

static void run_tick(Tick *tick) {
  gate_take(&tick->in);
  if (tick->first == STOP_CAUSE_NONE) tick->first = tick->in.tripped;
  const bool stopped = tick->first != STOP_CAUSE_NONE || tick->in.eStopOpen || tick->in.bumperLeft || tick->in.bumperRight || tick->in.cliff;
  PREEMPT();
  gate_apply(stopped ? &all_off : &all_on);
}

/* Marks of two ticks, the longest stretch over which an interrupt can be forgotten. */
static unsigned marks_of_two_ticks(void) {
  Tick tick = {.first = STOP_CAUSE_NONE};
  fresh(STRIKES, 0, false);
  run_tick(&tick);
  CHECK(anything_on());
  run_tick(&tick);
  return host_port.marks;
}

static void drives_when_all_is_well(void) {
  Inputs in;
  fresh(STRIKES, 0, false);
  CHECK(host_port.armed == 15 && !anything_on());
  gate_take(&in);
  CHECK(in.tripped == STOP_CAUSE_NONE && !in.eStopOpen && !in.bumperLeft && !in.bumperRight && !in.cliff);
  gate_apply(&all_on);
  CHECK(host_port.enabled && host_port.leftPwm && host_port.rightPwm && host_port.valve && host_port.snack);
  CHECK(host_port.leftDuty == 300 && host_port.rightDuty == -200);
  gate_apply(&(Outputs){.motorEnable = true, .leftDuty = 0, .rightDuty = 5});
  CHECK(host_port.enabled && !host_port.leftPwm && host_port.rightPwm && !host_port.valve && !host_port.snack);
  gate_apply(&(Outputs){.motorEnable = true, .leftDuty = -1, .rightDuty = 0});
  CHECK(host_port.enabled && host_port.leftPwm && !host_port.rightPwm);
  gate_apply(&all_off);
  CHECK(!anything_on());
}

/* Whatever the pins were and whatever has happened before. */
static void begins_off(void) {
  fresh(STRIKES, 0, false);
  gate_apply(&all_on);
  host_port.locked = true;
  open_contact(15);
  gate_init();
  CHECK(!anything_on() && host_port.armed == 15);
  host_port.locked = false;
  PREEMPT();
  CHECK(!tripped);
}

/* Interrupts are let in again after every piece that holds them off. */
static void holds_interrupts_off_in_pairs(void) {
  Inputs in;
  fresh(STRIKES, 0, false);
  gate_take(&in);
  CHECK(!host_port.locked && !host_port.nested);
  gate_apply(&all_on);
  CHECK(!host_port.locked && !host_port.nested);
  gate_apply(&all_off);
  gate_seal();
  CHECK(!host_port.locked && !host_port.nested);
}

static void each_contact_is_seen(void) {
  for (unsigned at = 0; at < 4; at++) {
    Inputs in;
    fresh(STRIKES, 0, true);
    host_port.open = contact_of[at];
    gate_take(&in);
    CHECK(in.eStopOpen == (at == 0) && in.bumperLeft == (at == 1) && in.bumperRight == (at == 2) && in.cliff == (at == 3));
    gate_apply(&all_on);
    CHECK(!anything_on());
  }
}

/* A contact that opens at any moment, for ever or only for an instant. */
static void never_powered_after_a_trip(void) {
  const unsigned marks = marks_of_two_ticks();
  CHECK(marks > 30);
  for (Strike what = E_STOP; what <= CLIFF; what++) {
    for (unsigned at = 1; at <= marks; at++) {
      for (int stays = 0; stays < 2; stays++) {
        Tick tick = {.first = STOP_CAUSE_NONE};
        fresh(what, at, stays != 0);
        run_tick(&tick);
        run_tick(&tick);
        CHECK(tripped && !anything_on());
        run_tick(&tick);
        CHECK(!powered_after_trip && !anything_on());
        CHECK(tick.first == cause_of[what]);
      }
    }
  }
}

/* The interrupt alone, before the tick knows: everything off at once, and the same request powers nothing. */
static void the_interrupt_cuts(void) {
  for (unsigned at = 0; at < 4; at++) {
    fresh(STRIKES, 0, false);
    gate_apply(&all_on);
    gate_trip(cause_of[at]);
    CHECK(!anything_on());
    gate_apply(&all_on);
    CHECK(!anything_on());
  }
}

static void first_cause_is_kept(void) {
  Inputs in;
  fresh(STRIKES, 0, false);
  gate_trip(STOP_CAUSE_CLIFF);
  gate_trip(STOP_CAUSE_E_STOP);
  gate_take(&in);
  CHECK(in.tripped == STOP_CAUSE_CLIFF);
  gate_take(&in);
  CHECK(in.tripped == STOP_CAUSE_NONE);
  gate_trip(STOP_CAUSE_E_STOP);
  gate_take(&in);
  CHECK(in.tripped == STOP_CAUSE_E_STOP);
}

static void no_pulse_is_lost(void) {
  const unsigned marks = marks_of_two_ticks();
  for (Strike what = FLOW; what <= RIGHT_BACKWARDS; what++) {
    for (unsigned at = 1; at <= marks; at++) {
      Tick tick = {.first = STOP_CAUSE_NONE};
      fresh(what, at, false);
      run_tick(&tick);
      run_tick(&tick);
      run_tick(&tick);
      CHECK(tick.in.flowPulses == (what == FLOW ? 1 : 0));
      CHECK(tick.in.leftPulses == (what == LEFT_FORWARDS ? 1 : 0));
      CHECK(tick.in.rightPulses == (what == RIGHT_BACKWARDS ? -1 : 0));
      CHECK(!tripped && host_port.enabled && host_port.valve && host_port.snack);
    }
  }
}

static void encoders_count_beyond_a_byte(void) {
  Inputs in;
  fresh(STRIKES, 0, false);
  gate.left.pulses = INT32_MAX - 100;
  for (unsigned round = 1; round <= 10; round++) {
    for (unsigned at = 0; at < 127; at++) {
      gate_encoder_pulse(&gate.left, false);
      gate_encoder_pulse(&gate.right, true);
    }
    gate_take(&in);
    CHECK(in.rightPulses == -127 * (int32_t)round);
  }
  for (unsigned at = 0; at < 128; at++) gate_encoder_pulse(&gate.right, true);
  gate_take(&in);
  CHECK(in.rightPulses == -1270 - 128);
  /* Odometry takes differences: 1,270 pulses across the wrap. */
  CHECK((uint32_t)in.leftPulses - (uint32_t)(INT32_MAX - 100) == 1270);
}

/* The pulse that reaches the target closes the valve in its own interrupt, whenever it comes, and it stays closed. */
static void the_target_closes_the_valve(void) {
  const unsigned marks = marks_of_two_ticks();
  for (unsigned at = 1; at <= marks; at++) {
    Tick tick = {.first = STOP_CAUSE_NONE};
    fresh(FLOW, at, false);
    for (unsigned pulse = 0; pulse < 99; pulse++) gate_flow_pulse();
    run_tick(&tick);
    run_tick(&tick);
    run_tick(&tick);
    CHECK(!host_port.valve && host_port.enabled && host_port.snack);
    CHECK(tick.in.flowPulses == 100);
  }
  fresh(STRIKES, 0, false);
  for (unsigned pulse = 0; pulse < 99; pulse++) gate_flow_pulse();
  gate_apply(&all_on);
  CHECK(host_port.valve);
  gate_flow_pulse();
  CHECK(!host_port.valve && host_port.enabled && host_port.snack);
}

/* Half a round ahead is still ahead, one pulse more is behind: a target is at most 6,000 pulses away. */
static void half_a_round_ahead_is_ahead(void) {
  Tick tick = {.first = STOP_CAUSE_NONE};
  fresh(STRIKES, 0, false);
  run_tick(&tick);
  gate.closeAt = (uint16_t)(gate.flowPulses + 1u + 0x8000u);
  gate_flow_pulse();
  CHECK(host_port.valve);
  gate.closeAt = (uint16_t)(gate.flowPulses + 1u + 0x8001u);
  gate_flow_pulse();
  CHECK(!host_port.valve);
}

/* The free-running count wraps at 65536 in the middle of a portion. */
static void the_target_wraps(void) {
  Outputs out = all_on;
  fresh(STRIKES, 0, false);
  for (unsigned pulse = 0; pulse < 65530; pulse++) gate_flow_pulse();
  out.valveCloseAt = 4;
  gate_apply(&out);
  CHECK(host_port.valve);
  for (unsigned pulse = 0; pulse < 9; pulse++) gate_flow_pulse();
  CHECK(host_port.valve);
  gate_flow_pulse();
  CHECK(!host_port.valve);
}

static void a_tolerated_bumper_lets_the_retreat_go_on(void) {
  for (unsigned side = 1; side <= 2; side++) {
    Inputs in;
    Outputs out = all_on;
    out.toleratedContacts = (uint8_t)side;
    fresh(STRIKES, 0, true);
    open_contact(contact_of[side]); /* bumper left or right: the hit, taken by the tick and released by a person */
    PREEMPT();
    gate_take(&in);
    CHECK(tripped && in.tripped == cause_of[side]);
    tripped = false;
    gate_apply(&out);
    CHECK(host_port.enabled && !tripped && host_port.armed == (side == 1 ? 13 : 11));
    open_contact(contact_of[side]); /* bounces */
    PREEMPT();
    CHECK(host_port.enabled && !tripped);
    /* Any other contact still stops. */
    open_contact(contact_of[3 - side]);
    PREEMPT();
    CHECK(!anything_on() && tripped);
  }
}

static void only_bumpers_are_tolerated(void) {
  for (unsigned at = 0; at < 4; at++) {
    Outputs out = all_on;
    out.toleratedContacts = 0xFF;
    fresh(STRIKES, 0, true);
    host_port.open = contact_of[at];
    gate_apply(&out);
    CHECK(host_port.enabled == (at == 1 || at == 2));
    CHECK(host_port.armed == 9);
  }
}

/* Armed again: old bounces are forgotten, a contact that is open or opens at any mark stops. */
static void armed_again(void) {
  Outputs tolerant = all_on;
  tolerant.toleratedContacts = 1;
  fresh(STRIKES, 0, false);
  gate_apply(&tolerant);
  open_contact(2);
  PREEMPT();
  gate_apply(&all_on);
  CHECK(host_port.armed == 15 && !tripped && host_port.enabled);
  fresh(STRIKES, 0, true);
  gate_apply(&tolerant);
  open_contact(2);
  gate_apply(&all_on);
  CHECK(!anything_on());
  fresh(STRIKES, 0, true);
  gate_apply(&all_on);
  gate_apply(&all_on);
  const unsigned marks = host_port.marks;
  CHECK(marks > 10);
  for (unsigned at = 1; at <= marks; at++) {
    fresh(STRIKES, 0, true);
    gate_apply(&tolerant);
    strike = BUMPER_LEFT;
    host_port.strikeAt = host_port.marks + at;
    gate_apply(&all_on);
    gate_apply(&all_on);
    gate_apply(&all_on);
    CHECK(!anything_on());
  }
  /* The other bumper's edge is not dropped with it. */
  fresh(STRIKES, 0, false);
  gate_apply(&tolerant);
  host_port.locked = true;
  open_contact(4);
  gate_apply(&all_on);
  CHECK(tripped && !anything_on());
}

static void sealed_for_good(void) {
  Tick tick = {.first = STOP_CAUSE_NONE};
  fresh(STRIKES, 0, false);
  run_tick(&tick);
  CHECK(anything_on());
  gate_seal();
  CHECK(!anything_on());
  for (unsigned round = 0; round < 3; round++) {
    run_tick(&tick);
    CHECK(!anything_on() && !powered_after_trip);
  }
}

const Test gate_tests[] = {{"drives when all is well", drives_when_all_is_well},
                           {"begins off", begins_off},
                           {"holds interrupts off in pairs", holds_interrupts_off_in_pairs},
                           {"each contact is seen by its level", each_contact_is_seen},
                           {"never powered after a trip, at any mark", never_powered_after_a_trip},
                           {"the interrupt cuts", the_interrupt_cuts},
                           {"the first cause is kept", first_cause_is_kept},
                           {"no pulse is lost, at any mark", no_pulse_is_lost},
                           {"encoders count beyond a byte", encoders_count_beyond_a_byte},
                           {"the target closes the valve, at any mark", the_target_closes_the_valve},
                           {"the target wraps", the_target_wraps},
                           {"half a round ahead is ahead", half_a_round_ahead_is_ahead},
                           {"a tolerated bumper lets the retreat go on", a_tolerated_bumper_lets_the_retreat_go_on},
                           {"only bumpers are tolerated", only_bumpers_are_tolerated},
                           {"armed again, at any mark", armed_again},
                           {"sealed for good", sealed_for_good}};
SUITE(gate);
