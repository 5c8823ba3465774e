#include "wheel.h"

/* 50 mm behind adds 200 of 799 duty steps: enough for a threshold, little enough not to surge after a block. */
#define MAX_BEHIND_UM 50000L
#define INTEGRAL_STEPS_PER_MM 4
/* Pulses of the window times this, divided by pulses a metre, are mm/s. */
#define SPEED_FACTOR ((int32_t)(1000000L / (long)(SPEED_WINDOW * CONTROL_PERIOD_MS)))
#define UM_PER_METRE ((int32_t)1000000)

static int32_t clamp(int32_t value, int32_t bound) {
  if (value > bound) return bound;
  return value < -bound ? -bound : value;
}

static int16_t magnitude(int16_t value) {
  return value < 0 ? (int16_t)-value : value;
}

void wheel_measure(Wheel *wheel, int32_t pulses, uint16_t pulses_per_metre) {
  wheel->window[wheel->windowAt] = (int16_t)(pulses - wheel->lastPulses);
  wheel->lastPulses = pulses;
  wheel->windowAt = (uint8_t)((wheel->windowAt + 1u) % SPEED_WINDOW);
  int32_t sum = 0;
  for (uint8_t index = 0; index < SPEED_WINDOW; index++) sum += wheel->window[index];
  /* A resting wheel needs no division. */
  wheel->measuredMmS = sum == 0 ? 0 : (int16_t)clamp(sum * SPEED_FACTOR / (int32_t)pulses_per_metre, 32767);
}

static int16_t ramp(int16_t from, int16_t target, uint16_t deceleration_mm_s2) {
  const bool slower = from != 0 && ((from > 0) != (target > 0) || magnitude(target) < magnitude(from));
  const int16_t step = (int16_t)((slower ? deceleration_mm_s2 : ACCELERATION_MM_S2) * CONTROL_PERIOD_MS / 1000u);
  /* A reversal passes through zero: first brake, then accelerate. */
  const int16_t goal = slower && (from > 0) != (target > 0) ? 0 : target;
  if (goal > from) return goal - from > step ? (int16_t)(from + step) : goal;
  return from - goal > step ? (int16_t)(from - step) : goal;
}

void wheel_control(Wheel *wheel, int16_t target_mm_s, uint16_t deceleration_mm_s2, uint16_t pulses_per_metre) {
  wheel->setpointMmS = ramp(wheel->setpointMmS, target_mm_s, deceleration_mm_s2);
  const uint8_t newest = (uint8_t)((wheel->windowAt + SPEED_WINDOW - 1u) % SPEED_WINDOW);
  const int32_t wanted_um = (int32_t)wheel->setpointMmS * (int32_t)CONTROL_PERIOD_MS;
  const int32_t gone_um = wheel->window[newest] * UM_PER_METRE / (int32_t)pulses_per_metre;
  wheel->behindUm = clamp(wheel->behindUm + wanted_um - gone_um, MAX_BEHIND_UM);
  /* Feed-forward: 799 duty steps turn the wheel at about 800 mm/s. */
  const int32_t proportional = ((int32_t)wheel->setpointMmS - wheel->measuredMmS) / 2;
  const int32_t integral = wheel->behindUm * INTEGRAL_STEPS_PER_MM / 1000;
  wheel->duty = (int16_t)clamp(wheel->setpointMmS + proportional + integral, FULL_DUTY);
}

void wheel_rest(Wheel *wheel) {
  wheel->setpointMmS = 0;
  wheel->duty = 0;
  wheel->behindUm = 0;
  wheel->unansweredMs = 0;
}

bool wheel_encoder_fault(Wheel *wheel, int32_t pulses) {
  /* Only pulses in the direction of the drive answer it: with a broken B wire the control would speed up to correct "backwards". */
  const bool answered = wheel->duty > 0 ? pulses > wheel->watchedPulses : pulses < wheel->watchedPulses;
  wheel->watchedPulses = pulses;
  if (answered || magnitude(wheel->duty) <= ENCODER_FAULT_DUTY) wheel->unansweredMs = 0;
  else if (wheel->unansweredMs < ENCODER_FAULT_MS) wheel->unansweredMs++;
  return wheel->unansweredMs >= ENCODER_FAULT_MS;
}
