/*
 * After a bumper hit, and a person's release, the robot may only back away from what it hit: slowly, and never turning the hit side
 * towards it. A bumper still pressed at the release is tolerated until it has closed. The retreat ends when the robot has gone far
 * enough with all bumpers closed, or when a person presses the button once more.
 */
#ifndef LETAN_SAFETY_RETREAT_H
#define LETAN_SAFETY_RETREAT_H
#include "io.h"

typedef struct {
  uint8_t hit;       /* TOLERATE_ bits of the bumpers to back away from; 0 = any motion is allowed */
  uint8_t tolerated; /* those of them that are still pressed; 0 while a stop is latched */
  uint8_t leftClosedMs;
  uint8_t rightClosedMs;
  uint32_t goal; /* sum of both wheels' pulses, modulo 2^32, at which the robot has gone far enough back */
} Retreat;

void retreat_init(Retreat *retreat);
/* One millisecond. A stop was latched before and is now, as told; `pressed`: the release button was pressed in this one. */
void retreat_step(Retreat *retreat, const Inputs *in, const ConfigureMessage *limits, bool was_latched, bool latched, bool pressed);
/* Whether a motion is allowed: always, or only backwards and away from the hit side. */
bool retreat_allows(const Retreat *retreat, int16_t left_mm_s, int16_t right_mm_s);

#endif
