#include "wheel.h"
#include <stdlib.h>

/* 50 mm behind adds 195 of 799 duty steps: enough for a threshold, little enough not to surge after a block. */
#define MAX_BEHIND_UM 50000L
/* A duty step for so many micrometres behind: a power of two, for the part divides slowly. */
#define UM_PER_STEP 256
/* Pulses of the window times this, divided by pulses a metre, are mm/s. */
#define SPEED_FACTOR ((int32_t)(1000000L / (long)(SPEED_WINDOW * CONTROL_PERIOD_MS)))
/* The same for two control periods. */
#define TWO_PERIODS_FACTOR ((int32_t)(1000000L / (long)(2u * CONTROL_PERIOD_MS)))
#define UM_PER_METRE ((int32_t)1000000)
#define PERIODS_PER_SECOND ((int16_t)(1000u / CONTROL_PERIOD_MS))
#define NEWEST (SPEED_WINDOW - 1u)

static int32_t clamp(int32_t value, int32_t bound) {
  if (value > bound) return bound;
  return value < -bound ? -bound : value;
}

void wheel_measure(Wheel *wheel, int32_t pulses, uint16_t pulses_per_metre) {
  int16_t sum = 0;
  for (uint8_t index = 0; index < NEWEST; index++) {
    wheel->window[index] = wheel->window[index + 1u];
    sum = (int16_t)(sum + wheel->window[index]);
  }
  /* Unsigned: a count that wraps is no fault. */
  wheel->window[NEWEST] = (int16_t)clamp((int32_t)((uint32_t)pulses - (uint32_t)wheel->lastPulses), PERIOD_PULSES);
  wheel->lastPulses = pulses;
  sum = (int16_t)(sum + wheel->window[NEWEST]);
  /* A resting wheel, as in every tick of a portion, needs no division. */
  const int32_t speed = sum == 0 ? 0 : sum * SPEED_FACTOR / (int32_t)pulses_per_metre;
  wheel->measuredMmS = (int16_t)clamp(speed, MEASURED_LIMIT_MM_S);
}

/* At speed for two periods, one in which it ended, then two without a way in that direction. */
static bool encoder_lost(const Wheel *wheel, uint16_t pulses_per_metre) {
  const int16_t before = (int16_t)(wheel->window[0] + wheel->window[1]);
  const int16_t after = (int16_t)(wheel->window[NEWEST - 1u] + wheel->window[NEWEST]);
  return (int32_t)before * after <= 0 && abs(wheel->setpointMmS) >= ENCODER_LOSS_MM_S && abs(before) >= ENCODER_LOSS_PULSES &&
         abs(before) * TWO_PERIODS_FACTOR >= ENCODER_LOSS_MM_S * (int32_t)pulses_per_metre;
}

/* Measured speed in the direction of the set point. */
static int16_t forwards(const Wheel *wheel) {
  return wheel->setpointMmS < 0 ? (int16_t)-wheel->measuredMmS : wheel->measuredMmS;
}

static bool runs_away(Wheel *wheel) {
  const bool resting = wheel->setpointMmS == 0;
  const bool contrary = !resting && forwards(wheel) < -CONTRARY_MM_S;
  if (!contrary && abs(wheel->measuredMmS) - abs(wheel->setpointMmS) <= RUNAWAY_MM_S) wheel->runawayMs = 0;
  else if (wheel->runawayMs < ROLLING_MS) wheel->runawayMs = (uint16_t)(wheel->runawayMs + CONTROL_PERIOD_MS);
  return wheel->runawayMs >= (resting ? ROLLING_MS : RUNAWAY_MS);
}

/* Driven hard and slower than a quarter of what is asked for. */
static bool stalls(Wheel *wheel) {
  if (abs(wheel->duty) <= STALL_DUTY || forwards(wheel) >= abs(wheel->setpointMmS) / 4) wheel->stalledMs = 0;
  else if (wheel->stalledMs < WHEEL_STALL_MS) wheel->stalledMs = (uint8_t)(wheel->stalledMs + CONTROL_PERIOD_MS);
  return wheel->stalledMs == WHEEL_STALL_MS;
}

StopCause wheel_fault(Wheel *wheel, uint16_t pulses_per_metre) {
  const bool runaway = runs_away(wheel);
  const bool stalled = stalls(wheel);
  if (encoder_lost(wheel, pulses_per_metre)) return STOP_CAUSE_ENCODER_FAULT;
  if (runaway) return STOP_CAUSE_RUNAWAY;
  return stalled ? STOP_CAUSE_WHEEL_STALL : STOP_CAUSE_NONE;
}

/* Towards a higher speed: backwards that is braking, and what is left of a period at zero is not used. */
static int16_t rise(int16_t from, int16_t target, int16_t deceleration_mm_s2) {
  const int16_t most = (int16_t)(from + (from < 0 ? deceleration_mm_s2 : ACCELERATION_MM_S2) / PERIODS_PER_SECOND);
  if (from < 0 && most > 0 && target > 0) return 0;
  return target < most ? target : most;
}

static int16_t ramp(int16_t from, int16_t target, int16_t deceleration_mm_s2) {
  if (target > from) return rise(from, target, deceleration_mm_s2);
  return (int16_t)-rise((int16_t)-from, (int16_t)-target, deceleration_mm_s2);
}

void wheel_control(Wheel *wheel, int16_t target_mm_s, uint16_t deceleration_mm_s2, uint16_t pulses_per_metre) {
  wheel->setpointMmS = ramp(wheel->setpointMmS, target_mm_s, (int16_t)deceleration_mm_s2);
  const int32_t wanted_um = (int32_t)wheel->setpointMmS * (int32_t)CONTROL_PERIOD_MS;
  const int32_t gone_um = wheel->window[NEWEST] * UM_PER_METRE / (int32_t)pulses_per_metre;
  wheel->behindUm = clamp(wheel->behindUm + wanted_um - gone_um, MAX_BEHIND_UM);
  /* Feed-forward: 799 duty steps turn the wheel at about 800 mm/s. */
  const int32_t proportional = ((int32_t)wheel->setpointMmS - wheel->measuredMmS) / 2;
  const int32_t integral = wheel->behindUm / UM_PER_STEP;
  wheel->duty = (int16_t)clamp(wheel->setpointMmS + proportional + integral, FULL_DUTY);
}

void wheel_rest(Wheel *wheel) {
  wheel->setpointMmS = 0;
  wheel->duty = 0;
  wheel->behindUm = 0;
}
