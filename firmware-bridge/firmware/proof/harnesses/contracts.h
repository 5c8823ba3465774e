/*
 * What the big step takes for granted of functions with long arithmetic, each proved from its source in a harness of its own: wheels in
 * wheel.c, free distance in free_distance.c, over-run in over_run.c, dispense history in dispense_history.c.
 */
#ifndef LETAN_PROOF_CONTRACTS_H
#define LETAN_PROOF_CONTRACTS_H
#include "proof.h"
#include "safety/dispense_history.h"
#include "safety/free_distance.h"
#include "safety/over_run.h"
#include "safety/wheel.h"

#define FASTEST_MM_S 600

static bool within(int32_t value, int32_t least, int32_t most) {
  return value >= least && value <= most;
}

static int32_t magnitude_of(int32_t value) {
  return value < 0 ? -value : value;
}

/* A ramp never passes its target: slower by at least a step, or at most as fast as the target. */
static bool ramps(int16_t from, int16_t to, int16_t target, uint16_t deceleration_mm_s2) {
  const int16_t step = (int16_t)(deceleration_mm_s2 / 100u);
  if (magnitude_of(to) <= magnitude_of(target)) return true;
  return magnitude_of(to) <= magnitude_of(from) - step && (to > 0) == (from > 0);
}

static bool wheel_valid(const Wheel *wheel) {
  return within(wheel->setpointMmS, -FASTEST_MM_S, FASTEST_MM_S) && within(wheel->duty, -FULL_DUTY, FULL_DUTY);
}

#ifdef BY_CONTRACT
void wheel_measure(Wheel *wheel, int32_t pulses, uint16_t pulses_per_metre) {
  PROVE(within(pulses_per_metre, 100, 20000), "a wheel is measured with a sound calibration");
  wheel->measuredMmS = nondet_int16();
  ASSUME(within(wheel->measuredMmS, -MEASURED_LIMIT_MM_S, MEASURED_LIMIT_MM_S));
  wheel->lastPulses = pulses;
}

StopCause wheel_fault(Wheel *wheel, uint16_t pulses_per_metre) {
  (void)wheel;
  (void)pulses_per_metre;
  if (nondet_bool()) return STOP_CAUSE_ENCODER_FAULT;
  if (nondet_bool()) return STOP_CAUSE_RUNAWAY;
  return nondet_bool() ? STOP_CAUSE_WHEEL_STALL : STOP_CAUSE_NONE;
}

void wheel_control(Wheel *wheel, int16_t target_mm_s, uint16_t deceleration_mm_s2, uint16_t pulses_per_metre) {
  PROVE(within(target_mm_s, -FASTEST_MM_S, FASTEST_MM_S) && within(deceleration_mm_s2, 100, 5000) &&
            within(pulses_per_metre, 100, 20000),
        "a wheel is driven with a sound target and calibration");
  const int16_t before = wheel->setpointMmS;
  wheel->setpointMmS = nondet_int16();
  wheel->duty = nondet_int16();
  ASSUME(wheel_valid(wheel) && ramps(before, wheel->setpointMmS, target_mm_s, deceleration_mm_s2));
}

void wheel_rest(Wheel *wheel) {
  wheel->setpointMmS = 0;
  wheel->duty = 0;
}

void free_distance_init(FreeDistance *free_distance) {
  (void)free_distance;
}

void free_distance_step(FreeDistance *free_distance, const Inputs *in, int16_t left_mm_s, int16_t right_mm_s,
                        const ConfigureMessage *limits) {
  (void)free_distance, (void)in, (void)left_mm_s, (void)right_mm_s, (void)limits;
}

uint16_t free_distance_cap(const FreeDistance *free_distance, int16_t wanted_left, int16_t wanted_right) {
  (void)free_distance, (void)wanted_left, (void)wanted_right;
  const uint16_t cap = nondet_uint16();
  ASSUME(cap <= SPEED_LIMIT_MM_S);
  return cap;
}

bool free_distance_frozen(const FreeDistance *free_distance) {
  (void)free_distance;
  return nondet_bool();
}

void flow_rate_start(FlowRate *rate) {
  (void)rate;
}

void flow_rate_step(FlowRate *rate, uint16_t pulses, uint16_t elapsed_ms) {
  (void)rate;
  PROVE(pulses <= 6100u && within(elapsed_ms, 1, 30000), "the flow rate is asked within its bounds");
}

bool over_run_reaches(const FlowRate *rate, uint16_t missing, uint16_t silent_ms, uint16_t closing_100us) {
  (void)rate, (void)silent_ms;
  PROVE(within(missing, 1, 6000) && closing_100us <= CLOSING_MAX_100US, "the over-run is asked within its bounds");
  return nondet_bool();
}

uint16_t over_run_learn(const FlowRate *rate, int16_t error_pulses, uint16_t closing_100us) {
  (void)rate;
  PROVE(within(error_pulses, -6000, 6000) && closing_100us <= CLOSING_MAX_100US, "the over-run learns within its bounds");
  const uint16_t learned = nondet_uint16();
  ASSUME(learned <= CLOSING_MAX_100US);
  return learned;
}

static bool history_valid(const DispenseHistory *history) {
  return history->newest < HISTORY_RECORDS && history->closing100us <= CLOSING_MAX_100US;
}

void dispense_history_recover(DispenseHistory *history) {
  HAVOC(*history);
  ASSUME(history_valid(history));
}

const DispenseReportMessage *dispense_history_find(const DispenseHistory *history, uint32_t dispense_id) {
  if (nondet_bool()) return 0;
  const uint8_t index = nondet_uint8();
  ASSUME(index < HISTORY_RECORDS && history->records[index].dispenseId == dispense_id);
  return &history->records[index];
}

void dispense_history_put(DispenseHistory *history, const DispenseReportMessage *record) {
  PROVE(history_valid(history), "the history is kept valid");
  history->newestId = record->dispenseId;
}

void dispense_history_configure(DispenseHistory *history, uint16_t closing_100us) {
  PROVE(closing_100us <= CLOSING_MAX_100US, "the closing time is configured within its bounds");
  if (nondet_bool()) history->closing100us = closing_100us;
}
#endif

#endif
