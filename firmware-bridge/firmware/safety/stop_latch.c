#include "stop_latch.h"
#include "generated/limits.h"

#define BOTH_BUMPERS (TOLERATE_BUMPER_LEFT | TOLERATE_BUMPER_RIGHT)

void stop_latch_init(StopLatch *latch, StopCause cause) {
  *latch = (StopLatch){.cause = cause, .powerOff = true};
}

static bool battery_low(const StopLatch *latch) {
  return latch->batteryLowMs == BATTERY_LOW_MS;
}

/* Low after a while, and from then until charged: a battery relieved of its load recovers for a moment. */
static void watch_battery(StopLatch *latch, uint16_t battery_mv) {
  if (battery_mv >= (battery_low(latch) ? BATTERY_RESUME_MV : BATTERY_LOW_MV)) latch->batteryLowMs = 0;
  else if (!battery_low(latch)) latch->batteryLowMs++;
}

/* Category 0 first: what is found later in this list only brakes. */
static StopCause present_cause(const StopLatch *latch, const Inputs *in, StopCause wheel_fault, uint8_t tolerated) {
  if (in->selfTestFailed) return STOP_CAUSE_SELF_TEST_FAILED;
  if (in->tripped != STOP_CAUSE_NONE) return in->tripped;
  if (in->eStopOpen) return STOP_CAUSE_E_STOP;
  if (in->bumperLeft && (tolerated & TOLERATE_BUMPER_LEFT) == 0) return STOP_CAUSE_BUMPER_LEFT;
  if (in->bumperRight && (tolerated & TOLERATE_BUMPER_RIGHT) == 0) return STOP_CAUSE_BUMPER_RIGHT;
  if (in->cliff) return STOP_CAUSE_CLIFF;
  if (in->motorFault) return STOP_CAUSE_MOTOR_FAULT;
  if (wheel_fault != STOP_CAUSE_NONE) return wheel_fault;
  if (in->hatchOpen) return STOP_CAUSE_HATCH_OPEN;
  return battery_low(latch) ? STOP_CAUSE_BATTERY_LOW : STOP_CAUSE_NONE;
}

/* True once per press: the button must have been seen released before, so a jammed button releases nothing. */
static bool pressed(StopLatch *latch, bool low) {
  if (!low) {
    latch->pressedMs = 0;
    if (latch->releasedMs < BUTTON_DEBOUNCE_MS) latch->releasedMs++;
    if (latch->releasedMs == BUTTON_DEBOUNCE_MS) latch->armed = true;
    return false;
  }
  latch->releasedMs = 0;
  if (latch->pressedMs < BUTTON_DEBOUNCE_MS) latch->pressedMs++;
  if (latch->pressedMs < BUTTON_DEBOUNCE_MS || !latch->armed) return false;
  latch->armed = false;
  return true;
}

static bool releasable(const StopLatch *latch, const Inputs *in, StopCause wheel_fault) {
  return latch->cause != STOP_CAUSE_SELF_TEST_FAILED && present_cause(latch, in, wheel_fault, BOTH_BUMPERS) == STOP_CAUSE_NONE;
}

/* A hatch is opened slowly and on purpose, and a low battery is no danger yet: controlled stops. Else the power goes off now. */
static bool cuts_power(StopCause cause) {
  return cause != STOP_CAUSE_HATCH_OPEN && cause != STOP_CAUSE_BATTERY_LOW;
}

bool stop_latch_step(StopLatch *latch, const Inputs *in, StopCause wheel_fault, uint8_t tolerated) {
  watch_battery(latch, in->batteryMv);
  const bool press = pressed(latch, in->releasePressed);
  if (press && latch->cause != STOP_CAUSE_NONE && releasable(latch, in, wheel_fault)) {
    latch->cause = STOP_CAUSE_NONE;
    latch->powerOff = false;
    return true;
  }
  const StopCause present = present_cause(latch, in, wheel_fault, tolerated);
  if (present == STOP_CAUSE_NONE) return press;
  if (latch->cause == STOP_CAUSE_NONE || present == STOP_CAUSE_SELF_TEST_FAILED) latch->cause = present;
  if (cuts_power(present)) latch->powerOff = true;
  return press;
}
