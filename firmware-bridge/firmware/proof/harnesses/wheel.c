/* One wheel, from its source: what the big step takes for granted of it. */
#include "contracts.h"
/* Differences of counts modulo their width are cut to it on purpose. */
#pragma CPROVER check push
#pragma CPROVER check disable "conversion"
#include "safety/wheel.c"
#pragma CPROVER check pop

static Wheel wheel;

static bool valid(void) {
  for (uint8_t index = 0; index < SPEED_WINDOW; index++) {
    if (!within(wheel.window[index], -PERIOD_PULSES, PERIOD_PULSES)) return false;
  }
  return wheel_valid(&wheel) && within(wheel.behindUm, -MAX_BEHIND_UM, MAX_BEHIND_UM) &&
         within(wheel.measuredMmS, -MEASURED_LIMIT_MM_S, MEASURED_LIMIT_MM_S) && wheel.runawayMs <= ROLLING_MS &&
         wheel.runawayMs % CONTROL_PERIOD_MS == 0 && wheel.stalledMs <= WHEEL_STALL_MS && wheel.stalledMs % CONTROL_PERIOD_MS == 0;
}

static uint16_t any_calibration(void) {
  const uint16_t pulses_per_metre = nondet_uint16();
  ASSUME(within(pulses_per_metre, 100, 20000));
  return pulses_per_metre;
}

void prove_measure(void) {
  HAVOC(wheel);
  ASSUME(valid());
  wheel_measure(&wheel, nondet_int32(), any_calibration());
  PROVE(valid(), "measuring keeps the wheel valid");
}

void prove_fault(void) {
  HAVOC(wheel);
  ASSUME(valid());
  const StopCause fault = wheel_fault(&wheel, any_calibration());
  PROVE(valid(), "judging keeps the wheel valid");
  PROVE(fault == STOP_CAUSE_NONE || fault == STOP_CAUSE_ENCODER_FAULT || fault == STOP_CAUSE_RUNAWAY || fault == STOP_CAUSE_WHEEL_STALL,
        "a wheel's faults are encoder, runaway and stall");
}

void prove_control(void) {
  HAVOC(wheel);
  const int16_t target = nondet_int16();
  const uint16_t deceleration = nondet_uint16();
  ASSUME(valid() && within(target, -FASTEST_MM_S, FASTEST_MM_S) && within(deceleration, 100, 5000));
  const int16_t before = wheel.setpointMmS;
  wheel_control(&wheel, target, deceleration, any_calibration());
  PROVE(wheel_valid(&wheel), "speed and duty stay in their ranges");
  PROVE(valid(), "control keeps the wheel valid");
  PROVE(ramps(before, wheel.setpointMmS, target, deceleration), "the set point is under the target, or falls along the braking ramp");
}

void prove_rest(void) {
  HAVOC(wheel);
  ASSUME(valid());
  wheel_rest(&wheel);
  PROVE(valid() && wheel.setpointMmS == 0 && wheel.duty == 0, "a resting wheel is not driven");
}
