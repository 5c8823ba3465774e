/*
 * Speed control of one wheel: ramped set point, feed-forward, proportional on the measured speed, integral on the distance; and the
 * faults that the encoder shows.
 */
#ifndef LETAN_SAFETY_WHEEL_H
#define LETAN_SAFETY_WHEEL_H
#include <stdbool.h>
#include <stdint.h>
#include "../link/generated/messages.h"
#include "generated/limits.h"

typedef struct {
  int16_t setpointMmS;
  int16_t measuredMmS;
  int16_t duty;
  int32_t behindUm; /* distance the wheel is behind its set point */
  int32_t lastPulses;
  int16_t window[SPEED_WINDOW]; /* pulses of the last control periods, newest last */
  uint8_t stalledMs;
  uint16_t runawayMs;
} Wheel;

/* Ten milliseconds: measures, always. */
void wheel_measure(Wheel *wheel, int32_t pulses, uint16_t pulses_per_metre);
/*
 * Ten milliseconds, after wheel_measure: encoder loss, runaway or stall, else STOP_CAUSE_NONE. The encoder is all there is to tell
 * them apart: a wheel at speed that falls silent or turns round at once has lost it, since a wheel held from outside takes the
 * robot's mass with it; one that starts silent may be blocked or have a dead encoder and counts as stalled.
 */
StopCause wheel_fault(Wheel *wheel, uint16_t pulses_per_metre);
/* Ten milliseconds while powered, after wheel_measure: moves the set point towards `target` and sets the duty. */
void wheel_control(Wheel *wheel, int16_t target_mm_s, uint16_t deceleration_mm_s2, uint16_t pulses_per_metre);
/* No set point, no duty, no distance to make up. */
void wheel_rest(Wheel *wheel);

#endif
