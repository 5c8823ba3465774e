/* The latched stop: keeps the first cause until a person releases it. The host has no way to clear it. */
#ifndef LETAN_SAFETY_STOP_LATCH_H
#define LETAN_SAFETY_STOP_LATCH_H
#include "io.h"

typedef struct {
  StopCause cause;
  bool powerOff; /* a cause of category 0 is among those since the last release */
  uint8_t pressedMs;
  uint8_t releasedMs;
  bool armed; /* the button was seen released since the last press */
  uint16_t batteryLowMs; /* BATTERY_LOW_MS: low, until it is charged */
} StopLatch;

/* Boots latched with the cause of the reset. */
void stop_latch_init(StopLatch *latch, StopCause cause);
/*
 * One millisecond. Latches the first cause present; `wheel_fault` is STOP_CAUSE_NONE or what the drive found. Bumpers named in
 * `tolerated` are no cause. A debounced press, which it returns, releases when no cause but a pressed bumper is present; nothing
 * releases a failed self test.
 */
bool stop_latch_step(StopLatch *latch, const Inputs *in, StopCause wheel_fault, uint8_t tolerated);

#endif
