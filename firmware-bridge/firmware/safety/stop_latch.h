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
} StopLatch;

/* Boots latched: `cause` is POWER_UP or WATCHDOG_RESET. */
void stop_latch_init(StopLatch *latch, StopCause cause);
/* One millisecond. Latches the first cause present; a debounced press releases when no cause is present. */
void stop_latch_step(StopLatch *latch, const Inputs *in, bool encoder_fault);

#endif
