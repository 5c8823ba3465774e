#include "stop_latch.h"
#include "generated/limits.h"

void stop_latch_init(StopLatch *latch, StopCause cause) {
  *latch = (StopLatch){.cause = cause, .powerOff = true};
}

static StopCause present_cause(const Inputs *in, bool encoder_fault) {
  if (in->tripped != STOP_CAUSE_NONE) return in->tripped;
  if (in->eStopOpen) return STOP_CAUSE_E_STOP;
  if (in->bumperLeft) return STOP_CAUSE_BUMPER_LEFT;
  if (in->bumperRight) return STOP_CAUSE_BUMPER_RIGHT;
  if (in->cliff) return STOP_CAUSE_CLIFF;
  if (in->motorFault) return STOP_CAUSE_MOTOR_FAULT;
  if (encoder_fault) return STOP_CAUSE_ENCODER_FAULT;
  if (in->hatchOpen) return STOP_CAUSE_HATCH_OPEN;
  return STOP_CAUSE_NONE;
}

/* True once per press: the button must have been seen released before, so a jammed button releases nothing. */
static bool pressed(StopLatch *latch, bool low) {
  if (!low) {
    latch->pressedMs = 0;
    if (latch->releasedMs < BUTTON_DEBOUNCE_MS) latch->releasedMs++;
    if (latch->releasedMs >= BUTTON_DEBOUNCE_MS) latch->armed = true;
    return false;
  }
  latch->releasedMs = 0;
  if (latch->pressedMs < BUTTON_DEBOUNCE_MS) latch->pressedMs++;
  if (latch->pressedMs < BUTTON_DEBOUNCE_MS || !latch->armed) return false;
  latch->armed = false;
  return true;
}

void stop_latch_step(StopLatch *latch, const Inputs *in, bool encoder_fault) {
  const StopCause present = present_cause(in, encoder_fault);
  const bool released = pressed(latch, in->releasePressed);
  if (present != STOP_CAUSE_NONE) {
    if (latch->cause == STOP_CAUSE_NONE) latch->cause = present;
    /* A hatch is opened slowly and on purpose: a controlled stop. Everything else takes the power off now. */
    if (present != STOP_CAUSE_HATCH_OPEN) latch->powerOff = true;
  } else if (released) {
    latch->cause = STOP_CAUSE_NONE;
    latch->powerOff = false;
  }
}
