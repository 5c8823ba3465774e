/* Speed control of one wheel: ramped set point, feed-forward, proportional on the measured speed, integral on the distance. */
#ifndef LETAN_SAFETY_WHEEL_H
#define LETAN_SAFETY_WHEEL_H
#include <stdbool.h>
#include <stdint.h>
#include "generated/limits.h"

typedef struct {
  int16_t setpointMmS;
  int16_t measuredMmS;
  int16_t duty;
  int32_t behindUm; /* distance the wheel is behind its set point */
  int32_t lastPulses;
  int16_t window[SPEED_WINDOW];
  uint8_t windowAt;
  int32_t watchedPulses;
  uint16_t unansweredMs; /* driven hard without a pulse in that direction */
} Wheel;

/* Ten milliseconds: measures, always. */
void wheel_measure(Wheel *wheel, int32_t pulses, uint16_t pulses_per_metre);
/* Ten milliseconds while powered, after wheel_measure: moves the set point towards `target` and sets the duty. */
void wheel_control(Wheel *wheel, int16_t target_mm_s, uint16_t deceleration_mm_s2, uint16_t pulses_per_metre);
/* No set point, no duty, no memory. */
void wheel_rest(Wheel *wheel);
/* One millisecond: true when the wheel is driven and its encoder has been silent, or contrary, for too long. */
bool wheel_encoder_fault(Wheel *wheel, int32_t pulses);

#endif
